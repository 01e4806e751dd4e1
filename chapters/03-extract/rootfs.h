/* Layers become a root filesystem. */
#ifndef GOCKER_ROOTFS_H
#define GOCKER_ROOTFS_H

#include "error.h"
#include "image.h"
#include "store.h"

#include <stdint.h>

#define ROOTFS_DEFAULT_MAX_BYTES (32ULL << 30) /* of unpacked layers, all together */
#define ROOTFS_MAX_ENTRIES       10000000      /* of all layers together; the largest images have a million */

/* Apply IMAGE's layers in order into the new or empty directory PATH. MAX_BYTES 0: the default; it limits
 * both what comes out of the decompressor and the sizes that files claim, holes included. On failure PATH is
 * absent, or empty as it was. Each layer's diff_id is verified. What an ordinary user may not do (owners,
 * device nodes, privileged attributes) is left out, and said in one warning. OCI image specification, layer.md. */
int rootfs_extract(const struct store *store, const struct image *image, const char *path, uint64_t max_bytes,
                   struct error *err);

/* Would PATH do: is it absent or empty? To be asked before an image is pulled for it. */
int rootfs_check(const char *path, struct error *err);

#endif
