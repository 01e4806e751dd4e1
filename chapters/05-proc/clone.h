/* A process that begins in new namespaces. */
#ifndef GOCKER_CLONE_H
#define GOCKER_CLONE_H

#include "container.h"

/* A PID namespace: the process is number 1 in it, and sees no other. */
extern const struct isolation isolate_pids;

/* The launcher of this chapter: clone_process, then the child's side. */
extern const struct launcher clone_launcher;

/* fork(2), but the child is in new namespaces, those of LAUNCH's clone flags (clone(2), namespaces(7)), and
 * from its first instruction on in the cgroup that the container's cgroup_fd is open on, if any; but where
 * clone3(2) cannot do that, in ours, and the caller is to move it. Returns 0 in the child, its pid in the
 * parent, or -1 with err. As the kernel copies the calling thread only, there must be no other. */
pid_t clone_process(const struct launch *launch, struct error *err);

#endif
