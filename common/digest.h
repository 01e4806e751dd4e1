/* SHA-256 digests in the form OCI writes them: "sha256:" and 64 lower-case hexadecimal digits (OCI image
 * specification, descriptor.md, Digests). */
#ifndef GOCKER_DIGEST_H
#define GOCKER_DIGEST_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>

#define DIGEST_SIZE 72 /* bytes of a digest's text, its NUL included */

/* Is TEXT a digest as above? Everything else is refused before it is used, most of all as a file name. */
bool digest_valid(const char *text);

/* The 64 digits of the valid digest TEXT: the blob's file name in an OCI layout. */
const char *digest_hex(const char *text);

/* A digest computed piece by piece. NULL is a valid argument of sha256_free only. */
struct sha256;
struct sha256 *sha256_new(void);
void sha256_update(struct sha256 *hash, const void *bytes, size_t length);
void sha256_final(struct sha256 *hash, char text[DIGEST_SIZE]); /* once; then only sha256_free */
void sha256_free(struct sha256 **hash);                         /* for _cleanup_(sha256_free) */

/* The digest of LENGTH bytes. */
void digest_of(const void *bytes, size_t length, char text[DIGEST_SIZE]);

#endif
