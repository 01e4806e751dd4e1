/* -v, --tmpfs and VOLUME: what the container sees beside its image. */
#ifndef GOCKER_VOLUME_H
#define GOCKER_VOLUME_H

#include "command.h"
#include "container.h"

/* The options' functions; the target is a struct container. "HOST:CONTAINER[:OPTIONS]",
 * "NAME:CONTAINER[:OPTIONS]" or "CONTAINER"; HOST begins with / or . and is there, CONTAINER is absolute. */
option_store option_volume;
option_store option_tmpfs; /* "CONTAINER[:OPTIONS]", OPTIONS also tmpfs(5)'s */

/* Before the process exists: turn C's volumes into bind mounts. A named one lives in
 * GOCKER_ROOT/volumes/NAME; when it is made, it gets what the image has at that place. One without a name
 * is the image's own directory, which so stays writable below --read-only, and goes with the container.
 * Returns 0, or -1 with err. */
int volumes_prepare(struct container *c, struct error *err);

#endif
