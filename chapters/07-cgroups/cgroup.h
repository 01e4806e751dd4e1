/* A share of the machine: the container's processes are in a cgroup, and the cgroup has limits. */
#ifndef GOCKER_CGROUP_H
#define GOCKER_CGROUP_H

#include "container.h"

/* A cgroup for the container, which its process is in from its first instruction on: where the launcher
 * honours cgroup_fd, else from before it is let go. Brings --memory, --memory-swap, --cpus, --pids-limit,
 * --cpuset-cpus, --io-weight and --stats. Without them, 1 GiB of memory and a tenth of a CPU. A limit that
 * was asked for and cannot be had is an error; what is missing of the defaults is one warning, and with
 * --quiet none. cgroup-v2.rst in the kernel's documentation.
 *
 * The cgroup is gocker-ID in the highest cgroup that we may write in (cgroup_place.h), where nothing but
 * gocker manages it: as runc's cgroupfs driver has it. Its systemd driver would ask systemd for a scope
 * instead. */
extern const struct isolation isolate_cgroup;

#endif
