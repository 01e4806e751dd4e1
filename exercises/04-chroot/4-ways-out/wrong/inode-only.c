/* Mistake: directories are compared by device and inode, and a bind mount has the same. Rejected by root_in_a_second_place_leads_out. */
#include "ways_out.h"

#include "cleanup.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>

/* Are these two one directory? Returns 1 or 0, or -1 with err. statx(2). */
static int same_directory(int one_fd, int other_fd, struct error *err)
{
    const unsigned mask = STATX_INO;
    struct statx one, other;

    if (statx(one_fd, "", AT_EMPTY_PATH, mask, &one) < 0 ||
        statx(other_fd, "", AT_EMPTY_PATH, mask, &other) < 0)
        return fail(err, errno, "statx");
    return one.stx_ino == other.stx_ino && one.stx_dev_major == other.stx_dev_major &&
           one.stx_dev_minor == other.stx_dev_minor;
}

/* Is the directory FD the directory ROOT_FD or below it? Walks up by .. as the kernel does, and meets the root or the
 * top, where .. leads nowhere. Returns 1 or 0, or -1 with err. */
static int is_inside(int root_fd, int fd, struct error *err)
{
    _cleanup_close_ int here = openat(fd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (here < 0)
        return fail(err, errno, "open descriptor %d once more", fd);
    for (;;) {
        _cleanup_close_ int above = -1;
        int same = same_directory(here, root_fd, err);

        if (same != 0)
            return same;
        above = openat(here, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (above < 0)
            return fail(err, errno, "go up from descriptor %d", fd);
        same = same_directory(here, above, err);
        if (same != 0)
            return same < 0 ? -1 : 0;
        close(here);
        here = steal_fd(&above);
    }
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
