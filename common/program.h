/* The last steps on the way into a container: the process becomes the program. */
#ifndef GOCKER_PROGRAM_H
#define GOCKER_PROGRAM_H

#include "container.h"
#include "error.h"

/* In the child, behind every isolation: go to C's working directory, leave every descriptor but 0, 1 and 2
 * behind, become C's user, let the kernel end this process when PARENT (a socket to gocker, checked for
 * being open still) is gone, and exec C's program, found in the container's own PATH. Returns only when it
 * fails: -1 with err, err->exit_status 127 where there is no such program, 126 where it cannot be executed.
 * chdir(2), close_range(2), setgroups(2), setresuid(2), prctl(2) PR_SET_PDEATHSIG, execve(2). */
int become_program(const struct container *c, int parent, struct error *err);

#endif
