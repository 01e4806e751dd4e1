/* Reading documents out of the store, checked against the digest they are named by. */
#ifndef GOCKER_STORE_READ_H
#define GOCKER_STORE_READ_H

#include "image.h"
#include "json.h"
#include "store.h"

/* The JSON document that is the blob DIGEST, at most 4 MiB. NULL with err, err->number ENOENT where it is not in
 * the store, EBADMSG where it is damaged. */
struct json *store_read_document(const struct store *store, const char *digest, struct error *err);

/* Fill IMAGE from the manifest MANIFEST_DIGEST and its config. name and registry_digest stay empty. */
int store_read_image(const struct store *store, const char *manifest_digest, struct image *image,
                     struct error *err);

#endif
