/* Layers become a root filesystem. */
#ifndef GOCKER_ROOTFS_H
#define GOCKER_ROOTFS_H

#include "error.h"
#include "image.h"
#include "store.h"

#include <stdint.h>

#define ROOTFS_DEFAULT_MAX_BYTES (32ULL << 30) /* of file contents, all layers together */

/* Apply IMAGE's layers in order into the new or empty directory PATH. MAX_BYTES 0: the default. On failure
 * PATH is absent, or empty as it was. Each layer's diff_id is verified. */
int rootfs_extract(const struct store *store, const struct image *image, const char *path, uint64_t max_bytes,
                   struct error *err);

#endif
