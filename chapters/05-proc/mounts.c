/* A mount namespace: the container's tree of files is its own, and the only one it can reach. */
#include "mounts.h"
#include "attach_mount.h"
#include "devices.h"
#include "explain.h"
#include "fs.h"
#include "hide.h"
#include "keyword.h"
#include "mount_point.h"
#include "volume.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* Nothing that is mounted here may show in the host's namespace, nor the reverse. */
static int make_private(struct error *err)
{
    explain(formatted("mount(NULL, \"/\", NULL, MS_REC|MS_PRIVATE, NULL)"),
            "no mount of ours shows on the host", formatted("mount --make-rprivate /"));
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        return fail(err, errno, "make all mounts private");
    return 0;
}

/* pivot_root(2) wants a mount for the new root: make one of the directory, on itself. Returns a descriptor
 * of it. */
static int mount_root(const struct container *c, struct error *err)
{
    _cleanup_close_ int root = mount_copy(AT_FDCWD, c->root.path, false, err);
    _cleanup_close_ int target = open(c->root.path, O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (root < 0)
        return -1;
    if (target < 0)
        return fail(err, errno, "open %s", c->root.path);
    explain(formatted("move_mount(\"%s\")", c->root.path), "a root must be a mount: the directory, on itself",
            formatted("mount --bind %s %s", c->root.path, c->root.path));
    return mount_attach(root, target, err) < 0 ? -1 : steal_fd(&root);
}

/* ---- what every container has */

/* The OCI runtime specification, config-linux.md, "Default Filesystems". What belongs to a namespace that a
 * later chapter brings comes there: /dev/mqueue, /sys/fs/cgroup. */
static const struct system_mount {
    const char *path, *type, *options, *why;
} system_mounts[] = {
    { "/proc", "proc", "nosuid,noexec,nodev", "the processes of this PID namespace, and no others" },
    { "/dev", "tmpfs", "nosuid,strictatime,mode=755,size=65536k", "an empty directory for devices" },
    { "/dev/pts", "devpts", "nosuid,noexec,newinstance,ptmxmode=0666,mode=0620,gid=5",
      "terminals of its own" },
    { "/dev/shm", "tmpfs", "nosuid,noexec,nodev,mode=1777,size=65536k", "shm_open(3) works here" },
    { "/sys", "sysfs", "nosuid,noexec,nodev,ro", "what the kernel says of the machine, to read" },
};

static int mount_system(int root, const struct system_mount *row, struct error *err)
{
    _cleanup_close_ int target = mount_point_real(root, row->path, err), mounted = -1;

    if (target < 0)
        return -1;
    explain(formatted("move_mount(%s, \"%s\")", row->type, row->path), row->why,
            formatted("mount -t %s -o %s %s %s", row->type, row->options, row->type, row->path));
    if (mount_new(row->type, row->options, target, err) < 0)
        return -1;
    if (strcmp(row->path, "/dev") != 0)
        return 0;
    mounted = mount_point_real(root, row->path, err); /* TARGET is what is below it now */
    return mounted < 0 ? -1 : make_devices(mounted, err);
}

static int mount_systems(int root, struct error *err)
{
    for (size_t i = 0; i < sizeof system_mounts / sizeof *system_mounts; i++)
        if (mount_system(root, &system_mounts[i], err) < 0)
            return fail_while(err, "mount %s", system_mounts[i].path);
    return 0;
}

/* ---- what was asked for */

static int mount_tmpfs(int root, const struct mount *mount, struct error *err)
{
    _cleanup_close_ int target = mount_point_in_root(root, mount->destination, true, err);

    if (target < 0)
        return -1;
    explain(formatted("move_mount(tmpfs, \"%s\")", mount->destination), "memory, gone with the container",
            formatted("mount -t tmpfs -o %s tmpfs %s", mount->options, mount->destination));
    return mount_new("tmpfs", mount->options, target, err);
}

/* A copy of what is to be mounted: of the host's, or with an empty source of what is at the destination. */
static int copy_source_tree(int root, const struct mount *mount, struct error *err)
{
    _cleanup_close_ int here = -1;

    if (*mount->source != '\0')
        return mount_copy(AT_FDCWD, mount->source, true, err);
    here = mount_point_in_root(root, mount->destination, true, err);
    return here < 0 ? -1 : mount_copy(here, "", true, err);
}

static int mount_bind(int root, const struct mount *mount, int tree, struct error *err)
{
    _cleanup_close_ int target = -1;
    struct stat file;

    if (fstat(tree, &file) < 0)
        return fail(err, errno, "look at %s", mount->source);
    target = mount_point_in_root(root, mount->destination, S_ISDIR(file.st_mode), err);
    if (target < 0)
        return -1;
    explain(formatted("move_mount(\"%s\", \"%s\")", mount->source, mount->destination),
            "the same files, in two places",
            formatted("mount --rbind %s%s %s %s", *mount->options ? "-o " : "", mount->options,
                      *mount->source ? mount->source : mount->destination, mount->destination));
    /* Recursively: what is mounted below the source would be writable still, or have its devices. */
    if (*mount->options && mount_set(tree, mount->options, true, err) < 0)
        return -1;
    return mount_attach(tree, target, err);
}

static bool is_tmpfs(const struct mount *mount)
{
    return strcmp(mount->type, "tmpfs") == 0;
}

static int fail_to_mount(const struct mount *mount, struct error *err)
{
    const char *what = is_tmpfs(mount) ? "a tmpfs" : *mount->source ? mount->source : "a volume";

    return fail_while(err, "mount %s on %s", what, mount->destination);
}

/* Copies of all that is to be bound, by the number of the mount; -1 for a tmpfs. */
struct trees {
    int *fds;
    size_t count;
};

static void close_trees(struct trees *trees)
{
    for (size_t i = 0; i < trees->count; i++)
        cleanup_close(&trees->fds[i]);
    free(trees->fds);
}

/* All are copied before any is mounted: a volume without a name is the image's directory, and not one of
 * the host's that -v has put there. */
static int copy_trees(int root, const struct container *c, struct trees *trees, struct error *err)
{
    trees->fds = must_calloc(c->mount_count + 1, sizeof *trees->fds);
    for (; trees->count < c->mount_count; trees->count++) {
        const struct mount *mount = &c->mounts[trees->count];
        int fd = is_tmpfs(mount) ? -1 : copy_source_tree(root, mount, err);

        if (fd < 0 && !is_tmpfs(mount))
            return fail_to_mount(mount, err);
        trees->fds[trees->count] = fd;
    }
    return 0;
}

static int mount_asked(int root, const struct container *c, struct error *err)
{
    _cleanup_(close_trees) struct trees trees = { 0 };

    if (copy_trees(root, c, &trees, err) < 0)
        return -1;
    for (size_t i = 0; i < c->mount_count; i++) {
        const struct mount *mount = &c->mounts[i];
        int result =
            is_tmpfs(mount) ? mount_tmpfs(root, mount, err) : mount_bind(root, mount, trees.fds[i], err);

        if (result < 0)
            return fail_to_mount(mount, err);
    }
    return 0;
}

/* ---- the root */

/* A volume may hide the directory that WORKDIR made. Docker makes it there too. */
static int make_cwd(int root, const struct container *c, struct error *err)
{
    const char *cwd = c->process.cwd ? c->process.cwd : "/";
    _cleanup_close_ int fd = open_in_root(root, cwd, O_PATH | O_DIRECTORY, 0, err);

    if (fd >= 0 || err->number != ENOENT)
        return 0; /* become_program says what is wrong with it */
    fd = make_directories(root, cwd, 0755, 0, 0, err);
    return fd < 0 ? fail_while(err, "make the working directory") : 0;
}

static int make_root_readonly(int root, const struct container *c, struct error *err)
{
    if (!c->root.readonly)
        return 0;
    explain(formatted("mount_setattr(\"/\", MOUNT_ATTR_RDONLY)"), "only what is mounted in it can be written",
            formatted("mount -o remount,bind,ro /"));
    return mount_set(root, "ro", false, err);
}

/* The root becomes the root of the namespace, and what was there before goes. Unlike after chroot(2), there
 * is then nothing outside to get out to. With both names the same directory, the old root comes to lie on
 * top of the new one, and is taken away from there: no directory in the image is needed for it
 * (pivot_root(2), "pivot_root(".", ".")"). */
static int pivot_into(int root, struct error *err)
{
    _cleanup_close_ int old = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (old < 0)
        return fail(err, errno, "open the old root");
    explain(formatted("pivot_root(\".\", \".\")"), "the mounts of the host come off",
            formatted("pivot_root . ."));
    if (fchdir(root) < 0)
        return fail(err, errno, "enter the new root");
    if (syscall(SYS_pivot_root, ".", ".") < 0)
        return fail(err, errno, "pivot_root");
    explain(formatted("umount2(\".\", MNT_DETACH)"), "and are gone, with all that is below",
            formatted("umount -l ."));
    if (fchdir(old) < 0 || umount2(".", MNT_DETACH) < 0)
        return fail(err, errno, "unmount the old root");
    if (chdir("/") < 0)
        return fail(err, errno, "enter the new root");
    return 0;
}

static int enter_mounts(struct container *c, struct error *err)
{
    _cleanup_close_ int root = -1;

    umask(0); /* modes here are what they say; become_program sets the program's */
    if (make_private(err) < 0)
        return -1;
    root = mount_root(c, err);
    if (root < 0)
        return fail_while(err, "mount the root %s", c->root.path);
    if (mount_systems(root, err) < 0 || mount_asked(root, c, err) < 0 || hide_paths(root, err) < 0 ||
        make_cwd(root, c, err) < 0 || make_root_readonly(root, c, err) < 0)
        return -1;
    return pivot_into(root, err);
}

static const struct option_spec options[] = {
    { 'v', "volume", "HOST:DIR[:ro]", "mount HOST, a path or a volume's name, on DIR of the container",
      option_volume, 0 },
    { 0, "tmpfs", "DIR[:OPTIONS]", "mount an empty file system in memory on DIR", option_tmpfs, 0 },
    { 0, "read-only", NULL, "nothing can be written but in volumes, tmpfs and /dev", option_flag,
      offsetof(struct container, root.readonly) },
    { 0 },
};

const struct isolation isolate_mounts = {
    .name = "mounts",
    .why = "it has a tree of mounts of its own, and the host's is out of reach",
    .clone_flags = CLONE_NEWNS,
    .prepare = volumes_prepare,
    .enter = enter_mounts,
    .options = options,
    .instructions = UINT64_C(1) << KEYWORD_VOLUME,
};
