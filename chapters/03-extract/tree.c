/* The root filesystem while layers are applied to it. */
#include "tree.h"
#include "entry_path.h"
#include "fs.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

int tree_begin(struct tree *tree, int root_fd, struct error *err)
{
    struct stat root;

    *tree = (struct tree){ .root_fd = root_fd, .parent_fd = -1 };
    if (getrandom(&tree->seed, sizeof tree->seed, 0) < 0)
        return fail(err, errno, "getrandom");
    if (fstat(root_fd, &root) < 0)
        return fail(err, errno, "fstat the root");
    tree_add(tree, &root);
    return 0;
}

void tree_end(struct tree *tree)
{
    cleanup_close(&tree->parent_fd);
    tree->parent_fd = -1;
    str_free(&tree->parent);
    number_set_free(&tree->ours);
    number_set_free(&tree->swept);
    number_set_free(&tree->our_links);
}

/* ---- the way to an entry */

/* FD and every directory above it hold something of this layer. The root was added first, so the way up ends
 * there at the latest. */
static int add_upwards(struct tree *tree, int fd, struct error *err)
{
    _cleanup_close_ int at = -1;
    struct stat found;

    for (;;) {
        int up;

        if (fstat(at < 0 ? fd : at, &found) < 0)
            return fail(err, errno, "fstat a directory");
        if (number_set_has(&tree->ours, found.st_ino))
            return 0;
        tree_add(tree, &found);
        up = openat(at < 0 ? fd : at, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (up < 0)
            return fail(err, errno, "open the directory above");
        cleanup_close(&at);
        at = up;
    }
}

/* Directories that no layer lists get the owner and mode of those that images usually list. They count like
 * entries: one path can ask for two thousand. */
static int open_or_make(const struct tree *tree, const char *path, struct error *err)
{
    int fd = open_in_root(tree->root_fd, path, O_PATH | O_DIRECTORY, 0, err);

    if (fd >= 0 || err->number != ENOENT)
        return fd;
    return make_directories_limited(tree->root_fd, path, 0755, geteuid(), geteuid() == 0 ? 0 : getegid(),
                                    tree->entries_left, err);
}

int tree_parent(struct tree *tree, const char *path, struct error *err)
{
    size_t length = entry_path_parent(path);
    int fd;

    if (length == 0)
        return tree->root_fd;
    if (tree->parent.length == length && memcmp(tree->parent.text, path, length) == 0)
        return tree->parent_fd;

    str_free(&tree->parent);
    str_add_bytes(&tree->parent, path, length);
    fd = open_or_make(tree, tree->parent.text, err);
    if (fd < 0) {
        str_free(&tree->parent);
        return -1;
    }
    cleanup_close(&tree->parent_fd);
    tree->parent_fd = fd;
    if (add_upwards(tree, fd, err) < 0)
        return -1;
    return fd;
}

/* ---- whose file is it */

/* A number for a name in a directory: FNV-1a from a random start, which a layer cannot aim at. */
static int name_number(const struct tree *tree, int parent_fd, const char *name, uint64_t *number,
                       struct error *err)
{
    uint64_t hash = tree->seed;
    struct stat parent;

    if (fstat(parent_fd, &parent) < 0)
        return fail(err, errno, "fstat a directory");
    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3;
    *number = hash ^ parent.st_ino * 0x9e3779b97f4a7c15;
    return 0;
}

void tree_add(struct tree *tree, const struct stat *stat)
{
    number_set_add(&tree->ours, stat->st_ino);
}

/* The inode of a lower layer's file must not become ours: a whiteout of its old name is still to hide that. */
int tree_add_link(struct tree *tree, int parent_fd, const char *name, const struct stat *stat,
                  struct error *err)
{
    uint64_t number = 0;

    if (number_set_has(&tree->ours, stat->st_ino))
        return 0;
    if (name_number(tree, parent_fd, name, &number, err) < 0)
        return -1;
    number_set_add(&tree->our_links, number);
    return 0;
}

int tree_has(const struct tree *tree, int parent_fd, const char *name, const struct stat *stat,
             struct error *err)
{
    uint64_t number = 0;

    if (number_set_has(&tree->ours, stat->st_ino))
        return 1;
    if (tree->our_links.used == 0)
        return 0;
    if (name_number(tree, parent_fd, name, &number, err) < 0)
        return -1;
    return number_set_has(&tree->our_links, number);
}

/* Where the last entry's path led may be what is removed, so it is looked for again the next time. Its
 * descriptor stays open: PARENT_FD may be it. */
int tree_remove(struct tree *tree, int parent_fd, const char *name, struct error *err)
{
    str_free(&tree->parent);
    return remove_tree(parent_fd, name, err);
}
