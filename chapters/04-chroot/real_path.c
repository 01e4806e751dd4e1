/* Where a descriptor has led to. */
#include "real_path.h"
#include "str.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

static char *real_path(int fd, struct error *err)
{
    _cleanup_free_ char *link = formatted("/proc/self/fd/%d", fd);
    char target[PATH_MAX];
    ssize_t length = readlink(link, target, sizeof target);

    if (length < 0 || (size_t)length == sizeof target) {
        fail(err, length < 0 ? errno : ENAMETOOLONG, "read %s", link);
        return NULL;
    }
    return must_strndup(target, (size_t)length);
}

char *real_path_below(int root_fd, int fd, struct error *err)
{
    _cleanup_free_ char *root = real_path(root_fd, err);
    _cleanup_free_ char *path = root ? real_path(fd, err) : NULL;
    size_t length;

    if (!path)
        return NULL;
    length = strlen(root);
    if (strcmp(root, "/") == 0)
        length = 0;
    if (strncmp(path, root, length) != 0 || (path[length] != '\0' && path[length] != '/')) {
        fail(err, 0, "%s is not below %s", path, root);
        return NULL;
    }
    return must_strdup(path[length] == '\0' || path[length + 1] == '\0' ? "." : path + length + 1);
}
