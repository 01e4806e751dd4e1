/* Mistake: names are compared, and a directory need not have one. Rejected by directory_without_a_name_is_inside. */
#include "ways_out.h"

#include "cleanup.h"
#include "str.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

/* Is the directory FD the directory ROOT_FD or below it? Returns 1 or 0, or -1 with err. */
static int is_inside(int root_fd, int fd, struct error *err)
{
    _cleanup_free_ char *root_link = formatted("/proc/self/fd/%d", root_fd),
                        *link = formatted("/proc/self/fd/%d", fd);
    char root[PATH_MAX] = "", path[PATH_MAX] = "";

    if (readlink(root_link, root, sizeof root - 1) < 0 || readlink(link, path, sizeof path - 1) < 0)
        return fail(err, errno, "read the names");
    return strncmp(path, root, strlen(root)) == 0 &&
           (path[strlen(root)] == '/' || path[strlen(root)] == '\0');
}

/* Could the next program reach a directory by FD, whichever that is? */
static bool is_inherited_directory(int fd)
{
    struct stat file;
    int flags = fcntl(fd, F_GETFD);

    return flags >= 0 && !(flags & FD_CLOEXEC) && fstat(fd, &file) == 0 && S_ISDIR(file.st_mode);
}

/* Add FD to WAYS if it is one. */
static int judge(int root_fd, int fd, struct ways_out *ways, struct error *err)
{
    int inside;

    if (!is_inherited_directory(fd))
        return 0;
    inside = is_inside(root_fd, fd, err);
    if (inside != 0)
        return inside < 0 ? -1 : 0;
    if (ways->count == MOST_WAYS_OUT)
        return fail(err, E2BIG, "list the descriptors that lead out");
    ways->fds[ways->count++] = fd;
    return 0;
}

int find_ways_out(int root_fd, struct ways_out *ways, struct error *err)
{
    /* opendir opens close-on-exec, so its own descriptor is no way out. */
    _cleanup_closedir_ DIR *open_ones = opendir("/proc/self/fd");
    const struct dirent *entry;

    ways->count = 0;
    if (!open_ones)
        return fail(err, errno, "list /proc/self/fd");
    while ((errno = 0, entry = readdir(open_ones)) != NULL) {
        if (!isdigit((unsigned char)entry->d_name[0])) /* . and .. */
            continue;
        if (judge(root_fd, (int)strtol(entry->d_name, NULL, 10), ways, err) < 0)
            return -1;
    }
    return errno == 0 ? 0 : fail(err, errno, "list /proc/self/fd");
}
