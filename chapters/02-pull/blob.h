/* A blob on its way into the store: written beside its place, verified, made durable, then renamed. */
#ifndef GOCKER_BLOB_H
#define GOCKER_BLOB_H

#include "digest.h"
#include "error.h"
#include "store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* {.fd = -1} is one that was not begun. */
struct blob {
    const struct store *store;
    char digest[DIGEST_SIZE]; /* what it must turn out to be */
    uint64_t size, written;   /* bytes, in all and so far */
    struct sha256 *hash;      /* of what was written so far */
    char name[40];            /* of the temporary file in STORE/.partial, locked while we live */
    int fd;
};

/* Make a temporary file for DIGEST, which is SIZE bytes long. */
int blob_begin(const struct store *store, const char *digest, uint64_t size, struct blob *blob,
               struct error *err);

/* Append. More than SIZE in all is an error: what a registry may fill is bounded by what the manifest said. */
int blob_write(struct blob *blob, const void *bytes, size_t length, struct error *err);

/* Forget what was written. */
int blob_restart(struct blob *blob, struct error *err);

/* The whole is there: check its digest, make it durable, give it its name. Another process may have done so
 * meanwhile: then there were two, and are one. -1 with err, err->number EBADMSG where the digest is another. */
int blob_finish(struct blob *blob, struct error *err);

void blob_abandon(struct blob *blob); /* remove what is temporary; also after blob_finish */

/* Is DIGEST in STORE, SIZE bytes long? What it holds was checked when it came. */
bool store_has_blob(const struct store *store, const char *digest, uint64_t size);

/* Put LENGTH bytes into STORE, whose digest is DIGEST. */
int store_put_blob(const struct store *store, const char *digest, const void *bytes, size_t length,
                   struct error *err);

/* Remove the blob DIGEST, found to be damaged; one that is gone is no error. */
int store_remove_blob(const struct store *store, const char *digest, struct error *err);

/* Remove the temporary files of processes that are gone. */
void store_remove_leftovers(const struct store *store);

/* Make the names of all finished blobs durable: before the index names them. */
int store_sync_blobs(const struct store *store, struct error *err);

#endif
