/* The end of a cgroup's processes: asked first, killed afterwards. */
#ifndef END_ALL_H
#define END_ALL_H

#include "error.h"

/* Send SIGTERM to each process in the cgroup that CGROUP_FD is open on, and in all below it. Wait up to GRACE_MS
 * milliseconds until all have ended; then kill those that are left, and wait for them. Returns 0 where all ended by
 * themselves, 1 where some had to be killed. -1 with err: EDEADLK where the calling process is one of them (then
 * nobody gets a signal), ETIMEDOUT where some are still there five seconds after they were killed. cgroups(7),
 * kill(2). */
int end_all(int cgroup_fd, int grace_ms, struct error *err);

#endif
