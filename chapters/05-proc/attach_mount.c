/* Mounting by descriptors: what is mounted, and where, is held open before the two are joined. */
#include "attach_mount.h"
#include "str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mount.h>

/* ---- options */

static const struct attribute {
    const char *name;
    uint64_t clear, set;
} attributes[] = {
    { "ro", 0, MOUNT_ATTR_RDONLY },
    { "rw", MOUNT_ATTR_RDONLY, 0 },
    { "nosuid", 0, MOUNT_ATTR_NOSUID },
    { "suid", MOUNT_ATTR_NOSUID, 0 },
    { "nodev", 0, MOUNT_ATTR_NODEV },
    { "dev", MOUNT_ATTR_NODEV, 0 },
    { "noexec", 0, MOUNT_ATTR_NOEXEC },
    { "exec", MOUNT_ATTR_NOEXEC, 0 },
    { "noatime", MOUNT_ATTR__ATIME, MOUNT_ATTR_NOATIME },
    { "strictatime", MOUNT_ATTR__ATIME, MOUNT_ATTR_STRICTATIME },
    { "relatime", MOUNT_ATTR__ATIME, MOUNT_ATTR_RELATIME },
};

static const struct attribute *attribute_find(const char *name)
{
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
        if (strcmp(attributes[i].name, name) == 0)
            return &attributes[i];
    return NULL;
}

/* Split OPTIONS into what every mount has, the last one counting, and OTHERS. */
static void split_options(const char *options, struct mount_attr *attr, struct strv *others)
{
    _cleanup_free_ char *copy = must_strdup(options);

    for (char *rest = copy, *name; (name = strsep(&rest, ",")) != NULL;) {
        const struct attribute *found = attribute_find(name);

        if (found) {
            attr->attr_clr |= found->clear; /* the kernel clears, then sets */
            attr->attr_set = (attr->attr_set & ~found->clear) | found->set;
        } else if (*name) {
            strv_add(others, name);
        }
    }
}

bool mount_options_valid(const char *options, char **unknown)
{
    _cleanup_strv_ struct strv others = { 0 };
    struct mount_attr attr = { 0 };

    split_options(options, &attr, &others);
    *unknown = others.count > 0 ? must_strdup(others.items[0]) : NULL;
    return others.count == 0;
}

/* ---- a new file system */

/* What the file system says, a message a read ("e tmpfs: Bad value for 'size'"), behind what err says. */
static int fail_with_log(int fs, int number, const char *doing, struct error *err)
{
    char message[512];
    ssize_t length = read(fs, message, sizeof message - 1);

    if (length <= 2)
        return fail(err, number, "%s", doing);
    message[length] = '\0';
    message[strcspn(message, "\n")] = '\0';
    return fail(err, number, "%s: %s", doing, message + 2);
}

/* One of its own options: size=64k, or a word alone. */
static int configure(int fs, const char *option, struct error *err)
{
    _cleanup_free_ char *name = must_strdup(option);
    char *value = strchr(name, '=');
    int result;

    if (value)
        *value++ = '\0';
    result = value ? fsconfig(fs, FSCONFIG_SET_STRING, name, value, 0)
                   : fsconfig(fs, FSCONFIG_SET_FLAG, name, NULL, 0);
    return result < 0 ? fail_with_log(fs, errno, option, err) : 0;
}

int mount_new(const char *type, const char *options, int target, struct error *err)
{
    _cleanup_strv_ struct strv others = { 0 };
    _cleanup_close_ int fs = fsopen(type, FSOPEN_CLOEXEC), mount = -1;
    struct mount_attr attr = { 0 };

    if (fs < 0)
        return fail(err, errno, "a file system of the type %s", type);
    split_options(options, &attr, &others);
    if (fsconfig(fs, FSCONFIG_SET_STRING, "source", type, 0) < 0)
        return fail_with_log(fs, errno, "its source", err);
    for (size_t i = 0; i < others.count; i++)
        if (configure(fs, others.items[i], err) < 0)
            return -1;
    if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
        return fail_with_log(fs, errno, "create it", err);
    mount = fsmount(fs, FSMOUNT_CLOEXEC, (unsigned)attr.attr_set);
    if (mount < 0)
        return fail_with_log(fs, errno, "make a mount of it", err);
    return mount_attach(mount, target, err);
}

/* ---- a part of the tree that is there */

int mount_copy(int dir_fd, const char *source, bool recursive, struct error *err)
{
    unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;
    int fd;

    if (*source == '\0')
        flags |= AT_EMPTY_PATH;
    if (recursive)
        flags |= AT_RECURSIVE;
    fd = open_tree(dir_fd, source, flags);
    return fd < 0 ? fail(err, errno, "open_tree %s", source) : fd;
}

int mount_set(int mount_fd, const char *options, bool recursive, struct error *err)
{
    _cleanup_strv_ struct strv others = { 0 };
    struct mount_attr attr = { 0 };

    split_options(options, &attr, &others);
    if (others.count > 0)
        return fail(err, EINVAL, "the option %s", others.items[0]);
    if (mount_setattr(mount_fd, "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0), &attr, sizeof attr) < 0)
        return fail(err, errno, "mount_setattr %s%s", options,
                    errno == ENOSYS ? " (it needs Linux 5.12 or later)" : "");
    return 0;
}

int mount_attach(int mount_fd, int target, struct error *err)
{
    if (move_mount(mount_fd, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
        return fail(err, errno, "move_mount");
    return 0;
}
