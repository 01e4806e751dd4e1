/* Blobs from the registry into the store, three at a time. */
#ifndef GOCKER_DOWNLOAD_H
#define GOCKER_DOWNLOAD_H

#include "error.h"
#include "image.h"
#include "progress.h"
#include "registry.h"
#include "store.h"

#include <stddef.h>

#define DOWNLOADS_AT_A_TIME 3 /* what dockerd does; a registry may turn away more */

/* Fetch those of the COUNT LAYERS (digest and size count) that STORE lacks. What breaks is taken up where it broke
 * (RFC 9110, 14.2 Range), a few times, with pauses. A line each on LINES, or none where it is NULL. When one
 * cannot be had the others are given up: -1 with err. Those that are whole stay, for the next time. */
int download_layers(struct registry *registry, const struct store *store, const struct layer *layers,
                    size_t count, struct progress *lines, struct error *err);

#endif
