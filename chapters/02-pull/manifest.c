/* The documents a registry answers a name with: what they are, and which manifest an index offers us. */
#include "manifest.h"

#include <string.h>

/* Text from the registry is quoted in errors up to this length. */
#define QUOTED 80

int descriptor_parse(const struct json *value, struct descriptor *descriptor, struct error *err)
{
    const char *digest = json_string(json_get(value, "digest"));
    int64_t size;

    descriptor->media_type = json_string(json_get(value, "mediaType"));
    if (!descriptor->media_type || descriptor->media_type[0] == '\0')
        return fail(err, 0, "a descriptor has no mediaType");
    if (!digest)
        return fail(err, 0, "a descriptor has no digest");
    if (!digest_valid(digest))
        return fail(err, 0, "the digest \"%.*s\" is not sha256: and 64 digits 0-9 a-f", QUOTED, digest);
    if (!json_int(json_get(value, "size"), &size) || size < 0)
        return fail(err, 0, "the descriptor of %s has no size, or one that is none", digest);
    memcpy(descriptor->digest, digest, DIGEST_SIZE);
    descriptor->size = (uint64_t)size;
    return 0;
}

/* ---- what is it? */

static bool has(const struct json *document, const char *name)
{
    return json_get(document, name) != NULL;
}

/* By its members. DOCUMENT_UNKNOWN with err where they are those of two kinds, or of none. */
static enum document_kind kind_of_members(const struct json *document, struct error *err)
{
    bool index = has(document, "manifests");
    bool manifest = has(document, "layers") || has(document, "config");
    bool schema1 = has(document, "fsLayers") || has(document, "signatures");
    int64_t version = 0;

    if (index + manifest + schema1 > 1) {
        fail(err, 0, "confused manifest: it has the members of %s and of %s",
             index ? "an index (manifests)" : "a manifest (config, layers)",
             schema1 ? "schema 1 (fsLayers)" : "a manifest (config, layers)");
        return DOCUMENT_UNKNOWN;
    }
    json_int(json_get(document, "schemaVersion"), &version);
    if (schema1 || version == 1)
        return DOCUMENT_SCHEMA1;
    if (version != 2) {
        fail(err, 0, "no manifest that we know: its schemaVersion is not 2");
        return DOCUMENT_UNKNOWN;
    }
    if (!index && !manifest) {
        fail(err, 0, "neither an index nor an image's manifest: it has no manifests and no layers");
        return DOCUMENT_UNKNOWN;
    }
    return index ? DOCUMENT_INDEX : DOCUMENT_MANIFEST;
}

/* Types that servers of plain files send for everything: they say nothing. */
static bool generic_type(const char *type)
{
    return strcmp(type, "application/json") == 0 || strcmp(type, "application/octet-stream") == 0 ||
           strcmp(type, "text/plain") == 0 || strcmp(type, "binary/octet-stream") == 0;
}

/* Does TYPE, from WHERE, name a document of KIND? */
static int check_type(const char *type, const char *where, enum document_kind kind, struct error *err)
{
    enum document_kind named = media_type_kind(type);

    if (named == DOCUMENT_UNKNOWN)
        return fail(err, 0, "no image: its %s is %.*s", where, QUOTED, type);
    if (named != kind)
        return fail(err, 0, "confused manifest: its %s is %.*s, its members are %s's", where, QUOTED, type,
                    kind == DOCUMENT_INDEX ? "an index" : "a manifest");
    return 0;
}

int manifest_classify(const struct json *document, const char *content_type, enum document_kind *kind,
                      struct error *err)
{
    const char *media_type = json_string(json_get(document, "mediaType"));
    _cleanup_free_ char *type = NULL;

    *kind = kind_of_members(document, err);
    if (*kind == DOCUMENT_UNKNOWN)
        return -1;
    if (*kind == DOCUMENT_SCHEMA1)
        return fail(err, 0,
                    "a schema 1 manifest, Docker's form before 2016, which is not supported; push the image "
                    "again with a current tool");
    if (has(document, "mediaType") && !media_type)
        return fail(err, 0, "its mediaType is no string");
    if (media_type && check_type(media_type, "mediaType", *kind, err) < 0)
        return -1;
    if (!content_type)
        return 0;
    type = must_strndup(content_type, strcspn(content_type, "; \t")); /* "; charset=utf-8" */
    if (generic_type(type))
        return 0;
    if (check_type(type, "Content-Type", *kind, err) < 0)
        return -1;
    if (media_type && strcmp(media_type, type) != 0)
        return fail(err, 0, "confused manifest: its mediaType is %.*s, its Content-Type %.*s", QUOTED,
                    media_type, QUOTED, type);
    return 0;
}

/* ---- which one? */

static int read_name(const struct json *value, const char *name, char *to, size_t size, struct error *err)
{
    const char *text = json_string(json_get(value, name));

    if (!text)
        return 0;
    if (strlen(text) >= size)
        return fail(err, 0, "the %s \"%.*s\" is too long", name, QUOTED, text);
    memcpy(to, text, strlen(text) + 1);
    return 0;
}

int platform_read(const struct json *value, struct platform *platform, struct error *err)
{
    *platform = (struct platform){ 0 };
    if (read_name(value, "os", platform->os, sizeof platform->os, err) < 0 ||
        read_name(value, "architecture", platform->architecture, sizeof platform->architecture, err) < 0 ||
        read_name(value, "variant", platform->variant, sizeof platform->variant, err) < 0)
        return -1;
    return 0;
}

static void add_offer(struct str *offers, const struct platform *platform)
{
    _cleanup_free_ char *text = platform_text(platform);

    if (offers->length < 512)
        str_addf(offers, "%s%s", offers->length ? ", " : "", text);
}

int index_choose(const struct json *index, const struct platform *wanted, struct descriptor *chosen,
                 struct error *err)
{
    const struct json *manifests = json_get(index, "manifests"), *best = NULL;
    int best_suits = -1;
    _cleanup_str_ struct str offers = { 0 };
    _cleanup_free_ char *asked = platform_text(wanted);

    for (const struct json *m = manifests && manifests->type == JSON_ARRAY ? manifests->first : NULL; m;
         m = m->next) {
        const struct json *value = json_get(m, "platform");
        struct platform offered;
        int suits = 0;

        if (value) {
            if (platform_read(value, &offered, err) < 0)
                return -1;
            if (strcmp(offered.os, "unknown") == 0) /* an attestation: about an image, not one */
                continue;
            add_offer(&offers, &offered);
            suits = platform_suits(&offered, wanted);
            if (suits == 0)
                continue;
        }
        if (suits > best_suits) {
            best = m;
            best_suits = suits;
        }
    }
    if (!best)
        return fail(err, 0, "no image for %s; there is: %s", asked, offers.length ? offers.text : "none");
    return descriptor_parse(best, chosen, err);
}

/* ---- from Docker's names to OCI's */

static void add_descriptor(struct json_writer *w, const char *name, const struct json *value)
{
    int64_t size = 0;

    json_int(json_get(value, "size"), &size);
    json_open_object(w, name);
    json_add_string(w, "mediaType", media_type_oci(json_string(json_get(value, "mediaType"))));
    json_add_string(w, "digest", json_string(json_get(value, "digest")));
    json_add_int(w, "size", size);
    json_close(w);
}

void manifest_convert(const struct json *manifest, struct str *text)
{
    struct json_writer w = { 0 };
    const struct json *layers = json_get(manifest, "layers");

    json_open_object(&w, NULL);
    json_add_int(&w, "schemaVersion", 2);
    json_add_string(&w, "mediaType", MEDIA_OCI_MANIFEST);
    add_descriptor(&w, "config", json_get(manifest, "config"));
    json_open_array(&w, "layers");
    for (const struct json *layer = layers ? layers->first : NULL; layer; layer = layer->next)
        add_descriptor(&w, NULL, layer);
    json_close(&w);
    json_close(&w);
    str_add(text, str_text(&w.out));
    str_free(&w.out);
}
