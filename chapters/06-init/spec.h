/* A container as JSON: what the host tells the init. */
#ifndef GOCKER_SPEC_H
#define GOCKER_SPEC_H

#include "container.h"

/* Append to TEXT what the container's own side needs of C, with the names of the OCI runtime specification
 * (config.md): process, root, mounts. -1 with err where a string is not UTF-8, and so cannot be written as
 * JSON. */
int spec_write(const struct container *c, struct str *text, struct error *err);

/* Fill C, empty before, from the LENGTH bytes of TEXT. -1 with err where they are not what spec_write writes;
 * container_free frees C in either case. */
int spec_read(const char *text, size_t length, struct container *c, struct error *err);

#endif
