/* The files of a cgroup: its whole interface. */
#include "cgroup_file.h"
#include "fs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define LONGEST_FILE (1 << 20) /* bytes; cgroup.procs of 100,000 processes is shorter */

int cgroup_write(int cgroup_fd, const char *file, const char *text, struct error *err)
{
    _cleanup_close_ int fd = openat(cgroup_fd, file, O_WRONLY | O_CLOEXEC);

    if (fd < 0)
        return fail(err, errno, "open %s", file);
    if (write(fd, text, strlen(text)) < 0) /* all or nothing: the kernel parses it in this call */
        return fail(err, errno, "write \"%s\" to %s", text, file);
    return 0;
}

int cgroup_read(int cgroup_fd, const char *file, struct str *text, struct error *err)
{
    return read_file(cgroup_fd, file, LONGEST_FILE, text, err);
}

bool cgroup_has_word(int cgroup_fd, const char *file, const char *word)
{
    _cleanup_str_ struct str text = { 0 };
    struct error err;
    char *rest, *found;

    if (cgroup_read(cgroup_fd, file, &text, &err) < 0)
        return false;
    rest = text.text;
    while ((found = strsep(&rest, " \n")))
        if (strcmp(found, word) == 0)
            return true;
    return false;
}

int64_t cgroup_number(int cgroup_fd, const char *file, const char *key)
{
    _cleanup_str_ struct str text = { 0 };
    struct error err;
    size_t length = strlen(key);
    char *rest, *line, *end;
    int64_t number;

    if (cgroup_read(cgroup_fd, file, &text, &err) < 0)
        return -1;
    rest = text.text;
    while ((line = strsep(&rest, "\n"))) {
        if (length > 0 && (strncmp(line, key, length) != 0 || line[length] != ' '))
            continue;
        number = strtoll(line + length, &end, 10);
        return end > line + length && *end == '\0' ? number : -1;
    }
    return -1;
}

int cgroup_pids(int cgroup_fd, pid_t *pids, int limit)
{
    _cleanup_str_ struct str text = { 0 };
    struct error err;
    char *rest, *line;
    int count = 0;

    if (cgroup_read(cgroup_fd, "cgroup.procs", &text, &err) < 0)
        return -1;
    rest = text.text;
    while ((line = strsep(&rest, "\n")))
        if (*line != '\0') {
            if (count < limit)
                pids[count] = (pid_t)strtol(line, NULL, 10);
            count++;
        }
    return count;
}
