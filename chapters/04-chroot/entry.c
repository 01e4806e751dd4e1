/* One file copied into an image, with what belongs to it: owner, permissions, extended attributes, times. */
#include "entry.h"
#include "fs.h"
#include "mode.h"
#include "str.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/xattr.h>

static int copy_attribute(int from_fd, int to_fd, const char *name, struct error *err)
{
    _cleanup_free_ char *value = must_calloc(1, XATTR_SIZE_MAX);
    ssize_t length = fgetxattr(from_fd, name, value, XATTR_SIZE_MAX);

    if (length < 0)
        return errno == ENODATA ? 0 : fail(err, errno, "read the attribute %s", name);
    if (fsetxattr(to_fd, name, value, (size_t)length, 0) < 0)
        return fail(err, errno, "set the attribute %s", name);
    return 0;
}

/* user.* and file capabilities. Not ACLs, labels and signatures: they speak of the host's users and keys. */
static int copy_attributes(int from_fd, int to_fd, struct error *err)
{
    _cleanup_free_ char *names = must_calloc(1, XATTR_LIST_MAX);
    ssize_t length = flistxattr(from_fd, names, XATTR_LIST_MAX);

    if (length < 0)
        return errno == ENOTSUP ? 0 : fail(err, errno, "list extended attributes");
    for (const char *name = names; name < names + length; name += strlen(name) + 1)
        if (starts_with(name, "user.") || strcmp(name, "security.capability") == 0)
            if (copy_attribute(from_fd, to_fd, name, err) < 0)
                return -1;
    return 0;
}

static uid_t new_uid(const struct stat *file, const struct copy_options *options)
{
    return options->keep_owner ? file->st_uid : options->uid;
}

static gid_t new_gid(const struct stat *file, const struct copy_options *options)
{
    return options->keep_owner ? file->st_gid : options->gid;
}

static int new_mode(const struct stat *file, const struct copy_options *options, mode_t *mode,
                    struct error *err)
{
    *mode = file->st_mode;
    return options->chmod ? mode_change(options->chmod, file->st_mode, mode, err) : 0;
}

/* The order matters: chown clears setuid bits and capabilities, and every change but the last spoils the
 * times. */
int copy_metadata(int from_fd, const struct stat *file, int to_fd, const struct copy_options *options,
                  struct error *err)
{
    const struct timespec times[] = { file->st_atim, file->st_mtim };
    mode_t mode;

    if (new_mode(file, options, &mode, err) < 0)
        return -1;
    if (fchown(to_fd, new_uid(file, options), new_gid(file, options)) < 0)
        return fail(err, errno, "chown");
    if (fchmod(to_fd, mode & ~(mode_t)S_IFMT) < 0)
        return fail(err, errno, "chmod");
    if (copy_attributes(from_fd, to_fd, err) < 0)
        return -1;
    if (futimens(to_fd, times) < 0)
        return fail(err, errno, "set times");
    return 0;
}

static int copy_regular(int from_fd, const char *name, int to_fd, const char *to_name,
                        const struct copy_options *options, struct error *err)
{
    /* If it has become a named pipe since we looked, opening it must not wait for a writer. */
    _cleanup_close_ int from = openat(from_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    _cleanup_close_ int to = -1;
    struct stat file;

    if (from < 0 || fstat(from, &file) < 0)
        return fail(err, errno, "open");
    if (!S_ISREG(file.st_mode))
        return fail(err, 0, "it changed while it was copied");
    to = openat(to_fd, to_name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (to < 0)
        return fail(err, errno, "create /%s in the image", to_name);
    if (copy_contents(from, to, err) < 0)
        return -1;
    return copy_metadata(from, &file, to, options, err);
}

static int copy_link(int from_fd, const char *name, int to_fd, const char *to_name, struct error *err)
{
    char target[PATH_MAX];
    ssize_t length = readlinkat(from_fd, name, target, sizeof target - 1);

    if (length < 0)
        return fail(err, errno, "read the link");
    target[length] = '\0';
    if (symlinkat(target, to_fd, to_name) < 0)
        return fail(err, errno, "make the link");
    return 0;
}

/* A link, device, pipe or socket: something that is made under its name, not opened. */
static int copy_special(int from_fd, const char *name, const struct stat *file, int to_fd,
                        const char *to_name, const struct copy_options *options, struct error *err)
{
    const struct timespec times[] = { file->st_atim, file->st_mtim };
    mode_t mode;

    if (S_ISLNK(file->st_mode) ? copy_link(from_fd, name, to_fd, to_name, err) < 0 : false)
        return -1;
    if (!S_ISLNK(file->st_mode) && mknodat(to_fd, to_name, file->st_mode & S_IFMT, file->st_rdev) < 0)
        return fail(err, errno, "make the device, named pipe or socket");
    if (fchownat(to_fd, to_name, new_uid(file, options), new_gid(file, options), AT_SYMLINK_NOFOLLOW) < 0)
        return fail(err, errno, "chown");
    if (new_mode(file, options, &mode, err) < 0)
        return -1;
    if (!S_ISLNK(file->st_mode) && fchmodat(to_fd, to_name, mode & ~(mode_t)S_IFMT, 0) < 0)
        return fail(err, errno, "chmod");
    if (utimensat(to_fd, to_name, times, AT_SYMLINK_NOFOLLOW) < 0)
        return fail(err, errno, "set times");
    return 0;
}

/* Make room for a file at NAME. */
static int remove_file(int dir_fd, const char *name, struct error *err)
{
    if (unlinkat(dir_fd, name, 0) == 0 || errno == ENOENT)
        return 0;
    if (errno == EISDIR)
        return fail(err, 0, "a directory is in its place in the image, and a file does not replace it");
    return fail(err, errno, "remove what is in its place in the image");
}

int copy_entry(int from_fd, const char *name, const struct stat *file, int to_fd, const char *to_name,
               const struct copy_options *options, struct error *err)
{
    int result = remove_file(to_fd, to_name, err);

    if (result == 0 && S_ISREG(file->st_mode))
        result = copy_regular(from_fd, name, to_fd, to_name, options, err);
    else if (result == 0)
        result = copy_special(from_fd, name, file, to_fd, to_name, options, err);
    return result < 0 ? fail_while(err, "%s", name) : 0;
}

int write_entry(const char *body, int to_fd, const char *to_name, const struct copy_options *options,
                struct error *err)
{
    const struct stat file = { .st_mode = S_IFREG | 0644 };
    _cleanup_close_ int fd = -1;
    mode_t mode;

    if (new_mode(&file, options, &mode, err) < 0 || remove_file(to_fd, to_name, err) < 0)
        return -1;
    fd = openat(to_fd, to_name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(err, errno, "create it in the image");
    if (write_all(fd, body, strlen(body), err) < 0)
        return -1;
    if (fchown(fd, options->uid, options->gid) < 0 || fchmod(fd, mode & ~(mode_t)S_IFMT) < 0)
        return fail(err, errno, "chown and chmod it");
    return 0;
}
