/* Descriptors that would lead a program out of its root directory. */
#ifndef WAYS_OUT_H
#define WAYS_OUT_H

#include "error.h"

#include <stddef.h>

#define MOST_WAYS_OUT 64

/* Descriptors, in any order. */
struct ways_out {
    int fds[MOST_WAYS_OUT];
    size_t count;
};

/* Put into WAYS every descriptor of this process that is a directory, is not close-on-exec, and is neither the directory
 * ROOT_FD nor below it. All that this function opens is closed again. Returns 0, or -1 with err: E2BIG where there are
 * more than MOST_WAYS_OUT, and any other where a directory cannot be judged. proc_pid_fd(5), openat(2), fcntl(2). */
int find_ways_out(int root_fd, struct ways_out *ways, struct error *err);

#endif
