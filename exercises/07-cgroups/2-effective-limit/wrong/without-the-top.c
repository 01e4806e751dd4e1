/* Mistake: the walk ends below the top, as if there never were a limit. Rejected by top_of_a_container_counts. */
#include "memory_limit.h"

#include "cleanup.h"
#include "fs.h"
#include "str.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What TEXT, the content of a memory.max, says. */
static int parse_limit(const char *text, uint64_t *bytes, struct error *err)
{
    size_t digits = strspn(text, "0123456789");
    char *end;

    *bytes = NO_LIMIT;
    if (strcmp(text, "max\n") == 0)
        return 0;
    if (digits == 0)
        return fail(err, EINVAL, "not a number: %s", text);
    errno = 0;
    *bytes = strtoull(text, &end, 10);
    if (strcmp(end, "\n") != 0)
        return fail(err, EINVAL, "not a number: %s", text);
    return 0; /* one that is too large has become ULLONG_MAX, which is no limit */
}

/* *BYTES becomes what the memory.max in CGROUP says ("." for the top, else "a/b"). */
static int read_limit(int mount_fd, const char *cgroup, uint64_t *bytes, struct error *err)
{
    _cleanup_free_ char *path = formatted("%s/memory.max", cgroup);
    _cleanup_str_ struct str text = { 0 };

    *bytes = NO_LIMIT;
    if (read_file(mount_fd, path, 64, &text, err) < 0)
        return err->number == ENOENT ? 0 : -1;
    return parse_limit(str_text(&text), bytes, err);
}

/* CGROUP is cut shorter and shorter: "/a/b", "/a", "/". */
static int walk_up(int mount_fd, char *cgroup, struct memory_limit *limit, struct error *err)
{
    for (;;) {
        uint64_t bytes;
        char *slash;

        if (read_limit(mount_fd, cgroup[1] ? cgroup + 1 : ".", &bytes, err) < 0)
            return fail_while(err, "the limit of %s", cgroup);
        if (bytes < limit->bytes) {
            free(limit->cgroup);
            limit->cgroup = must_strdup(cgroup);
            limit->bytes = bytes;
        }
        if (strcmp(cgroup, "/") == 0)
            return 0;
        slash = strrchr(cgroup, '/');
        if (slash == cgroup)
            return 0;
        *slash = '\0';
    }
}

int memory_limit(int mount_fd, const char *own, struct memory_limit *limit, struct error *err)
{
    _cleanup_free_ char *cgroup = must_strdup(own);

    *limit = (struct memory_limit){ .bytes = NO_LIMIT };
    if (faccessat(mount_fd, own[1] ? own + 1 : ".", F_OK, 0) < 0)
        return fail(err, errno, "the cgroup %s", own);
    if (walk_up(mount_fd, cgroup, limit, err) == 0)
        return 0;
    free(limit->cgroup);
    *limit = (struct memory_limit){ .bytes = NO_LIMIT };
    return -1;
}
