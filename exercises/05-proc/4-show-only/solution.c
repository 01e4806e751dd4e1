/* 05.4: a root of nothing, with a few of the host's directories. */
#include "show_only.h"

#include "attach_mount.h"
#include "cleanup.h"
#include "fs.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

/* An empty file system in memory, mounted nowhere yet. Returns a descriptor of it, or -1 with err. */
static int empty_root(struct error *err)
{
    _cleanup_close_ int fs = fsopen("tmpfs", FSOPEN_CLOEXEC);
    int mount;

    if (fs < 0 || fsconfig(fs, FSCONFIG_SET_STRING, "mode", "755", 0) < 0 ||
        fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
        return fail(err, errno, "make a tmpfs");
    mount = fsmount(fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
    return mount < 0 ? fail(err, errno, "make a mount of it") : mount;
}

/* Put a copy of PATH, read-only with all that is mounted below, at the same place in ROOT. */
static int show(int root, const char *path, struct error *err)
{
    _cleanup_close_ int tree = mount_copy(AT_FDCWD, path, true, err), target = -1;

    if (tree < 0 || mount_set(tree, "ro", true, err) < 0)
        return -1;
    target = make_directories(root, path, 0755, 0, 0, err);
    return target < 0 ? -1 : mount_attach(tree, target, err);
}

/* ROOT, a mount on top of HOST, becomes the root. HOST comes to lie on top of it, and is taken off with all it has. */
static int pivot(int root, int host, struct error *err)
{
    if (fchdir(root) < 0 || syscall(SYS_pivot_root, ".", ".") < 0)
        return fail(err, errno, "pivot_root");
    if (fchdir(host) < 0 || umount2(".", MNT_DETACH) < 0)
        return fail(err, errno, "unmount the host's root");
    /* A detached tree is still there for whoever stands in it. */
    if (chdir("/") < 0)
        return fail(err, errno, "enter the new root");
    return 0;
}

static int enter(const char *const paths[], struct error *err)
{
    _cleanup_close_ int host = -1, root = -1;

    if (unshare(CLONE_NEWNS) < 0)
        return fail(err, errno, "unshare");
    /* Recursively: the host's mounts would be taken off in its own namespace, too, where they are shared. And private: a
     * slave takes in what the host mounts later, writable as that is. */
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        return fail(err, errno, "make all mounts private");
    host = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (host < 0)
        return fail(err, errno, "open /");
    root = empty_root(err);
    /* On / itself, which is always there. Paths go on leading below it: this process's root is what is covered. */
    if (root < 0 || mount_attach(root, host, err) < 0)
        return -1;
    for (size_t i = 0; paths[i]; i++)
        if (show(root, paths[i], err) < 0)
            return fail_while(err, "show %s", paths[i]);
    if (mount_set(root, "ro", false, err) < 0)
        return -1;
    return pivot(root, host, err);
}

int show_only(const char *const paths[], struct error *err)
{
    if (enter(paths, err) < 0)
        return -1;
    if (close_range(3, ~0U, 0) < 0)
        return fail(err, errno, "close all descriptors");
    return 0;
}
