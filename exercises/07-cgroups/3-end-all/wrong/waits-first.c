/* Mistake: who is empty already is waited for. Rejected by empty_cgroup_is_done. */
#include "end_all.h"

#include "cgroup_file.h"
#include "cleanup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <time.h>

#define KILL_MS   5000
#define MOST_PIDS 4096

struct pids {
    pid_t list[MOST_PIDS];
    int count;
};

/* Add the processes of the cgroup FD, and of those below it. */
static int collect(int fd, struct pids *pids, struct error *err)
{
    int room = MOST_PIDS - pids->count, count = cgroup_pids(fd, pids->list + pids->count, room);
    _cleanup_close_ int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _cleanup_closedir_ DIR *list = copy < 0 ? NULL : fdopendir(copy);
    const struct dirent *entry;

    if (count < 0 || !list)
        return fail(err, errno, "read a cgroup");
    steal_fd(&copy);
    pids->count += count < room ? count : room;
    while ((entry = readdir(list))) {
        _cleanup_close_ int below = -1;

        if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
            continue;
        below = openat(fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (below >= 0 && collect(below, pids, err) < 0)
            return -1;
    }
    return 0;
}

static int ask(int fd, struct error *err)
{
    struct pids pids = { .count = 0 };

    if (collect(fd, &pids, err) < 0)
        return -1;
    for (int i = 0; i < pids.count; i++)
        if (pids.list[i] == getpid())
            return fail(err, EDEADLK, "end a cgroup from inside");
    for (int i = 0; i < pids.count; i++)
        if (pids.list[i] > 0) /* 0: one that we do not see; for kill it is our own process group */
            kill(pids.list[i], SIGTERM);
    return 0;
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Wait up to MS milliseconds. True once nobody is there. */
static bool wait_until_empty(int fd, int ms)
{
    _cleanup_close_ int events = openat(fd, "cgroup.events", O_RDONLY | O_CLOEXEC);
    int64_t deadline_ms = now_ms() + ms;

    for (;;) {
        struct pollfd change = { .fd = events, .events = POLLPRI };
        int64_t left_ms = deadline_ms - now_ms();
        char byte;

        /* First read here, from when on poll sees changes; then look. */
        if (pread(events, &byte, 1, 0) < 0)
            return false;
        if (left_ms <= 0)
            return false;
        poll(&change, 1, (int)left_ms);
        if (cgroup_number(fd, "cgroup.events", "populated") == 0)
            return true;
    }
}

int end_all(int cgroup_fd, int grace_ms, struct error *err)
{
    if (ask(cgroup_fd, err) < 0)
        return -1;
    if (wait_until_empty(cgroup_fd, grace_ms))
        return 0;
    if (cgroup_write(cgroup_fd, "cgroup.kill", "1", err) < 0)
        return -1;
    if (!wait_until_empty(cgroup_fd, KILL_MS))
        return fail(err, ETIMEDOUT, "wait for the processes to end");
    return 1;
}
