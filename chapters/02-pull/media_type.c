/* The media types of images, in OCI's names and in Docker's. */
#include "media_type.h"
#include "str.h"

#include <string.h>

#define DOCKER_LAYER "application/vnd.docker.image.rootfs.diff.tar"
#define OCI_LAYER    "application/vnd.oci.image.layer.v1.tar"

/* OCI took Docker's formats over and gave them names of its own; the bytes mean the same. */
static const struct {
    const char *docker, *oci;
} pairs[] = {
    { "application/vnd.docker.distribution.manifest.list.v2+json", MEDIA_OCI_INDEX },
    { "application/vnd.docker.distribution.manifest.v2+json", MEDIA_OCI_MANIFEST },
    { "application/vnd.docker.container.image.v1+json", MEDIA_OCI_CONFIG },
    { DOCKER_LAYER, OCI_LAYER },
    { DOCKER_LAYER ".gzip", OCI_LAYER "+gzip" },
    { DOCKER_LAYER ".zstd", OCI_LAYER "+zstd" },
};

const char *media_type_oci(const char *type)
{
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (strcmp(type, pairs[i].docker) == 0)
            return pairs[i].oci;
    return type;
}

enum document_kind media_type_kind(const char *type)
{
    const char *oci = media_type_oci(type);

    if (strcmp(oci, MEDIA_OCI_INDEX) == 0)
        return DOCUMENT_INDEX;
    if (strcmp(oci, MEDIA_OCI_MANIFEST) == 0)
        return DOCUMENT_MANIFEST;
    if (starts_with(type, "application/vnd.docker.distribution.manifest.v1+"))
        return DOCUMENT_SCHEMA1;
    return DOCUMENT_UNKNOWN;
}

bool media_type_is_config(const char *type)
{
    return strcmp(media_type_oci(type), MEDIA_OCI_CONFIG) == 0;
}

bool media_type_is_layer(const char *type)
{
    const char *oci = media_type_oci(type);

    return strcmp(oci, OCI_LAYER) == 0 || strcmp(oci, OCI_LAYER "+gzip") == 0 ||
           strcmp(oci, OCI_LAYER "+zstd") == 0;
}

bool media_type_is_foreign_layer(const char *type)
{
    return starts_with(type, "application/vnd.docker.image.rootfs.foreign.diff.tar") ||
           starts_with(type, "application/vnd.oci.image.layer.nondistributable.v1.tar");
}
