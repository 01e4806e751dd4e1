/* Whiteouts: how a layer removes what the layers below it brought. */
#include "whiteout.h"
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* Only directories of this layer are entered, and each level of them costs a descriptor. */
#define MAX_DEPTH 256

static int hide_in(struct tree *tree, int fd, int depth, struct error *err);

static int hide(struct tree *tree, int parent_fd, const char *name, int depth, struct error *err)
{
    struct stat found;
    int fd, ours;

    if (fstatat(parent_fd, name, &found, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT ? 0 : fail(err, errno, "look for \"%s\"", name);
    ours = tree_has(tree, parent_fd, name, &found, err);
    if (ours < 0)
        return -1;
    if (!ours)
        return tree_remove(tree, parent_fd, name, err);
    if (!S_ISDIR(found.st_mode))
        return 0;
    if (depth >= MAX_DEPTH)
        return fail(err, 0, "more than %d directories in one another below a whiteout", MAX_DEPTH);

    fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return fail(err, errno, "open \"%s\"", name);
    return hide_in(tree, fd, depth + 1, err);
}

/* The same for every name in the directory FD, which is closed. Once is enough, since nothing of a lower layer
 * comes back: or a million whiteouts would list a million files each. */
static int hide_in(struct tree *tree, int fd, int depth, struct error *err)
{
    _cleanup_closedir_ DIR *dir = fdopendir(fd);
    struct dirent *entry;
    struct stat found;

    if (!dir) {
        close(fd);
        return fail(err, errno, "list a directory");
    }
    if (fstat(fd, &found) < 0)
        return fail(err, errno, "fstat a directory");
    if (number_set_has(&tree->swept, found.st_ino))
        return 0;
    while ((entry = readdir(dir)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (check_interrupt(err) < 0 || hide(tree, dirfd(dir), entry->d_name, depth, err) < 0)
            return -1;
    }
    number_set_add(&tree->swept, found.st_ino);
    return 0;
}

int whiteout_hide(struct tree *tree, int parent_fd, const char *name, struct error *err)
{
    return hide(tree, parent_fd, name, 0, err);
}

int whiteout_hide_all(struct tree *tree, int parent_fd, struct error *err)
{
    int fd = openat(parent_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return fail(err, errno, "open the opaque directory");
    return hide_in(tree, fd, 0, err);
}
