/* How much memory may the processes of a cgroup have? */
#ifndef MEMORY_LIMIT_H
#define MEMORY_LIMIT_H

#include "error.h"

#include <stdint.h>

#define NO_LIMIT UINT64_MAX

struct memory_limit {
    uint64_t bytes; /* NO_LIMIT where nothing limits it */
    char *
        cgroup; /* the cgroup that has this limit, as "/a" or "/" for the top; the nearest of several; NULL for none */
};

/* Find the smallest memory.max of the cgroup OWN and all above it. OWN is what /proc/self/cgroup says: "/a/b", or "/"
 * for the top. MOUNT_FD is open on the directory on which the tree is mounted. The caller frees limit->cgroup.
 * Returns 0, or -1 with err, and then there is nothing to free: ENOENT where OWN is not there, EINVAL where a file
 * has something else than a number or "max". cgroup-v2.rst. */
int memory_limit(int mount_fd, const char *own, struct memory_limit *limit, struct error *err);

#endif
