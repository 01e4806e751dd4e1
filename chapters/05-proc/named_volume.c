/* A volume with a name: a directory of gocker's that outlives the container. */
#include "named_volume.h"
#include "context.h"
#include "copy_tree.h"
#include "fs.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#define DATA     "_data"     /* Docker's name for it */
#define DATA_NEW "_data.new" /* while it is filled */

int named_volume_check(const char *name, struct error *err)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    _cleanup_free_ char *all = formatted("%s_.-", letters);

    if (name[0] != '\0' && strchr(letters, name[0]) && strspn(name, all) == strlen(name) &&
        strlen(name) <= NAME_MAX)
        return 0;
    return fail(
        err, 0,
        "\"%s\" is no name of a volume (letters, digits, _ . and -, at most 255); a path on the host begins with / or ./",
        name);
}

/* Copy what the image has at PATH, with all that belongs to it, into TO_FD. Nothing there is fine. */
static int fill(const struct container *c, const char *path, int to_fd, struct error *err)
{
    const struct copy_options as_it_is = { .keep_owner = true };
    _cleanup_close_ int root = open(c->root.path, O_PATH | O_DIRECTORY | O_CLOEXEC), from = -1;
    struct context image = { .name = c->root.path };
    struct stat file;
    size_t copied;

    if (root < 0)
        return fail(err, errno, "open %s", c->root.path);
    from = open_in_root(root, path, O_RDONLY | O_DIRECTORY, 0, err);
    if (from < 0)
        return err->number == ENOENT ? 0 : -1;
    if (fstat(from, &file) < 0)
        return fail(err, errno, "look at %s in the image", path);
    image.fd = from;
    if (copy_tree(&image, ".", to_fd, to_fd, &as_it_is, &copied, err) < 0)
        return -1;
    return copy_metadata(from, &file, to_fd, &as_it_is, err);
}

/* Make DATA in DIR_FD, by way of another name: a gocker that is killed leaves no half volume. */
static int make_data(const struct container *c, const char *path, int dir_fd, struct error *err)
{
    _cleanup_close_ int fd = -1;

    if (remove_tree(dir_fd, DATA_NEW, err) < 0)
        return -1;
    if (mkdirat(dir_fd, DATA_NEW, 0755) < 0)
        return fail(err, errno, "make its directory");
    fd = openat(dir_fd, DATA_NEW, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return fail(err, errno, "open its directory");
    if (fchmod(fd, 0755) < 0)
        return fail(err, errno, "set the mode of its directory");
    if (fill(c, path, fd, err) < 0)
        return fail_while(err, "fill it with what the image has in %s", path);
    if (renameat(dir_fd, DATA_NEW, dir_fd, DATA) < 0)
        return fail(err, errno, "rename its directory");
    return 0;
}

int named_volume_bind(const struct container *c, struct mount *mount, struct error *err)
{
    _cleanup_free_ char *parent = gocker_path("volumes"), *path = formatted("%s/%s", parent, mount->source);
    _cleanup_close_ int dir_fd = -1;

    /* Closed to the host's other users: a container may put a program there that has its owner's rights (setuid). */
    if (make_host_directories(parent, 0711, err) < 0 || make_host_directories(path, 0700, err) < 0)
        return -1;
    dir_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir_fd < 0 || flock(dir_fd, LOCK_EX) < 0) /* another gocker may be making it */
        return fail(err, errno, "lock %s", path);
    if (faccessat(dir_fd, DATA, F_OK, AT_SYMLINK_NOFOLLOW) < 0 &&
        make_data(c, mount->destination, dir_fd, err) < 0)
        return -1;
    free(mount->type);
    free(mount->source);
    mount->type = must_strdup("bind");
    mount->source = formatted("%s/%s", path, DATA);
    return 0;
}
