/* The place in an image that a path means. */
#include "target.h"
#include "fs.h"
#include "path.h"
#include "real_path.h"
#include "str.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#define MAX_LINKS 40 /* as the kernel counts, path_resolution(7) */

void target_free(struct target *target)
{
    cleanup_close(&target->parent_fd);
    free(target->name);
    *target = (struct target){ .parent_fd = -1 };
}

/* The text of the link NAME of DIR_FD, an absolute path inside ROOT_FD: a relative one starts at DIR_FD. */
static char *link_target(int root_fd, int dir_fd, const char *name, struct error *err)
{
    _cleanup_free_ char *directory = real_path_below(root_fd, dir_fd, err);
    char text[PATH_MAX];
    ssize_t length;

    if (!directory)
        return NULL;
    length = readlinkat(dir_fd, name, text, sizeof text - 1);
    if (length < 0) {
        fail(err, errno, "read the link %s", name);
        return NULL;
    }
    text[length] = '\0';
    return text[0] == '/' ? must_strdup(text) : formatted("/%s/%s", directory, text);
}

/* Set TARGET to PATH (not cleaned: a .. behind a link counts from where the link leads) and *FILE to its
 * lstat(2), or *FILE's mode to 0 where nothing is there. When it is a link, *NEXT (the caller frees it) is the path
 * to go on with, else NULL. */
static int look(int root_fd, const char *path, const struct copy_options *options, struct target *target,
                struct stat *file, char **next, struct error *err)
{
    const char *slash = strrchr(path, '/');
    _cleanup_free_ char *parent = must_strndup(path, (size_t)(slash - path) + 1);

    target_free(target);
    target->name = must_strdup(slash + 1);
    target->parent_fd = make_directories(root_fd, parent, 0755, options->uid, options->gid, err);
    if (target->parent_fd < 0)
        return -1;
    file->st_mode = 0;
    if (fstatat(target->parent_fd, target->name, file, AT_SYMLINK_NOFOLLOW) < 0 && errno != ENOENT)
        return fail(err, errno, "look at %s in the image", path);
    *next = NULL;
    if (!S_ISLNK(file->st_mode))
        return 0;
    *next = link_target(root_fd, target->parent_fd, target->name, err);
    return *next ? 0 : -1;
}

/* Is the last component of PATH the name of a directory by its form alone? */
static bool ends_in_directory(const char *path)
{
    return ends_with(path, "/") || ends_with(path, "/.") || ends_with(path, "/..");
}

/* The name of a file from the context is one component. That of a heredoc is whatever its author wrote: as
 * "../../x" it would lead out of the root, since it is used below a descriptor and not resolved inside it. */
static int check_name(const char *name, struct error *err)
{
    if (name[0] != '\0' && !strchr(name, '/') && strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
        return 0;
    return fail(err, 0,
                "\"%s\" cannot be a file's name in a directory: write the file's whole path as destination",
                name);
}

static int into_directory(int root_fd, const char *path, const char *name, const struct copy_options *options,
                          struct target *target, struct error *err)
{
    target_free(target);
    if (check_name(name, err) < 0)
        return -1;
    target->parent_fd = make_directories(root_fd, path, 0755, options->uid, options->gid, err);
    target->name = must_strdup(name);
    return target->parent_fd < 0 ? -1 : 0;
}

int target_find(const struct destination *to, const char *name, const struct copy_options *options,
                struct target *target, struct error *err)
{
    _cleanup_free_ char *path = must_strdup(to->path);

    *target = (struct target){ .parent_fd = -1 };
    for (int links = 0; links <= MAX_LINKS; links++) {
        _cleanup_free_ char *next = NULL;
        struct stat file = { 0 };

        if (to->is_directory || ends_in_directory(path))
            return into_directory(to->root_fd, path, name, options, target, err);
        if (look(to->root_fd, path, options, target, &file, &next, err) < 0)
            return -1;
        if (!next && S_ISDIR(file.st_mode))
            return into_directory(to->root_fd, path, name, options, target, err);
        if (!next)
            return 0;
        free(path);
        path = steal_pointer(next);
    }
    return fail(err, ELOOP, "%s in the image", to->path);
}
