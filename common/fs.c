/* Paths inside a directory that somebody else filled: opened without leaving it, directories made on the
 * way. Contents are in fs_contents.c, removal in fs_remove.c. */
#include "fs.h"

#include <errno.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define MAX_LINKS 40 /* the kernel's own limit on links in one path (path_resolution(7)) */

/* PATH without its leading slashes; "." where nothing is left. */
static const char *relative(const char *path)
{
    path += strspn(path, "/");
    return *path == '\0' ? "." : path;
}

/* glibc has no openat2. It answers EAGAIN when a rename anywhere on the machine made its check of a ..
 * uncertain, so that is tried again; and EINVAL where it is given a mode that it would not use. */
static int openat2_retrying(int fd, const char *path, int flags, mode_t mode, uint64_t resolve)
{
    bool creates = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
    struct open_how how = {
        .flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
        .mode = creates ? mode & 07777 : 0,
        .resolve = resolve,
    };

    for (int tries = 0; tries < 100; tries++) {
        long opened = syscall(SYS_openat2, fd, path, &how, sizeof how);

        if (opened >= 0 || (errno != EAGAIN && errno != EINTR))
            return (int)opened;
    }
    return -1;
}

static int open_resolving(int root_fd, const char *path, int flags, mode_t mode, uint64_t resolve,
                          struct error *err)
{
    int fd = openat2_retrying(root_fd, relative(path), flags, mode, resolve);

    if (fd < 0 && errno == ENOSYS)
        return fail(err, ENOSYS, "openat2 (it needs Linux 5.6 or later)");
    if (fd < 0)
        return fail(err, errno, "open \"%s\"", path);
    return fd;
}

int open_below(int root_fd, const char *path, int flags, mode_t mode, struct error *err)
{
    return open_resolving(root_fd, path, flags, mode, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS, err);
}

int open_in_root(int root_fd, const char *path, int flags, mode_t mode, struct error *err)
{
    return open_resolving(root_fd, path, flags, mode, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS, err);
}

/* ---- make_directories */

/* Where a walk through the root has got to. */
struct walk {
    int root_fd;
    int fd;             /* the directory reached, O_PATH; never through a link */
    struct str reached; /* its path below the root, "/usr/lib", without links and .. */
    char *rest;         /* what is to be walked still */
    int links;          /* followed so far */
    mode_t mode;        /* of new directories */
    uid_t uid;
    gid_t gid;
    uint64_t *left; /* how many of them there may be; NULL: any number */
};

static void walk_end(struct walk *walk)
{
    cleanup_close(&walk->fd);
    str_free(&walk->reached);
    free(walk->rest);
}

static int go_to_root(struct walk *walk, struct error *err)
{
    int fd = open_below(walk->root_fd, ".", O_PATH | O_DIRECTORY, 0, err);

    if (fd < 0)
        return -1;
    cleanup_close(&walk->fd);
    walk->fd = fd;
    str_free(&walk->reached);
    return 0;
}

/* Up by the path we came, not by opening "..": that would leave the root if somebody moved the directory
 * out of it meanwhile. */
static int go_up(struct walk *walk, struct error *err)
{
    char *slash = walk->reached.text ? strrchr(walk->reached.text, '/') : NULL;
    int fd;

    if (!slash)
        return 0; /* .. of the root is the root */
    *slash = '\0';
    walk->reached.length = (size_t)(slash - walk->reached.text);
    fd = open_below(walk->root_fd, walk->reached.text, O_PATH | O_DIRECTORY, 0, err);
    if (fd < 0)
        return -1;
    cleanup_close(&walk->fd);
    walk->fd = fd;
    return 0;
}

/* Put the target of the link NAME before what is to be walked still. */
static int follow(struct walk *walk, const char *name, struct error *err)
{
    char target[PATH_MAX];
    ssize_t length = readlinkat(walk->fd, name, target, sizeof target - 1);
    char *rest;

    if (length < 0)
        return fail(err, errno, "read the link \"%s\"", name);
    target[length] = '\0';
    if (++walk->links > MAX_LINKS)
        return fail(err, ELOOP, "follow the link \"%s\"", name);
    if (target[0] == '/' && go_to_root(walk, err) < 0)
        return -1;
    rest = formatted("%s/%s", target, walk->rest);
    free(walk->rest);
    walk->rest = rest;
    return 0;
}

/* The umask does not count, and nobody else may enter before the owner is the right one. */
static int make_directory(struct walk *walk, const char *name, struct error *err)
{
    if (walk->left && *walk->left == 0)
        return fail(err, EFBIG, "make the directory \"%s\"", name);
    if (mkdirat(walk->fd, name, 0700) < 0)
        return errno == EEXIST ? 0 : fail(err, errno, "make the directory \"%s\"", name);
    if (walk->left)
        --*walk->left;

    _cleanup_close_ int fd = open_below(walk->fd, name, O_RDONLY | O_DIRECTORY, 0, err);
    struct stat made;

    if (fd < 0)
        return -1;
    if (fstat(fd, &made) < 0)
        return fail(err, errno, "fstat \"%s\"", name);
    if ((made.st_uid != walk->uid || made.st_gid != walk->gid) && fchown(fd, walk->uid, walk->gid) < 0)
        return fail(err, errno, "give \"%s\" to %u:%u", name, walk->uid, walk->gid);
    if (fchmod(fd, walk->mode & 07777) < 0)
        return fail(err, errno, "set the mode of \"%s\"", name);
    return 0;
}

/* Step into NAME, which is neither . nor .., and is made where it is not there. */
static int step_into(struct walk *walk, const char *name, struct error *err)
{
    struct stat found;
    int fd;

    if (fstatat(walk->fd, name, &found, AT_SYMLINK_NOFOLLOW) < 0) {
        if (errno != ENOENT)
            return fail(err, errno, "look for \"%s\"", name);
        if (make_directory(walk, name, err) < 0)
            return -1;
    } else if (S_ISLNK(found.st_mode)) {
        return follow(walk, name, err);
    }

    fd = open_below(walk->fd, name, O_PATH | O_DIRECTORY, 0, err);
    if (fd < 0)
        return -1;
    cleanup_close(&walk->fd);
    walk->fd = fd;
    str_addf(&walk->reached, "/%s", name);
    return 0;
}

int make_directories(int root_fd, const char *path, mode_t mode, uid_t uid, gid_t gid, struct error *err)
{
    return make_directories_limited(root_fd, path, mode, uid, gid, NULL, err);
}

int make_directories_limited(int root_fd, const char *path, mode_t mode, uid_t uid, gid_t gid, uint64_t *left,
                             struct error *err)
{
    _cleanup_(walk_end) struct walk walk = {
        .root_fd = root_fd, .fd = -1, .rest = must_strdup(path), .mode = mode, .uid = uid, .gid = gid
    };
    int result = go_to_root(&walk, err);

    walk.left = left;
    while (result == 0 && walk.rest[0] != '\0') {
        size_t length = strcspn(walk.rest, "/");
        _cleanup_free_ char *name = must_strndup(walk.rest, length);

        length += strspn(walk.rest + length, "/");
        memmove(walk.rest, walk.rest + length, strlen(walk.rest + length) + 1);
        if (strcmp(name, "..") == 0)
            result = go_up(&walk, err);
        else if (name[0] != '\0' && strcmp(name, ".") != 0)
            result = step_into(&walk, name, err);
    }
    if (result < 0)
        return fail_while(err, "make the directories of \"%s\"", path);
    return steal_fd(&walk.fd);
}

/* ---- on the host */

/* Like mkdir(2), but a directory that is there already, or a link to one, is as good. */
static int make_host_directory(const char *path, mode_t mode, struct error *err)
{
    struct stat found;
    int number;

    if (mkdir(path, mode) == 0)
        return 0;
    number = errno; /* EEXIST, or EROFS or EACCES for some that are there */
    if (stat(path, &found) < 0)
        return fail(err, number, "make the directory %s", path);
    return S_ISDIR(found.st_mode) ? 0 : fail(err, ENOTDIR, "make the directory %s", path);
}

int make_host_directories(const char *path, mode_t mode, struct error *err)
{
    _cleanup_free_ char *part = must_strdup(path);

    for (char *slash = strchr(part + strspn(part, "/"), '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (make_host_directory(part, mode, err) < 0)
            return -1;
        *slash = '/';
    }
    return make_host_directory(part, mode, err);
}

/* $NAME where it is an absolute path, else NULL. */
static const char *directory_in(const char *name)
{
    const char *value = getenv(name);

    return value && *value == '/' ? value : NULL;
}

char *gocker_path(const char *name)
{
    const char *root = getenv("GOCKER_ROOT"), *data = directory_in("XDG_DATA_HOME"), *home = getenv("HOME");
    struct str path = { 0 };

    if (root && *root)
        str_add(&path, root);
    else if (geteuid() == 0)
        str_add(&path, "/var/lib/gocker");
    else if (data) /* the XDG specification has relative ones ignored */
        str_addf(&path, "%s/gocker", data);
    else
        str_addf(&path, "%s/.local/share/gocker", home ? home : "");
    if (name)
        str_addf(&path, "/%s", name);
    return str_take(&path);
}

int gocker_path_check(struct error *err)
{
    const char *root = getenv("GOCKER_ROOT"), *home = getenv("HOME");

    if ((root && *root) || geteuid() == 0 || directory_in("XDG_DATA_HOME") || (home && *home))
        return 0;
    return fail(err, 0, "HOME is not set: set it, or set GOCKER_ROOT to a directory");
}
