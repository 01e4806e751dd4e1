/* The documents a registry answers a name with: an index of manifests, or one manifest (OCI image
 * specification, image-index.md and manifest.md). */
#ifndef GOCKER_MANIFEST_H
#define GOCKER_MANIFEST_H

#include "digest.h"
#include "error.h"
#include "json.h"
#include "media_type.h"
#include "platform.h"
#include "str.h"

#include <stdint.h>

/* One document or blob, as another names it (descriptor.md). */
struct descriptor {
    char digest[DIGEST_SIZE];
    uint64_t size;          /* bytes */
    const char *media_type; /* the tree's it was read from */
};

/* Read VALUE, which holds a mediaType, a digest and a size. -1 with err where one is missing or wrong; the
 * digest is checked before anybody makes a path or an address of it. */
int descriptor_parse(const struct json *value, struct descriptor *descriptor, struct error *err);

/* Set *KIND to DOCUMENT_INDEX or DOCUMENT_MANIFEST. CONTENT_TYPE is what came with it, or NULL. -1 with err for
 * schema 1, for what is neither, and for a document that can be read as both, or whose mediaType,
 * Content-Type and members do not agree: two programs could take it for two different images
 * (CVE-2021-41190). */
int manifest_classify(const struct json *document, const char *content_type, enum document_kind *kind,
                      struct error *err);

/* The manifest of INDEX that suits WANTED best; of several that suit as well, the first. Those without a
 * platform count where no other suits. -1 with err, which lists the platforms there are. */
int index_choose(const struct json *index, const struct platform *wanted, struct descriptor *chosen,
                 struct error *err);

/* Append the OCI form of MANIFEST, one of Docker's, to TEXT: the same descriptors under OCI's media types.
 * Tools that read OCI layouts read no other manifest (umoci, skopeo). */
void manifest_convert(const struct json *manifest, struct str *text);

/* Read VALUE's members os, architecture and variant; what is missing is "". -1 with err where one is too
 * long to be a name. */
int platform_read(const struct json *value, struct platform *platform, struct error *err);

#endif
