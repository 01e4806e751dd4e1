/* A registry's documents: whatever the JSON says, an image is refused or is what image.h promises. */
#include "fuzz.h"
#include "image.h"
#include "json.h"
#include "manifest.h"

static struct json *parse(const char *text, size_t length)
{
    struct error err = { 0 };

    return json_parse(text, length, &err);
}

/* Is it an image? */
static bool try_image(const struct json *manifest, const struct json *config)
{
    struct image image = { 0 };
    struct error err = { 0 };
    bool accepted = image_parse(manifest, config, &image, &err) == 0;

    if (accepted) {
        must_hold(digest_valid(image.config_digest));
        for (size_t i = 0; i < image.layer_count; i++) {
            must_hold(digest_valid(image.layers[i].digest));
            must_hold(digest_valid(image.layers[i].diff_id));
            must_hold(image.layers[i].media_type != NULL);
        }
    } else {
        must_hold(err.text[0] != '\0');
    }
    image_free(&image);
    return accepted;
}

/* The OCI form of an image's manifest is that of an image too. */
static void try_manifest(const struct json *document, const struct json *config)
{
    _cleanup_str_ struct str converted = { 0 };
    _cleanup_json_ struct json *again = NULL;
    enum document_kind kind;
    struct error err = { 0 };

    if (manifest_classify(document, NULL, &kind, &err) < 0)
        return;
    if (kind == DOCUMENT_INDEX) {
        const struct platform wanted = { "linux", "amd64", "" };
        struct descriptor chosen;

        if (index_choose(document, &wanted, &chosen, &err) == 0)
            must_hold(digest_valid(chosen.digest));
        return;
    }
    if (!try_image(document, config))
        return;
    manifest_convert(document, &converted);
    again = parse(str_text(&converted), converted.length);
    must_hold(again != NULL);
    must_hold(try_image(again, config));
}

/* The input is a manifest or an index, and behind a NUL byte a config. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    size_t length = size ? strnlen(text, size) : 0;
    _cleanup_json_ struct json *document = parse(text, length);
    _cleanup_json_ struct json *config = length < size ? parse(text + length + 1, size - length - 1) : NULL;

    if (document)
        try_manifest(document, config ? config : document);
    return 0;
}
