/* The image store: an OCI image layout on disk (OCI image specification, image-layout.md). */
#ifndef GOCKER_STORE_H
#define GOCKER_STORE_H

#include "digest.h"
#include "error.h"
#include "image.h"

#include <stdbool.h>

struct store {
    char *path;
    int fd; /* of the directory */
};

/* Open the layout at PATH (NULL: gocker_path("images")), made when it is not there. Temporary files whose
 * makers are gone are removed. */
int store_open(const char *path, struct store *store, struct error *err);
void store_close(struct store *store); /* for _cleanup_(store_close); {.fd = -1} is closed */

/* Open the blob DIGEST for reading: a descriptor, or -1 with err (ENOENT: not in the store). */
int store_open_blob(const struct store *store, const char *digest, struct error *err);

/* Are the contents of the blob DIGEST those of another digest? All of it is read. False where it cannot be. */
bool store_blob_is_damaged(const struct store *store, const char *digest);

/* Fill IMAGE from the index entry called NAME (a reference's name) and set *FOUND; not there is no error. */
int store_find(const struct store *store, const char *name, struct image *image, bool *found,
               struct error *err);

#endif
