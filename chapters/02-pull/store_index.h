/* The store's index.json: which name stands for which manifest (OCI image specification, image-index.md). */
#ifndef GOCKER_STORE_INDEX_H
#define GOCKER_STORE_INDEX_H

#include "error.h"
#include "json.h"
#include "platform.h"
#include "store.h"

/* The name of a descriptor in an index.json (annotations.md); other tools look for it too. */
#define ANNOTATION_NAME "org.opencontainers.image.ref.name"
/* Our own: the digest by which the registry knows what it answered the name with. It differs from the
 * descriptor's where that was an index, or a manifest of Docker's. */
#define ANNOTATION_REGISTRY "io.gocker.registry.digest"

/* What index.json says of one name. */
struct store_entry {
    const char *name;
    const char *manifest_digest;
    const char *registry_digest;
    uint64_t manifest_size; /* bytes */
    struct platform platform;
};

/* Let ENTRY's name stand for its manifest, in place of what it stood for. What other tools wrote stays. */
int store_put_entry(const struct store *store, const struct store_entry *entry, struct error *err);

/* The store's index.json, or NULL with err. */
struct json *store_read_index(const struct store *store, struct error *err);

/* The manifest of INDEX that is called NAME, or NULL. */
const struct json *index_find_name(const struct json *index, const char *name);

/* Make what an OCI layout must have and STORE lacks, and remove what killed writers left behind. */
int store_prepare(const struct store *store, struct error *err);

#endif
