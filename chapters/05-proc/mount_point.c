/* Where something is mounted: found, or made, inside the root, held open. */
#include "mount_point.h"
#include "fs.h"
#include "path.h"
#include "str.h"
#include "target.h"

#include <errno.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>

int mount_point_real(int root_fd, const char *path, struct error *err)
{
    _cleanup_free_ char *parent_path = path_parent(path);
    _cleanup_close_ int parent = -1;
    int fd = open_below(root_fd, path, O_PATH | O_DIRECTORY, 0, err);

    if (fd < 0 && err->number == ENOENT) {
        parent = open_below(root_fd, parent_path, O_PATH | O_DIRECTORY, 0, err);
        if (parent < 0)
            return -1;
        if (mkdirat(parent, path_base(path), 0755) < 0)
            return fail(err, errno, "make the directory %s", path);
        fd = open_below(root_fd, path, O_PATH | O_DIRECTORY, 0, err);
    }
    if (fd < 0 && (err->number == ELOOP || err->number == ENOTDIR))
        fail_while(err, "the image has a link or file in the place of the directory %s", path);
    return fd;
}

/* An empty file to mount a file on. What a link names is made where it leads, also when that is not there yet: images
 * ship such links, /etc/resolv.conf for one. */
static int make_file(int root_fd, const char *path, struct error *err)
{
    const struct destination place = { .root_fd = root_fd, .path = path };
    const struct copy_options as_root = { 0 };
    _cleanup_(target_free) struct target target = { .parent_fd = -1 };
    _cleanup_close_ int made = -1;

    if (target_find(&place, path_base(path), &as_root, &target, err) < 0)
        return -1;
    made = openat(target.parent_fd, target.name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (made < 0)
        return fail(err, errno, "make the file %s", path);
    return open_below(target.parent_fd, target.name, O_PATH, 0, err);
}

static int check_place(int root_fd, int fd, bool is_directory, struct error *err)
{
    struct stat root, found;
    struct statfs system;

    if (fstat(root_fd, &root) < 0 || fstat(fd, &found) < 0 || fstatfs(fd, &system) < 0)
        return fail(err, errno, "look at it");
    if (system.f_type == PROC_SUPER_MAGIC)
        return fail(err, 0, "it is in /proc, where nothing may be mounted");
    if (root.st_dev == found.st_dev && root.st_ino == found.st_ino)
        return fail(err, 0, "it is the root directory itself");
    if (S_ISDIR(found.st_mode) != is_directory)
        return fail(err, 0,
                    is_directory ? "it is a file, and a directory is to be mounted there"
                                 : "it is a directory, and a file is to be mounted there");
    return 0;
}

int mount_point_in_root(int root_fd, const char *path, bool is_directory, struct error *err)
{
    _cleanup_close_ int fd = open_in_root(root_fd, path, O_PATH, 0, err);

    if (fd < 0 && err->number == ENOENT)
        fd = is_directory ? make_directories(root_fd, path, 0755, 0, 0, err) : make_file(root_fd, path, err);
    if (fd < 0 || check_place(root_fd, fd, is_directory, err) < 0)
        return -1;
    return steal_fd(&fd);
}
