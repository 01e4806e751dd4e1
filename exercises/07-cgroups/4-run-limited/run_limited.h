/* Run one program in a cgroup of its own. */
#ifndef RUN_LIMITED_H
#define RUN_LIMITED_H

#include "error.h"

#include <stdint.h>

struct setting {
    const char *file, *text; /* "memory.max", "67108864" */
};

struct result {
    int status;       /* the program's exit status, or 128 plus the signal that ended it */
    int64_t usage_us; /* CPU time of all processes that were in the cgroup: usage_usec of cpu.stat */
};

/* Make the cgroup NAME in the one that PARENT_FD is open on. Write the SETTINGS (the last one has no file), in their
 * order. Run ARGV there, found in PATH; wait for its end; end all others in the cgroup. The cgroup is gone then.
 * Returns 0 with *RESULT; or -1 with err, of which the number is the errno of what failed: EEXIST where there is such
 * a cgroup, that of a setting's open or write, that of execvp. Either way nothing is left. clone(2), execvp(3),
 * cgroups(7). */
int run_limited(int parent_fd, const char *name, char *const argv[], const struct setting *settings,
                struct result *result, struct error *err);

#endif
