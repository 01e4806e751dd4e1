/* 05.4: a root of nothing, with a few of the host's directories. */
#include "show_only.h"

#include "attach_mount.h"
#include "cleanup.h"
#include "fs.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>

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

int show_only(const char *const paths[], struct error *err)
{
    _cleanup_close_ int root = empty_root(err);

    /* The root is made, and thrown away. Your part. */
    (void)paths;
    return root < 0 ? -1 : 0;
}
