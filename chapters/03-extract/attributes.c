/* Extended attributes: which of a layer's are taken. */
#include "attributes.h"
#include "str.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/xattr.h>

static bool is_acl(const char *name)
{
    return starts_with(name, "system.posix_acl_");
}

static bool is_taken(const char *name)
{
    if (starts_with(name, "trusted.overlay.") || starts_with(name, "user.overlay."))
        return false;
    return strcmp(name, "security.capability") == 0 || starts_with(name, "user.") ||
           starts_with(name, "trusted.");
}

/* There is no setxattrat(2) before Linux 6.13, so what has no descriptor is named through that of its
 * directory; proc(5), /proc/pid/fd. */
static int set_attribute(const struct made_file *file, const char *name, const void *value, size_t size)
{
    _cleanup_free_ char *path = NULL;

    if (file->fd >= 0)
        return fsetxattr(file->fd, name, value, size, 0);
    path = formatted("/proc/self/fd/%d/%s", file->parent_fd, file->name);
    return lsetxattr(path, name, value, size, 0);
}

/* A directory of a lower layer that this layer lists again has only what this layer says. */
static int remove_taken(int fd, struct error *err)
{
    char names[65536]; /* XATTR_LIST_MAX: the kernel gives no longer list */
    ssize_t length = flistxattr(fd, names, sizeof names);

    if (length < 0)
        return errno == ENOTSUP ? 0 : fail(err, errno, "list extended attributes");
    for (const char *name = names; name < names + length; name += strlen(name) + 1)
        if (is_taken(name) && fremovexattr(fd, name) < 0 && errno != EPERM && errno != ENODATA)
            return fail(err, errno, "remove the extended attribute %s", name);
    return 0;
}

int copy_attributes(int from, int to, struct error *err)
{
    char names[65536], value[65536]; /* XATTR_LIST_MAX, XATTR_SIZE_MAX */
    ssize_t length = flistxattr(from, names, sizeof names);

    if (length < 0)
        return errno == ENOTSUP ? 0 : fail(err, errno, "list extended attributes");
    for (const char *name = names; name < names + length; name += strlen(name) + 1) {
        ssize_t size = is_taken(name) ? fgetxattr(from, name, value, sizeof value) : -1;

        if (size >= 0 && fsetxattr(to, name, value, (size_t)size, 0) < 0)
            return fail(err, errno, "set the extended attribute %s", name);
    }
    return 0;
}

/* Not allowed, not possible on this file system or for this type of file, no room for it in the inode: the
 * file is worth having without it. A value that the kernel finds malformed is an error. */
static bool can_do_without(int number)
{
    return number == EPERM || number == EACCES || number == ENOTSUP || number == ENOSPC || number == E2BIG;
}

int set_attributes(const struct made_file *file, const struct tar_entry *entry, struct left_out *left_out,
                   struct error *err)
{
    bool missing = false;
    const char *name;
    const void *value;
    size_t size;

    if (entry->type == TAR_DIRECTORY && remove_taken(file->fd, err) < 0)
        return -1;
    if (archive_entry_acl_types(entry->archived) != 0)
        left_out->acls++;
    archive_entry_xattr_reset(entry->archived);
    while (archive_entry_xattr_next(entry->archived, &name, &value, &size) == ARCHIVE_OK) {
        if (is_acl(name))
            left_out->acls++;
        if (!is_taken(name) || set_attribute(file, name, value, size) == 0)
            continue;
        if (!can_do_without(errno))
            return fail(err, errno, "set the extended attribute %.100s", name);
        missing = true;
    }
    left_out->attributes += missing;
    return 0;
}
