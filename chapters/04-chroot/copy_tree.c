/* The contents of a directory, copied into another. */
#include "copy_tree.h"
#include "fs.h"
#include "process.h"
#include "str.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

/* A file with several names that was copied under one of them. */
struct linked_file {
    dev_t device;
    ino_t inode;
    char *path; /* relative to the top of the copy */
};

struct tree {
    const struct context *context;
    const struct copy_options *options;
    struct stat root; /* the image's own root directory */
    int top_fd;       /* where the copy began, in the image */
    struct linked_file *linked;
    size_t linked_count;
    size_t copied; /* entries */
};

/* A directory on the way down. One that is hidden, but may hold something that is not, is made in the image
 * only when that turns up. */
struct level {
    struct level *parent; /* NULL at the top */
    const char *name;
    char *path;     /* in the context */
    char *top_path; /* relative to the top of the copy, with a / at its end, or "" */
    int from_fd, to_fd;
};

static int copy_level(struct tree *tree, struct level *level, struct error *err);

static void free_tree(struct tree *tree)
{
    for (size_t i = 0; i < tree->linked_count; i++)
        free(tree->linked[i].path);
    free(tree->linked);
}

static void free_level(struct level *level)
{
    free(level->path);
    free(level->top_path);
    cleanup_close(&level->from_fd);
    if (level->parent)
        cleanup_close(&level->to_fd);
}

/* Open the directory in the image, made where it is missing. */
static int make_level(struct level *level, struct error *err)
{
    struct stat file;

    if (level->to_fd >= 0 || !level->parent) /* the top is always there */
        return 0;
    if (make_level(level->parent, err) < 0)
        return -1;
    if (mkdirat(level->parent->to_fd, level->name, 0700) < 0 && errno != EEXIST)
        return fail(err, errno, "make the directory %s", level->path);
    level->to_fd = openat(level->parent->to_fd, level->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (level->to_fd >= 0)
        return 0;
    if (fstatat(level->parent->to_fd, level->name, &file, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISDIR(file.st_mode))
        return fail(err, 0,
                    "%s: in its place in the image is a file or link, and a directory does not replace it",
                    level->path);
    return fail(err, errno, "open the directory %s in the image", level->path);
}

/* The path under which FILE was copied already, or NULL, and it is noted as TOP_PATH. */
static const char *find_linked(struct tree *tree, const struct stat *file, const char *top_path)
{
    if (!S_ISREG(file->st_mode) || file->st_nlink < 2)
        return NULL;
    for (size_t i = 0; i < tree->linked_count; i++)
        if (tree->linked[i].device == file->st_dev && tree->linked[i].inode == file->st_ino)
            return tree->linked[i].path;
    tree->linked = must_realloc(tree->linked, tree->linked_count + 1, sizeof *tree->linked);
    tree->linked[tree->linked_count++] =
        (struct linked_file){ file->st_dev, file->st_ino, must_strdup(top_path) };
    return NULL;
}

static int link_again(const struct tree *tree, const char *first, const struct level *level, const char *name,
                      struct error *err)
{
    if (unlinkat(level->to_fd, name, 0) < 0 && errno != ENOENT)
        return fail(err, errno, "replace %s in the image", name);
    if (linkat(tree->top_fd, first, level->to_fd, name, 0) < 0)
        return fail(err, errno, "link %s to %s", name, first);
    return 0;
}

static int copy_directory(struct tree *tree, struct level *parent, const char *name, const struct stat *file,
                          struct error *err)
{
    _cleanup_(free_level) struct level level = { .parent = parent, .name = name, .from_fd = -1, .to_fd = -1 };
    const struct ignore_rule *rule;

    if (file->st_dev == tree->root.st_dev && file->st_ino == tree->root.st_ino)
        return fail(err, 0,
                    "%s is the new root filesystem itself: set GOCKER_ROOT to a place outside the context",
                    name);
    level.path = strcmp(parent->path, ".") == 0 ? must_strdup(name) : formatted("%s/%s", parent->path, name);
    level.top_path = formatted("%s%s/", parent->top_path, name);
    level.from_fd = openat(parent->from_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (level.from_fd < 0)
        return fail(err, errno, "open %s", level.path);
    rule = dockerignore_match(&tree->context->ignore, level.path);
    if ((!rule || rule->exception) && make_level(&level, err) < 0)
        return -1;
    if (copy_level(tree, &level, err) < 0)
        return -1;
    if (level.to_fd < 0)
        return 0;
    tree->copied++;
    if (copy_metadata(level.from_fd, file, level.to_fd, tree->options, err) < 0)
        return fail_while(err, "%s", level.path);
    return 0;
}

static int copy_name(struct tree *tree, struct level *level, const char *name, struct error *err)
{
    _cleanup_free_ char *path = NULL, *top_path = formatted("%s%s", level->top_path, name);
    const char *first;
    struct stat file;

    if (check_interrupt(err) < 0)
        return -1;
    path = strcmp(level->path, ".") == 0 ? must_strdup(name) : formatted("%s/%s", level->path, name);
    if (fstatat(level->from_fd, name, &file, AT_SYMLINK_NOFOLLOW) < 0)
        return fail(err, errno, "look at %s", path);
    if (context_hides(tree->context, path, S_ISDIR(file.st_mode)))
        return 0;
    if (S_ISDIR(file.st_mode))
        return copy_directory(tree, level, name, &file, err);
    if (make_level(level, err) < 0)
        return -1;
    tree->copied++;
    first = find_linked(tree, &file, top_path);
    if (first)
        return link_again(tree, first, level, name, err);
    return copy_entry(level->from_fd, name, &file, level->to_fd, name, tree->options, err);
}

/* All that is in the directory, in the order of names: the same context makes the same image. */
static int copy_level(struct tree *tree, struct level *level, struct error *err)
{
    struct dirent **names;
    int count = scandirat(level->from_fd, ".", &names, NULL, alphasort), result = 0;

    if (count < 0)
        return fail(err, errno, "list %s", level->path);
    for (int i = 0; i < count; i++) {
        if (result == 0 && strcmp(names[i]->d_name, ".") != 0 && strcmp(names[i]->d_name, "..") != 0)
            result = copy_name(tree, level, names[i]->d_name, err);
        free(names[i]);
    }
    free(names);
    return result;
}

int copy_tree(const struct context *context, const char *path, int root_fd, int to_fd,
              const struct copy_options *options, size_t *copied, struct error *err)
{
    _cleanup_(free_tree) struct tree tree = { .context = context, .options = options, .top_fd = to_fd };
    _cleanup_(free_level) struct level top = { .path = must_strdup(path),
                                               .top_path = must_strdup(""),
                                               .to_fd = to_fd };

    top.from_fd = open_below(context->fd, path, O_RDONLY | O_DIRECTORY, 0, err);
    if (top.from_fd < 0)
        return -1;
    if (fstat(root_fd, &tree.root) < 0)
        return fail(err, errno, "stat the root filesystem");
    if (copy_level(&tree, &top, err) < 0)
        return -1;
    *copied = tree.copied;
    return 0;
}
