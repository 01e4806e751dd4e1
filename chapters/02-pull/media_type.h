/* The media types of images, in OCI's names and in Docker's (OCI image specification, media-types.md). */
#ifndef GOCKER_MEDIA_TYPE_H
#define GOCKER_MEDIA_TYPE_H

#include <stdbool.h>

#define MEDIA_OCI_INDEX    "application/vnd.oci.image.index.v1+json"
#define MEDIA_OCI_MANIFEST "application/vnd.oci.image.manifest.v1+json"
#define MEDIA_OCI_CONFIG   "application/vnd.oci.image.config.v1+json"

enum document_kind {
    DOCUMENT_UNKNOWN,
    DOCUMENT_INDEX,    /* a list of manifests, one for each platform */
    DOCUMENT_MANIFEST, /* one image: a config and layers */
    DOCUMENT_SCHEMA1,  /* Docker's form before 2016, refused */
};

/* What a document of TYPE is. */
enum document_kind media_type_kind(const char *type);

/* OCI's name for TYPE, where that is Docker's name of a manifest, config or layer; else TYPE. */
const char *media_type_oci(const char *type);

/* Is TYPE an image's config; a layer that is a tar, plain or compressed with gzip or zstd; a layer that is not
 * to be fetched from the registry (foreign, nondistributable)? In either spelling. */
bool media_type_is_config(const char *type);
bool media_type_is_layer(const char *type);
bool media_type_is_foreign_layer(const char *type);

#endif
