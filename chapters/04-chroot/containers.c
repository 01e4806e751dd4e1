/* Where a container's root filesystem lives while it runs: GOCKER_ROOT/containers/ID/rootfs. */
#include "containers.h"
#include "fs.h"
#include "str.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>

#define KEPT      "kept" /* a file of this name in the directory: it is no leftover */
#define ID_DIGITS 12

/* Open the directory NAME and lock it. -1 without an error where somebody else has it, or it is gone. */
static int lock_directory(int parent_fd, const char *name)
{
    _cleanup_close_ int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0)
        return -1;
    return steal_fd(&fd);
}

bool container_is_id(const char *name)
{
    return strlen(name) == ID_DIGITS && strspn(name, "0123456789abcdef") == ID_DIGITS;
}

/* Remove the directory NAME if its gocker is gone. Its lock keeps another gocker from doing the same; the
 * parent's is held while it is tried, because a directory that was just made is not locked yet. */
static void remove_leftover(int parent_fd, const char *name)
{
    _cleanup_close_ int lock_fd = -1;
    struct error err = { 0 };

    if (flock(parent_fd, LOCK_EX) < 0)
        return;
    lock_fd = lock_directory(parent_fd, name);
    flock(parent_fd, LOCK_UN);
    if (lock_fd < 0 || faccessat(lock_fd, KEPT, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
        return;
    if (remove_tree(parent_fd, name, &err) < 0)
        warn("remove what an earlier run left behind: %s", err.text);
}

static int remove_leftovers(int parent_fd, struct error *err)
{
    _cleanup_close_ int fd = openat(parent_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _cleanup_closedir_ DIR *list = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *entry;

    if (!list)
        return fail(err, errno, "list the containers");
    steal_fd(&fd);
    while ((entry = readdir(list)))
        if (container_is_id(entry->d_name))
            remove_leftover(parent_fd, entry->d_name);
    return 0;
}

/* A new directory, locked. Between mkdir and flock it looks like a leftover, hence the lock on the parent. */
static int make_locked(struct container_directory *dir, const char *parent, struct error *err)
{
    unsigned char bytes[ID_DIGITS / 2];
    struct str path = { 0 };

    if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
        return fail(err, errno, "getrandom");
    str_addf(&path, "%s/", parent);
    for (size_t i = 0; i < sizeof bytes; i++)
        str_addf(&path, "%02x", bytes[i]);
    dir->path = str_take(&path);
    dir->id = strrchr(dir->path, '/') + 1;
    dir->rootfs = formatted("%s/rootfs", dir->path);
    if (mkdirat(dir->parent_fd, dir->id, 0700) < 0)
        return fail(err, errno, "make %s", dir->path);
    dir->lock_fd = lock_directory(dir->parent_fd, dir->id);
    return dir->lock_fd < 0 ? fail(err, errno, "lock %s", dir->path) : 0;
}

int container_directory_new(struct container_directory *dir, struct error *err)
{
    _cleanup_free_ char *parent = gocker_path("containers");

    *dir = (struct container_directory){ .parent_fd = -1, .lock_fd = -1 };
    if (make_host_directories(parent, 0711, err) < 0)
        return -1;
    dir->parent_fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir->parent_fd < 0)
        return fail(err, errno, "open %s", parent);
    if (flock(dir->parent_fd, LOCK_EX) < 0)
        return fail(err, errno, "lock %s", parent);
    if (make_locked(dir, parent, err) < 0)
        return -1;
    flock(dir->parent_fd, LOCK_UN);
    return remove_leftovers(dir->parent_fd, err);
}

int container_directory_keep(struct container_directory *dir, struct error *err)
{
    _cleanup_close_ int fd = openat(dir->lock_fd, KEPT, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

    if (fd < 0)
        return fail(err, errno, "keep %s", dir->path);
    return 0;
}

void container_directory_free(struct container_directory *dir)
{
    struct error err = { 0 };

    if (dir->lock_fd >= 0 && faccessat(dir->lock_fd, KEPT, F_OK, AT_SYMLINK_NOFOLLOW) < 0 &&
        remove_tree(dir->parent_fd, dir->id, &err) < 0)
        warn("remove %s: %s", dir->path, err.text);
    cleanup_close(&dir->lock_fd);
    cleanup_close(&dir->parent_fd);
    free(dir->path);
    free(dir->rootfs);
    *dir = (struct container_directory){ .parent_fd = -1, .lock_fd = -1 };
}
