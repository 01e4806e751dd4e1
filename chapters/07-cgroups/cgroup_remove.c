/* The end of a cgroup: everything in it is killed, and its directory goes. */
#include "cgroup_remove.h"
#include "cgroup_file.h"
#include "containers.h"
#include "explain.h"
#include "str.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#define KILL_TIMEOUT_MS 10000
#define PIDS_AT_ONCE    1024

/* A cgroup is a directory, and a directory can be locked. Whoever makes one has a moment between mkdir and
 * flock in which it looks like a leftover: then it is gone, or another by this name there, when the lock is
 * had. */
int cgroup_lock(int parent_fd, const char *name, int operation)
{
    _cleanup_close_ int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat locked, there;

    if (fd < 0 || flock(fd, operation) < 0)
        return -1;
    if (fstat(fd, &locked) < 0 || fstatat(parent_fd, name, &there, AT_SYMLINK_NOFOLLOW) < 0 ||
        locked.st_ino != there.st_ino)
        return -1;
    return steal_fd(&fd);
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Before Linux 5.14: one by one, and again, because a fork may have come between. */
static void kill_each(int cgroup_fd)
{
    pid_t pids[PIDS_AT_ONCE];
    int count = cgroup_pids(cgroup_fd, pids, PIDS_AT_ONCE);

    for (int i = 0; i < count && i < PIDS_AT_ONCE; i++)
        if (pids[i] > 0 && pids[i] != getpid())
            kill(pids[i], SIGKILL);
}

int cgroup_kill(int cgroup_fd, struct error *err)
{
    _cleanup_close_ int events = openat(cgroup_fd, "cgroup.events", O_RDONLY | O_CLOEXEC);
    int64_t deadline_ms = now_ms() + KILL_TIMEOUT_MS;
    struct error old_kernel;
    bool each = false;
    char byte;

    if (events < 0)
        return fail(err, errno, "open cgroup.events");
    if (cgroup_number(cgroup_fd, "cgroup.events", "populated") == 0)
        return 0;
    explain(formatted("write(\"cgroup.kill\", \"1\")"), "what runs still, ends",
            formatted("echo 1 >cgroup.kill"));
    if (cgroup_write(cgroup_fd, "cgroup.kill", "1", &old_kernel) < 0)
        each = true;
    for (;;) {
        struct pollfd changed = { .fd = events, .events = POLLPRI };
        int64_t left_ms = deadline_ms - now_ms();

        /* The kernel tells of a change since the last read of this descriptor, so it is read before the
         * look. */
        if (pread(events, &byte, 1, 0) < 0)
            return fail(err, errno, "read cgroup.events");
        if (cgroup_number(cgroup_fd, "cgroup.events", "populated") == 0)
            return 0;
        if (left_ms <= 0)
            return fail(err, ETIMEDOUT, "wait for its processes to end");
        if (each)
            kill_each(cgroup_fd);
        poll(&changed, 1, each ? 10 : (int)left_ms);
    }
}

/* A container whose root can mount cgroup2 may have made cgroups in its own. A cgroup's files go with its
 * directory, so only directories count. */
static int remove_below(int fd, struct error *err)
{
    _cleanup_close_ int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _cleanup_closedir_ DIR *list = copy < 0 ? NULL : fdopendir(copy);
    struct dirent *entry;

    if (!list)
        return fail(err, errno, "list a cgroup");
    steal_fd(&copy);
    while ((entry = readdir(list)))
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.' && cgroup_remove(fd, entry->d_name, err) < 0)
            return -1;
    return 0;
}

int cgroup_remove(int parent_fd, const char *name, struct error *err)
{
    _cleanup_close_ int fd = -1;

    if (unlinkat(parent_fd, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
        return 0;
    fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return fail(err, errno, "open the cgroup %s", name);
    if (remove_below(fd, err) < 0)
        return fail_while(err, "remove what is below %s", name);
    if (unlinkat(parent_fd, name, AT_REMOVEDIR) < 0)
        return fail(err, errno, "remove the cgroup %s", name);
    return 0;
}

void cgroup_remove_leftovers(int parent_fd)
{
    _cleanup_close_ int fd = openat(parent_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _cleanup_closedir_ DIR *list = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *entry;

    if (!list)
        return;
    steal_fd(&fd);
    while ((entry = readdir(list))) {
        bool is_ours =
            starts_with(entry->d_name, "gocker-") && container_is_id(entry->d_name + strlen("gocker-"));
        _cleanup_close_ int lock_fd = is_ours ? cgroup_lock(parent_fd, entry->d_name, LOCK_EX | LOCK_NB) : -1;
        struct error err;

        if (lock_fd >= 0 &&
            (cgroup_kill(lock_fd, &err) < 0 || cgroup_remove(parent_fd, entry->d_name, &err) < 0))
            warn("remove the cgroup %s, which an earlier run left behind: %s", entry->d_name, err.text);
    }
}
