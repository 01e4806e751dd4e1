/* Places for a root filesystem: absent or empty, and nothing else. */
#include "stage_place.h"
#include "fs.h"
#include "str.h"

#include <errno.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

/* A stream of FD's directory from its beginning, whatever was read of FD before. */
static DIR *list(int fd)
{
    int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    return copy < 0 ? NULL : fdopendir(copy);
}

char *first_name(int fd)
{
    _cleanup_closedir_ DIR *dir = list(fd);
    struct dirent *entry;

    while (dir && (entry = readdir(dir)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            return must_strdup(entry->d_name);
    return NULL;
}

/* Who works in a workshop holds its lock; the lock of one that was killed is free. flock(2). */
static void remove_abandoned(int base_fd)
{
    _cleanup_closedir_ DIR *dir = list(base_fd);
    struct dirent *entry;
    struct stat found;
    struct error ignored;

    while (dir && (entry = readdir(dir)) != NULL) {
        if (!starts_with(entry->d_name, WORKSHOP_PREFIX))
            continue;

        _cleanup_close_ int fd =
            openat(base_fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

        if (fd >= 0 && fstat(fd, &found) == 0 && found.st_uid == geteuid() &&
            flock(fd, LOCK_EX | LOCK_NB) == 0)
            remove_tree(base_fd, entry->d_name, &ignored);
    }
}

/* Split PATH, which is not there, into a directory that is and a name. */
static int open_parent(const char *path, char **name, struct error *err)
{
    _cleanup_free_ char *parent = must_strdup(path);
    struct stat found;
    char *slash;
    int fd;

    for (size_t end = strlen(parent); end > 1 && parent[end - 1] == '/'; end--)
        parent[end - 1] = '\0';
    if (lstat(parent, &found) == 0)
        return fail(err, 0, "%s is a link to nothing", parent);
    slash = strrchr(parent, '/');
    *name = must_strdup(slash ? slash + 1 : parent);
    if (slash)
        slash[slash == parent] = '\0'; /* the / of /name stays */
    fd = open(slash ? parent : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fail(err, errno, "open %s, where %s is to be made", slash ? parent : ".", *name);
    remove_abandoned(fd);
    return fd;
}

int open_place(const char *path, char **name, struct error *err)
{
    _cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _cleanup_free_ char *there = NULL;

    *name = NULL;
    if (fd < 0 && errno == ENOENT && *path != '\0')
        return open_parent(path, name, err);
    if (fd < 0)
        return fail(err, errno, "open \"%s\"", path);
    remove_abandoned(fd);
    there = first_name(fd);
    if (there)
        return fail(err, 0, "%s is not empty (it has \"%s\"): name an empty directory, or one to be made",
                    path, there);
    return steal_fd(&fd);
}
