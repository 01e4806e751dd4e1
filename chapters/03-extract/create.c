/* Making the files of a layer.
 *
 * Every file is made with O_EXCL or a call that is as strict, so that nothing is ever written through what
 * was there before, a link least of all. The directory part of the name was followed inside the root
 * (tree_parent); the last part never is. */
#include "create.h"
#include "contents.h"
#include "entry_path.h"
#include "fs.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

static int is_directory(int parent_fd, const char *name)
{
    struct stat found;

    return fstatat(parent_fd, name, &found, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(found.st_mode);
}

/* The one call that makes ENTRY, not knowing whether its name is free. Returns a descriptor for a file, 0 for
 * the other types, or -1 with errno. */
static int try_to_make(int parent_fd, const char *name, const struct tar_entry *entry)
{
    mode_t mode = entry->mode & 0777;

    switch (entry->type) {
    case TAR_FILE:
        return openat(parent_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode | S_IWUSR);
    case TAR_DIRECTORY: return mkdirat(parent_fd, name, mode | S_IRWXU);
    case TAR_SYMLINK: return symlinkat(entry->target, parent_fd, name);
    case TAR_CHARACTER_DEVICE: return mknodat(parent_fd, name, S_IFCHR | mode, entry->device);
    case TAR_BLOCK_DEVICE: return mknodat(parent_fd, name, S_IFBLK | mode, entry->device);
    case TAR_FIFO: return mknodat(parent_fd, name, S_IFIFO | mode, 0);
    default: errno = EINVAL; return -1;
    }
}

/* Make ENTRY; what is in its way gives way. A directory that meets one is left as it is. */
static int make(struct tree *tree, int parent_fd, const char *name, const struct tar_entry *entry,
                struct error *err)
{
    int made = try_to_make(parent_fd, name, entry);

    if (made < 0 && errno == EEXIST) {
        if (entry->type == TAR_DIRECTORY && is_directory(parent_fd, name))
            return 0;
        if (tree_remove(tree, parent_fd, name, err) < 0)
            return -1;
        made = try_to_make(parent_fd, name, entry);
    }
    return made < 0 ? fail(err, errno, "make it") : made;
}

static int stat_made(struct made_file *file, struct error *err)
{
    int result;

    if (file->fd >= 0)
        result = fstat(file->fd, &file->stat);
    else
        result = fstatat(file->parent_fd, file->name, &file->stat, AT_SYMLINK_NOFOLLOW);
    return result < 0 ? fail(err, errno, "stat it") : 0;
}

static int make_file(struct extraction *extraction, struct tree *tree, int parent_fd,
                     struct tar_reader *reader, const struct tar_entry *entry, struct error *err)
{
    struct made_file file = { .parent_fd = parent_fd, .name = entry_path_base(entry->path) };
    _cleanup_close_ int fd = make(tree, parent_fd, file.name, entry, err);

    file.fd = fd;
    if (fd < 0 || stat_made(&file, err) < 0)
        return -1;
    tree_add(tree, &file.stat);
    if (write_contents(reader, entry->size, fd, err) < 0)
        return -1;
    return set_metadata(&file, entry, &extraction->left_out, err);
}

static int make_directory(struct extraction *extraction, struct tree *tree, int parent_fd,
                          const struct tar_entry *entry, struct error *err)
{
    bool root = *entry->path == '\0';
    struct made_file file = { .parent_fd = parent_fd, .name = root ? "." : entry_path_base(entry->path) };

    if (!root && make(tree, parent_fd, file.name, entry, err) < 0)
        return -1;

    _cleanup_close_ int fd = openat(parent_fd, file.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    file.fd = fd;
    if (fd < 0)
        return fail(err, errno, "open it");
    if (stat_made(&file, err) < 0)
        return -1;
    tree_add(tree, &file.stat);
    if (set_metadata(&file, entry, &extraction->left_out, err) < 0)
        return -1;
    return directory_log_add(extraction->log, entry->path, fd, entry->mode, entry->times, err);
}

/* Links, devices and FIFOs: what is never opened. */
static int make_special(struct extraction *extraction, struct tree *tree, int parent_fd,
                        const struct tar_entry *entry, struct error *err)
{
    bool device = entry->type == TAR_CHARACTER_DEVICE || entry->type == TAR_BLOCK_DEVICE;
    struct made_file file = { .parent_fd = parent_fd, .name = entry_path_base(entry->path), .fd = -1 };

    if (make(tree, parent_fd, file.name, entry, err) < 0) {
        if (!device || err->number != EPERM)
            return -1;
        extraction->left_out.devices++; /* an ordinary user, or root of a user namespace: mknod(2) */
        return 0;
    }
    if (stat_made(&file, err) < 0)
        return -1;
    tree_add(tree, &file.stat);
    return set_metadata(&file, entry, &extraction->left_out, err);
}

/* A hard link is a further name of a file that is there already, of this layer or a lower one; owner, mode
 * and times are that file's. The target's directory part is followed inside the root like any other; the
 * target itself may be a symbolic link, which then is what gets the name. */
static int make_hard_link(struct tree *tree, int parent_fd, const struct tar_entry *entry, struct error *err)
{
    const char *name = entry_path_base(entry->path), *target = entry_path_base(entry->target);
    _cleanup_free_ char *target_parent = must_strndup(entry->target, entry_path_parent(entry->target));
    _cleanup_close_ int target_fd = open_in_root(tree->root_fd, target_parent, O_PATH | O_DIRECTORY, 0, err);
    struct stat found, there;

    if (target_fd < 0)
        return fail_while(err, "hard link to \"%.200s\"", entry->target);
    if (*target == '\0' || fstatat(target_fd, target, &found, AT_SYMLINK_NOFOLLOW) < 0)
        return fail(err, *target == '\0' ? EPERM : errno, "hard link to \"%.200s\"", entry->target);

    /* Two names of one file already: removing the one could be removing the last. */
    if (fstatat(parent_fd, name, &there, AT_SYMLINK_NOFOLLOW) == 0) {
        if (there.st_ino == found.st_ino)
            return tree_add_link(tree, parent_fd, name, &found, err);
        if (tree_remove(tree, parent_fd, name, err) < 0)
            return -1;
    }
    if (linkat(target_fd, target, parent_fd, name, 0) < 0)
        return fail(err, errno, "hard link to \"%.200s\"", entry->target);
    return tree_add_link(tree, parent_fd, name, &found, err);
}

int create_entry(struct extraction *extraction, struct tree *tree, struct tar_reader *reader,
                 const struct tar_entry *entry, struct error *err)
{
    int parent_fd;

    /* The root is what everything is opened below: it cannot become a link or a file (CVE-2021-29136). */
    if (*entry->path == '\0' && entry->type != TAR_DIRECTORY)
        return fail(err, 0, "the root must be a directory");
    parent_fd = tree_parent(tree, entry->path, err);
    if (parent_fd < 0)
        return -1;
    switch (entry->type) {
    case TAR_FILE: return make_file(extraction, tree, parent_fd, reader, entry, err);
    case TAR_DIRECTORY: return make_directory(extraction, tree, parent_fd, entry, err);
    case TAR_HARD_LINK: return make_hard_link(tree, parent_fd, entry, err);
    default: return make_special(extraction, tree, parent_fd, entry, err);
    }
}
