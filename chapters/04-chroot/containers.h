/* Where a container's root filesystem lives while it runs: GOCKER_ROOT/containers/ID/rootfs.
 *
 * The directory ID is locked (flock(2)) as long as its gocker lives; the kernel lets go of the lock even
 * after kill -9. So a directory whose lock is free belongs to nobody, and the next gocker removes it. */
#ifndef GOCKER_CONTAINERS_H
#define GOCKER_CONTAINERS_H

#include "error.h"

#include <stdbool.h>

struct container_directory {
    char *path;     /* GOCKER_ROOT/containers/ID */
    char *rootfs;   /* PATH/rootfs, which is not made */
    const char *id; /* in path */
    int parent_fd;  /* of GOCKER_ROOT/containers */
    int lock_fd;    /* of PATH, with the lock on it */
};

/* Is NAME an ID: 12 hexadecimal digits? */
bool container_is_id(const char *name);

/* Make a directory for a new container, under a random ID, and remove what earlier
 * ones left behind. */
int container_directory_new(struct container_directory *dir, struct error *err);

/* Keep the directory: it is no leftover any more, and container_directory_free leaves it. */
int container_directory_keep(struct container_directory *dir, struct error *err);

/* Remove the directory, unless it was kept, and all in it; failing that, warn. Also for {.lock_fd = -1}. */
void container_directory_free(struct container_directory *dir);

#endif
