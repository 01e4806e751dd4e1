/* One layer is applied to the root filesystem that the layers below it made. */
#ifndef GOCKER_LAYER_H
#define GOCKER_LAYER_H

#include "create.h"
#include "error.h"

/* Apply the layer whose blob is open as FD, then verify that its contents are DIFF_ID's. Limits are taken
 * from EXTRACTION, and what was used is taken off them. Returns 0, or -1 with err; what was written by then
 * is the caller's to remove. OCI image specification, layer.md, Applying Changesets. */
int layer_apply(struct extraction *extraction, int fd, const char *diff_id, struct error *err);

#endif
