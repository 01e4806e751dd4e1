/* Removing a tree that somebody else filled. */
#include "fs.h"

#include <errno.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* Each level holds a descriptor and a frame of the stack, and an image may be deeper than either allows (or
 * than PATH_MAX: rm -rf by path would fail). So what lies deeper than this is moved up to the tree's top,
 * and removed from there. */
#define MAX_DEPTH 100

struct removal {
    int top_fd;          /* of the tree's own directory */
    unsigned long moved; /* directories moved to it so far */
    struct error *err;   /* the first failure; later ones are not told */
    bool failed;
};

static int note_failure(struct removal *removal, int number, const char *doing, const char *name)
{
    if (!removal->failed)
        fail(removal->err, number, "%s \"%s\"", doing, name);
    removal->failed = true;
    return -1;
}

/* The owner may give itself the rights that removing needs. By descriptor, so that it is the directory we
 * found that changes; O_PATH descriptors are changed through /proc. */
static void make_accessible(int parent_fd, const char *name)
{
    _cleanup_close_ int fd = openat(parent_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    char path[64];

    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (fd >= 0)
        chmod(path, 0700); /* when it fails, the next open says so */
}

/* Open the directory NAME for reading; EBUSY, as umount(8) says it, where something is mounted on it. */
static int open_directory(int parent_fd, const char *name)
{
    struct open_how how = { .flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
                            .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV };
    struct stat found;
    int fd = (int)syscall(SYS_openat2, parent_fd, name, &how, sizeof how);

    if (fd < 0 && errno == EACCES) {
        make_accessible(parent_fd, name);
        fd = (int)syscall(SYS_openat2, parent_fd, name, &how, sizeof how);
    }
    if (fd < 0 && errno == EXDEV)
        errno = EBUSY;
    if (fd >= 0 && fstat(fd, &found) == 0 && (found.st_mode & S_IRWXU) != S_IRWXU)
        fchmod(fd, 0700); /* when it fails, removing what is in it says so */
    return fd;
}

static int remove_entry(struct removal *removal, int parent_fd, const char *name, int depth);

/* Remove what is in the directory open as FD, which is closed. */
static int empty_directory(struct removal *removal, int fd, const char *name, int depth)
{
    _cleanup_closedir_ DIR *dir = fdopendir(fd);
    struct dirent *entry;
    int result = 0;

    if (!dir) {
        close(fd);
        return note_failure(removal, ENOMEM, "list", name);
    }
    while ((entry = readdir(dir)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            result |= remove_entry(removal, dirfd(dir), entry->d_name, depth + 1);
    return result;
}

/* Move a directory that lies too deep to the top of the tree, whose next listing finds it. A name that is
 * taken there by an empty directory is replaced, which is no loss. */
static int move_up(struct removal *removal, int parent_fd, const char *name)
{
    char moved[32];

    do {
        snprintf(moved, sizeof moved, ".deep-%lu", ++removal->moved);
        if (renameat(parent_fd, name, removal->top_fd, moved) == 0)
            return 0;
    } while (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR);
    return note_failure(removal, errno, "move", name);
}

static int remove_entry(struct removal *removal, int parent_fd, const char *name, int depth)
{
    int fd;

    if (unlinkat(parent_fd, name, 0) == 0 || errno == ENOENT)
        return 0;
    if (errno != EISDIR)
        return note_failure(removal, errno, "remove", name);
    if (unlinkat(parent_fd, name, AT_REMOVEDIR) == 0)
        return 0;

    fd = open_directory(parent_fd, name);
    if (fd < 0)
        return note_failure(removal, errno, "open", name);
    if (depth >= MAX_DEPTH) {
        close(fd);
        return move_up(removal, parent_fd, name);
    }
    if (empty_directory(removal, fd, name, depth) < 0)
        return -1;
    if (unlinkat(parent_fd, name, AT_REMOVEDIR) < 0)
        return note_failure(removal, errno, "remove", name);
    return 0;
}

/* List the tree's top again as long as something was moved up to it. */
static int empty_top(struct removal *removal, const char *name)
{
    unsigned long before;
    int result, fd;

    do {
        before = removal->moved;
        fd = openat(removal->top_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
            return note_failure(removal, errno, "open", name);
        result = empty_directory(removal, fd, name, 0);
    } while (removal->moved > before);
    return result;
}

int remove_tree(int parent_fd, const char *name, struct error *err)
{
    struct removal removal = { .err = err };

    if (unlinkat(parent_fd, name, 0) == 0 || errno == ENOENT)
        return 0;
    if (errno != EISDIR)
        return fail(err, errno, "remove \"%s\"", name);

    _cleanup_close_ int top_fd = open_directory(parent_fd, name);

    if (top_fd < 0)
        return fail(err, errno, "open \"%s\"", name);
    removal.top_fd = top_fd;
    if (empty_top(&removal, name) < 0)
        return fail_while(err, "remove \"%s\"", name);
    if (unlinkat(parent_fd, name, AT_REMOVEDIR) < 0)
        return fail(err, errno, "remove \"%s\"", name);
    return 0;
}
