/* 07.2: how much memory may the processes of a cgroup have? */
#include "memory_limit.h"

#include "cleanup.h"
#include "fs.h"
#include "str.h"

#include <errno.h>

/* *BYTES becomes what the memory.max in CGROUP says ("." for the top, else "a/b"). */
static int read_limit(int mount_fd, const char *cgroup, uint64_t *bytes, struct error *err)
{
    _cleanup_free_ char *path = formatted("%s/memory.max", cgroup);
    _cleanup_str_ struct str text = { 0 };

    *bytes = NO_LIMIT;
    if (read_file(mount_fd, path, 64, &text, err) < 0)
        return err->number == ENOENT ? 0 : -1;
    /* text.text is what the file holds. Your part. */
    return 0;
}

int memory_limit(int mount_fd, const char *own, struct memory_limit *limit, struct error *err)
{
    *limit = (struct memory_limit){ .bytes = NO_LIMIT };
    /* One of them only. Your part. */
    return read_limit(mount_fd, own[1] ? own + 1 : ".", &limit->bytes, err);
}
