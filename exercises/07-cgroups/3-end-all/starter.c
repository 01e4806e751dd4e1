/* 07.3: the end of a cgroup's processes: asked first, killed afterwards. */
#include "end_all.h"

#include "cgroup_file.h"
#include "cleanup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <time.h>

#define KILL_MS 5000

int end_all(int cgroup_fd, int grace_ms, struct error *err)
{
    /* Killed, and nothing else. Your part. */
    (void)grace_ms;
    return cgroup_write(cgroup_fd, "cgroup.kill", "1", err) < 0 ? -1 : 1;
}
