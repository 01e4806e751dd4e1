/* 04.4: the descriptors through which a program could leave its root. */
#include "ways_out.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

/* Are these two one directory, at one place? The inode alone does not tell: a bind mount shows a directory a second
 * time, with another directory above it. Returns 1 or 0, or -1 with err. statx(2). */
static int same_directory(int one_fd, int other_fd, struct error *err)
{
    const unsigned mask = STATX_INO | STATX_MNT_ID;
    struct statx one, other;

    if (statx(one_fd, "", AT_EMPTY_PATH, mask, &one) < 0 ||
        statx(other_fd, "", AT_EMPTY_PATH, mask, &other) < 0)
        return fail(err, errno, "statx");
    return one.stx_ino == other.stx_ino && one.stx_dev_major == other.stx_dev_major &&
           one.stx_dev_minor == other.stx_dev_minor && one.stx_mnt_id == other.stx_mnt_id;
}

int find_ways_out(int root_fd, struct ways_out *ways, struct error *err)
{
    /* An auditor who finds nothing. Your part. */
    ways->count = 0;
    return same_directory(root_fd, root_fd, err) < 0 ? -1 : 0;
}
