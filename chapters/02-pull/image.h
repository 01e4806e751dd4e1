/* What an image is: a manifest that names a config and layers by digest (OCI image specification). */
#ifndef GOCKER_IMAGE_H
#define GOCKER_IMAGE_H

#include "digest.h"
#include "error.h"
#include "json.h"
#include "platform.h"
#include "str.h"

#include <stdint.h>

struct layer {
    char digest[DIGEST_SIZE];  /* of the blob, as it travels */
    char diff_id[DIGEST_SIZE]; /* of the tar inside, uncompressed */
    char *media_type;
    uint64_t size; /* bytes of the blob */
};

/* The config's part that says how to run it (config.md, "config"). Absent is empty or NULL. */
struct image_config {
    struct strv env;
    struct strv entrypoint;
    struct strv cmd;
    struct strv volumes; /* paths */
    char *working_dir;
    char *user;
};

struct image {
    char *name;                        /* the full reference it was found under */
    char manifest_digest[DIGEST_SIZE]; /* in the store: always OCI's form */
    char registry_digest[DIGEST_SIZE]; /* what the registry answers the name with: manifest or index */
    char config_digest[DIGEST_SIZE];
    struct platform platform;
    struct image_config config;
    struct layer *layers; /* the lowest first */
    size_t layer_count;
};

/* Fill IMAGE from its manifest and config, validated: every digest, size and media type, as many diff_ids
 * as layers. image_free frees it, also after a failure. */
int image_parse(const struct json *manifest, const struct json *config, struct image *image,
                struct error *err);
void image_free(struct image *image);

#endif
