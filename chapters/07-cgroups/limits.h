/* From options to the lines that are written into a cgroup's files. */
#ifndef GOCKER_LIMITS_H
#define GOCKER_LIMITS_H

#include "command.h"
#include "container.h"

/* The options' functions. Each takes what docker run takes. */
option_store option_memory;      /* int64_t, bytes: at least 6 MiB; 0 is -1, no limit */
option_store option_memory_swap; /* int64_t, bytes; -1: no limit */
option_store option_cpus;       /* int64_t, microseconds in each 100000: "1.5" is 150000; 0 is -1, no limit */
option_store option_pids_limit; /* int64_t; 0 is -1, no limit */
option_store option_cpuset_cpus; /* const char *: "0-2,7" */
option_store option_io_weight;   /* int64_t, 1 to 10000, as io.weight has it */
option_store
    option_blkio_weight; /* the same from Docker's and OCI's 10 to 1000, as runc and crun convert it */

/* One line for one file. */
struct limit {
    char *controller;   /* "memory" */
    const char *file;   /* "memory.max" */
    char *value;        /* what to write there */
    const char *option; /* "--memory" */
    bool asked;         /* on the command line; otherwise it is a default */
};

struct limits {
    struct limit rows[8];
    size_t count;
};

/* What RESOURCES come to, with a default of 1 GiB of memory, no swap, and a tenth of a CPU. Processes have
 * no limit by default, as in docker run: each takes a hundred kilobytes or so of the kernel's memory, which
 * counts as the container's, so that a fork bomb ends there. -1 with err where two options contradict each
 * other. */
int limits_of(const struct resources *resources, struct limits *limits, struct error *err);

void limits_free(struct limits *limits);

/* 1610612736 bytes as "1.5 GiB". The caller frees it. */
char *bytes_text(int64_t bytes);

#endif
