/* A mount namespace: the container's tree of files is its own, and the only one it can reach. */
#ifndef GOCKER_MOUNTS_H
#define GOCKER_MOUNTS_H

#include "container.h"

/* Everything is mounted for the container alone: its root, /proc, /sys, /dev, the volumes; what the kernel
 * tells or lets do in /proc and /sys beyond the container is hidden; then pivot_root(2), and the host's
 * tree is gone. Brings --volume, --tmpfs, --read-only, and VOLUME. Needs Linux 5.12 (mount_setattr(2)). */
extern const struct isolation isolate_mounts;

#endif
