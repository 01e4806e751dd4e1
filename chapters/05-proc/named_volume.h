/* A volume with a name: a directory of gocker's that outlives the container. */
#ifndef GOCKER_NAMED_VOLUME_H
#define GOCKER_NAMED_VOLUME_H

#include "container.h"

/* -1 with err where NAME is none: letters, digits, _ . - and no sign of punctuation at its beginning, at
 * most 255. */
int named_volume_check(const char *name, struct error *err);

/* MOUNT, one of C's, is of the type "volume" and its source a name: turn it into a bind mount of
 * GOCKER_ROOT/volumes/NAME/_data. Where that is not there yet, make it, whole or not at all, with what the
 * image has at MOUNT's destination. Returns 0, or -1 with err. */
int named_volume_bind(const struct container *c, struct mount *mount, struct error *err);

#endif
