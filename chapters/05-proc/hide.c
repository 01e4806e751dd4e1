/* What /proc and /sys would tell about the host, or let a container do to it. */
#include "hide.h"
#include "attach_mount.h"
#include "explain.h"
#include "fs.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static const char *const masked_paths[] = {
    "/proc/acpi",       "/proc/asound",        "/proc/interrupts",  "/proc/kcore",
    "/proc/keys",       "/proc/latency_stats", "/proc/sched_debug", "/proc/scsi",
    "/proc/timer_list", "/proc/timer_stats",   "/sys/firmware",     "/sys/devices/virtual/powercap",
};

static const char *const readonly_paths[] = {
    "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
};

/* A descriptor of PATH; *FD is -1 where there is no such file here. */
static int open_if_there(int root_fd, const char *path, int *fd, struct error *err)
{
    *fd = open_below(root_fd, path, O_PATH, 0, err);
    return *fd < 0 && err->number != ENOENT ? -1 : 0;
}

/* The container's /dev/null is the mask for files. If an image or a volume put something else in its place,
 * that would now be readable, or writable, as /proc/kcore (CVE-2025-31133): so look at what was opened. */
static int open_null(int root_fd, struct error *err)
{
    _cleanup_close_ int fd = open_below(root_fd, "/dev/null", O_PATH, 0, err);
    struct stat file;

    if (fd < 0)
        return fail_while(err, "find /dev/null, to mask files with (is a volume mounted on /dev?)");
    if (fstat(fd, &file) < 0)
        return fail(err, errno, "look at /dev/null");
    if (!S_ISCHR(file.st_mode) || file.st_rdev != makedev(1, 3))
        return fail(err, 0, "the container's /dev/null is not the null device");
    return steal_fd(&fd);
}

static int mask(int target, int null_fd, struct error *err)
{
    _cleanup_close_ int copy = -1;
    struct stat file;

    if (fstat(target, &file) < 0)
        return fail(err, errno, "look at it");
    if (S_ISDIR(file.st_mode))
        return mount_new("tmpfs", "ro,nosuid,nodev,noexec", target, err);
    copy = mount_copy(null_fd, "", false, err);
    return copy < 0 ? -1 : mount_attach(copy, target, err);
}

/* A mount of the same directory on itself, and that one read-only. */
static int make_readonly(int target, struct error *err)
{
    _cleanup_close_ int copy = mount_copy(target, "", true, err);

    if (copy < 0 || mount_set(copy, "ro,nosuid,nodev,noexec", true, err) < 0)
        return -1;
    return mount_attach(copy, target, err);
}

int hide_paths(int root_fd, struct error *err)
{
    _cleanup_close_ int null_fd = open_null(root_fd, err);

    if (null_fd < 0)
        return -1;
    explain(formatted("move_mount(/dev/null, \"/proc/kcore\")"),
            "the machine's memory, and more like it, is masked",
            formatted("mount --bind /dev/null /proc/kcore"));
    for (size_t i = 0; i < sizeof masked_paths / sizeof *masked_paths; i++) {
        _cleanup_close_ int target = -1;

        if (open_if_there(root_fd, masked_paths[i], &target, err) < 0 ||
            (target >= 0 && mask(target, null_fd, err) < 0))
            return fail_while(err, "mask %s", masked_paths[i]);
    }
    explain(formatted("mount_setattr(\"/proc/sys\", MOUNT_ATTR_RDONLY)"),
            "the kernel's switches cannot be turned", formatted("mount --bind -o ro /proc/sys /proc/sys"));
    for (size_t i = 0; i < sizeof readonly_paths / sizeof *readonly_paths; i++) {
        _cleanup_close_ int target = -1;

        if (open_if_there(root_fd, readonly_paths[i], &target, err) < 0 ||
            (target >= 0 && make_readonly(target, err) < 0))
            return fail_while(err, "make %s read-only", readonly_paths[i]);
    }
    return 0;
}
