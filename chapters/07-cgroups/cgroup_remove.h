/* The end of a cgroup: everything in it is killed, and its directory goes. */
#ifndef GOCKER_CGROUP_REMOVE_H
#define GOCKER_CGROUP_REMOVE_H

#include "error.h"

/* Open the cgroup NAME of PARENT_FD and lock it (flock(2)): as long as the descriptor is open it is no
 * leftover, and the kernel closes it even after kill -9. OPERATION is flock's: LOCK_EX, or with LOCK_NB to
 * wait for nobody. -1 without an error where somebody else has it, or it is gone. */
int cgroup_lock(int parent_fd, const char *name, int operation);

/* Kill every process in the cgroup and below (cgroup.kill, Linux 5.14; before that by kill(2), and only
 * those in the cgroup itself), and wait until all have ended. -1 with err where some have not after ten
 * seconds. */
int cgroup_kill(int cgroup_fd, struct error *err);

/* Remove the cgroup NAME of PARENT_FD, which has no process any more, and those that were made in it. */
int cgroup_remove(int parent_fd, const char *name, struct error *err);

/* Remove from PARENT_FD the cgroups "gocker-ID" whose gocker is gone, with what still runs in them. What
 * cannot be removed is warned about. */
void cgroup_remove_leftovers(int parent_fd);

#endif
