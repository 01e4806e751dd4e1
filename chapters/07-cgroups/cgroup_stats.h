/* What a cgroup's files tell of a container at its end. */
#ifndef GOCKER_CGROUP_STATS_H
#define GOCKER_CGROUP_STATS_H

#include "container.h"

/* Say in words on standard error whether C ran into its limit of memory, or of processes. */
void cgroup_say_what_ended_it(const struct container *c);

/* Print what C used: memory at most, processes at most, CPU time, and how long it was held back from a CPU. */
void cgroup_print_stats(const struct container *c);

#endif
