/* Where a root filesystem is built before it is whole. */
#include "stage.h"
#include "fs.h"
#include "str.h"

#include <errno.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/xattr.h>

#define PREFIX ".gocker-extract-"

/* ---- looking */

/* What FD's directory holds: the first name in it (the caller frees it), or NULL where it is empty. */
static char *first_name(int fd)
{
    int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _cleanup_closedir_ DIR *dir = copy < 0 ? NULL : fdopendir(copy);
    struct dirent *entry;

    while (dir && (entry = readdir(dir)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            return must_strdup(entry->d_name);
    return NULL;
}

/* Split PATH, which is not there, into a directory that is and a name. */
static int open_parent(const char *path, char **name, struct error *err)
{
    _cleanup_free_ char *parent = must_strdup(path);
    struct stat found;
    char *slash;
    int fd;

    if (lstat(path, &found) == 0)
        return fail(err, 0, "%s is a link to nothing", path);
    for (size_t end = strlen(parent); end > 1 && parent[end - 1] == '/'; end--)
        parent[end - 1] = '\0';
    slash = strrchr(parent, '/');
    *name = must_strdup(slash ? slash + 1 : parent);
    if (slash)
        slash[slash == parent] = '\0'; /* the / of /name stays */
    fd = open(slash ? parent : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fail(err, errno, "open %s, where %s is to be made", slash ? parent : ".", *name);
    return fd;
}

/* PATH's directory, -1 where it is not there (*ABSENT), or -1 with err. */
static int open_empty(const char *path, bool *absent, struct error *err)
{
    _cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _cleanup_free_ char *name = NULL;

    *absent = fd < 0 && errno == ENOENT && *path != '\0';
    if (*absent)
        return -1;
    if (fd < 0)
        return fail(err, errno, "open %s", path);
    name = first_name(fd);
    if (name)
        return fail(err, 0, "%s is not empty (it has \"%s\"): name an empty directory, or one to be made",
                    path, name);
    return steal_fd(&fd);
}

int stage_check(const char *path, struct error *err)
{
    _cleanup_free_ char *name = NULL;
    bool absent;
    int fd = open_empty(path, &absent, err);

    if (fd < 0 && absent)
        fd = open_parent(path, &name, err);
    if (fd < 0)
        return -1;
    close(fd);
    return 0;
}

/* ---- a directory beside its place */

/* Remove what a gocker that was killed left beside: directories of ours whose lock nobody holds. */
static void remove_abandoned(int parent_fd)
{
    int copy = openat(parent_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _cleanup_closedir_ DIR *dir = copy < 0 ? NULL : fdopendir(copy);
    struct dirent *entry;
    struct stat found;
    struct error ignored;

    while (dir && (entry = readdir(dir)) != NULL) {
        if (!starts_with(entry->d_name, PREFIX))
            continue;

        _cleanup_close_ int fd =
            openat(parent_fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

        if (fd >= 0 && fstat(fd, &found) == 0 && found.st_uid == geteuid() &&
            flock(fd, LOCK_EX | LOCK_NB) == 0)
            remove_tree(parent_fd, entry->d_name, &ignored);
    }
}

/* Make and lock a directory. Between the two another gocker may take it for abandoned, so -1 with EAGAIN
 * means: once more. A default ACL of the parent's would pass on to every file made inside; acl(5). */
static int make_locked(struct stage *stage)
{
    struct stat made;
    uint32_t random;

    if (getrandom(&random, sizeof random, 0) < 0)
        return -1;
    free(stage->temporary);
    stage->temporary = formatted(PREFIX "%08x", random);
    if (mkdirat(stage->parent_fd, stage->temporary, 0700) < 0)
        return -1;
    stage->root_fd =
        openat(stage->parent_fd, stage->temporary, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (stage->root_fd >= 0 && flock(stage->root_fd, LOCK_EX | LOCK_NB) == 0 &&
        fstat(stage->root_fd, &made) == 0 && made.st_nlink > 0) {
        fremovexattr(stage->root_fd, "system.posix_acl_default");
        return 0;
    }
    cleanup_close(&stage->root_fd);
    stage->root_fd = -1;
    errno = EAGAIN;
    return -1;
}

static int begin_beside(const char *path, struct stage *stage, struct error *err)
{
    stage->parent_fd = open_parent(path, &stage->name, err);
    if (stage->parent_fd < 0)
        return -1;
    remove_abandoned(stage->parent_fd);
    for (int tries = 0; tries < 100; tries++) {
        if (make_locked(stage) == 0)
            return 0;
        if (errno != EEXIST && errno != EAGAIN)
            break;
    }
    free(steal_pointer(stage->temporary));
    return fail(err, errno, "make a directory beside %s", path);
}

/* ---- the place itself */

/* Nobody may enter a half made root: programs in it may have their setuid bits but an old owner. */
static int close_to_others(struct stage *stage, struct error *err)
{
    if (fstat(stage->root_fd, &stage->before) < 0)
        return fail(err, errno, "fstat the directory");
    if (geteuid() == 0 && fchown(stage->root_fd, 0, 0) < 0 && errno != EPERM)
        return fail(err, errno, "make the directory root's");
    if (fchmod(stage->root_fd, 0700) < 0)
        return fail(err, errno, "close the directory to others");
    return 0;
}

static void undo_in_place(struct stage *stage)
{
    const struct timespec times[2] = { stage->before.st_atim, stage->before.st_mtim };
    struct error first;
    char *name;
    int result = 0;

    while (result == 0 && (name = first_name(stage->root_fd)) != NULL) {
        result = remove_tree(stage->root_fd, name, &first);
        if (result < 0)
            warn("%s stays: %s", name, first.text);
        free(name);
    }
    if (fchown(stage->root_fd, stage->before.st_uid, stage->before.st_gid) < 0 && geteuid() == 0)
        warn("the directory's owner stays changed: %s", strerror(errno));
    fchmod(stage->root_fd, stage->before.st_mode & 07777);
    futimens(stage->root_fd, times);
}

/* ---- both */

int stage_begin(const char *path, struct stage *stage, struct error *err)
{
    bool absent;

    *stage = (struct stage){ .root_fd = -1, .parent_fd = -1 };
    stage->root_fd = open_empty(path, &absent, err);
    if (stage->root_fd < 0 && !absent)
        return -1;
    if (absent && begin_beside(path, stage, err) < 0)
        return -1;
    return close_to_others(stage, err);
}

int stage_commit(struct stage *stage, struct error *err)
{
    if (stage->temporary && renameat(stage->parent_fd, stage->temporary, stage->parent_fd, stage->name) < 0)
        return fail(err, errno, "rename %s to %s", stage->temporary, stage->name);
    stage->committed = true;
    return 0;
}

void stage_end(struct stage *stage)
{
    struct error err;

    if (!stage->committed && stage->temporary && remove_tree(stage->parent_fd, stage->temporary, &err) < 0)
        warn("%s stays: %s", stage->temporary, err.text);
    if (!stage->committed && !stage->temporary && stage->root_fd >= 0)
        undo_in_place(stage);
    cleanup_close(&stage->root_fd);
    cleanup_close(&stage->parent_fd);
    free(stage->temporary);
    free(stage->name);
    *stage = (struct stage){ .root_fd = -1, .parent_fd = -1 };
}
