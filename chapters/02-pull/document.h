/* From a name to the one manifest that is ours: the registry's documents, each checked before it is used. */
#ifndef GOCKER_DOCUMENT_H
#define GOCKER_DOCUMENT_H

#include "digest.h"
#include "error.h"
#include "json.h"
#include "manifest.h"
#include "platform.h"
#include "reference.h"
#include "registry.h"
#include "store.h"

#include <stdbool.h>
#include <stdint.h>

/* What a name stands for. */
struct resolved {
    char registry_digest[DIGEST_SIZE]; /* of what the registry answers: a manifest, or an index */
    char manifest_digest[DIGEST_SIZE]; /* of the manifest for our platform */
    uint64_t manifest_size;            /* bytes */
    struct json *manifest;
    bool docker;     /* its media types are Docker's */
    bool from_index; /* an index has named it */
};

/* Ask for the digest of what REF stands for now, by a HEAD request, which Docker Hub does not count as a pull.
 * *DIGEST is "" where the registry does not say (it may not know HEAD). */
int ask_digest(struct registry *registry, const struct reference *ref, char digest[DIGEST_SIZE],
               struct error *err);

/* Get REF's manifest for PLATFORM, by way of an index or two where there is one. All documents are put into
 * STORE as they came, and taken from there where their digest is known. resolved_free frees it. */
int resolve(struct registry *registry, const struct store *store, const struct reference *ref,
            const struct platform *platform, struct resolved *resolved, struct error *err);
void resolved_free(struct resolved *resolved);

#endif
