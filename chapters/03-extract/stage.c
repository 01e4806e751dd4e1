/* Where a root filesystem is built until it is whole. */
#include "stage.h"
#include "attributes.h"
#include "fs.h"
#include "stage_place.h"
#include "str.h"

#include <errno.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/xattr.h>

int stage_check(const char *path, struct error *err)
{
    _cleanup_free_ char *name = NULL;
    _cleanup_close_ int fd = open_place(path, &name, err);

    return fd < 0 ? -1 : 0;
}

/* ---- beginning */

/* Make and lock the workshop. Between the two another gocker may take it for abandoned, so -1 with EAGAIN means:
 * once more. A default ACL of BASE's would pass on to every file made inside; acl(5). */
static int make_locked(struct stage *stage, const char *name)
{
    struct stat made;

    if (mkdirat(stage->base_fd, name, 0700) < 0)
        return -1;
    stage->workshop_fd = openat(stage->base_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (stage->workshop_fd >= 0 && flock(stage->workshop_fd, LOCK_EX | LOCK_NB) == 0 &&
        fstat(stage->workshop_fd, &made) == 0 && made.st_nlink > 0) {
        fremovexattr(stage->workshop_fd, "system.posix_acl_default");
        stage->workshop = must_strdup(name);
        return 0;
    }
    cleanup_close(&stage->workshop_fd);
    stage->workshop_fd = -1;
    errno = EAGAIN;
    return -1;
}

/* The root goes below the workshop under a random name for the sake of ext4. It makes new files close to their
 * neighbours, and steps over each inode that was in use minutes ago; where a root was just removed (the last
 * container's) that makes every new file as slow as the thousands removed are many, and extracting three times
 * slower. Flag T (FS_TOPDIR_FL) says that directories in this one have nothing to do with each other: each
 * goes where its name's hash says. Other file systems refuse the flag, and need none. chattr(1). */
static int make_root(struct stage *stage, const char *name, struct error *err)
{
    int flags;

    if (ioctl(stage->workshop_fd, FS_IOC_GETFLAGS, &flags) == 0) {
        flags |= FS_TOPDIR_FL;
        ioctl(stage->workshop_fd, FS_IOC_SETFLAGS, &flags);
    }
    if (mkdirat(stage->workshop_fd, name, 0700) < 0)
        return fail(err, errno, "make a directory for the root");
    stage->root_fd = openat(stage->workshop_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (stage->root_fd < 0)
        return fail(err, errno, "open the root");
    /* BASE's setgid bit would give it another group. */
    if (geteuid() == 0 && fchown(stage->root_fd, 0, 0) < 0 && errno != EPERM)
        return fail(err, errno, "make the directory root's");
    return 0;
}

int stage_begin(const char *path, struct stage *stage, struct error *err)
{
    *stage = (struct stage)STAGE_NONE;
    stage->base_fd = open_place(path, &stage->name, err);
    if (stage->base_fd < 0)
        return -1;
    if (fstat(stage->base_fd, &stage->before) < 0)
        return fail(err, errno, "fstat %s", path);
    for (int tries = 0; tries < 100; tries++) {
        uint32_t random = 0;

        if (getrandom(&random, sizeof random, 0) < 0)
            return fail(err, errno, "getrandom");

        _cleanup_free_ char *name = formatted(WORKSHOP_PREFIX "%08x", random);

        if (make_locked(stage, name) == 0)
            return make_root(stage, name, err);
        if (errno != EEXIST && errno != EAGAIN)
            break;
    }
    return fail(err, errno, "make a directory %s %s", stage->name ? "beside" : "in", path);
}

/* ---- ending well */

int stage_settle(struct stage *stage, struct error *err)
{
    struct stat root;
    char *name;
    int moved = 0;

    if (stage->name)
        return 0;
    stage->state = STAGE_PLACED;
    while (moved == 0 && (name = first_name(stage->root_fd)) != NULL) {
        moved = renameat(stage->root_fd, name, stage->base_fd, name);
        if (moved < 0)
            fail(err, errno, "move \"%s\" to its place", name);
        free(name);
    }
    if (moved < 0)
        return -1;
    if (fstat(stage->root_fd, &root) < 0)
        return fail(err, errno, "fstat the root");
    if (fchown(stage->base_fd, root.st_uid, root.st_gid) < 0 && errno != EPERM)
        return fail(err, errno, "set the root's owner");
    if (copy_attributes(stage->root_fd, stage->base_fd, err) < 0)
        return -1;
    cleanup_close(&stage->root_fd);
    stage->root_fd = fcntl(stage->base_fd, F_DUPFD_CLOEXEC, 0);
    return stage->root_fd < 0 ? fail(err, errno, "duplicate a descriptor") : 0;
}

int stage_commit(struct stage *stage, mode_t mode, const struct timespec times[2], struct error *err)
{
    if (stage->name && renameat(stage->workshop_fd, stage->workshop, stage->base_fd, stage->name) < 0)
        return fail(err, errno, "rename the root to %s", stage->name);
    stage->state = STAGE_PLACED;
    if (remove_tree(stage->base_fd, stage->workshop, err) < 0)
        return -1;
    if (fchmod(stage->root_fd, mode) < 0 || futimens(stage->root_fd, times) < 0)
        return fail(err, errno, "set the mode and times of the root");
    stage->state = STAGE_COMMITTED;
    return 0;
}

/* ---- ending badly */

static void remove_or_warn(int fd, const char *name)
{
    struct error err;

    if (remove_tree(fd, name, &err) < 0)
        warn("%s stays: %s", name, err.text);
}

/* PATH was there, and gets back what it had: nothing inside, its owner, mode and times. */
static void restore(const struct stage *stage)
{
    const struct timespec times[2] = { stage->before.st_atim, stage->before.st_mtim };
    _cleanup_free_ char *last = NULL;
    char *name;

    while ((name = first_name(stage->base_fd)) != NULL && !(last && strcmp(name, last) == 0)) {
        remove_or_warn(stage->base_fd, name);
        free(last);
        last = name;
    }
    free(name);
    if (stage->state != STAGE_BUILDING &&
        (fchown(stage->base_fd, stage->before.st_uid, stage->before.st_gid) < 0 ||
         fchmod(stage->base_fd, stage->before.st_mode & 07777) < 0))
        warn("the directory's owner or mode stays changed: %s", strerror(errno));
    futimens(stage->base_fd, times);
}

void stage_end(struct stage *stage)
{
    if (stage->workshop && stage->state != STAGE_COMMITTED) {
        if (stage->name && stage->state == STAGE_PLACED)
            remove_or_warn(stage->base_fd, stage->name);
        remove_or_warn(stage->base_fd, stage->workshop);
        if (!stage->name)
            restore(stage);
    }
    cleanup_close(&stage->root_fd);
    cleanup_close(&stage->workshop_fd);
    cleanup_close(&stage->base_fd);
    free(stage->workshop);
    free(stage->name);
    *stage = (struct stage)STAGE_NONE;
}
