/* What an image is: its manifest and its config, read together. */
#include "image.h"
#include "manifest.h"

#include <string.h>

/* ---- the manifest */

static int parse_layer(const struct json *value, struct layer *layer, struct error *err)
{
    struct descriptor descriptor;

    if (descriptor_parse(value, &descriptor, err) < 0)
        return -1;
    /* Such layers name addresses of their own to be fetched from. Following them would let an image's author
     * choose whom we connect to, and with which credentials (CVE-2020-15157). The registry's own copy is the only
     * one we ask for, so "urls" of other layers are not looked at either. */
    if (media_type_is_foreign_layer(descriptor.media_type))
        return fail(err, 0, "the layer %s is not in the registry (%s), which is not supported",
                    descriptor.digest, descriptor.media_type);
    if (!media_type_is_layer(descriptor.media_type))
        return fail(err, 0, "the layer %s is no tar that we can read: %.80s", descriptor.digest,
                    descriptor.media_type);
    memcpy(layer->digest, descriptor.digest, DIGEST_SIZE);
    layer->media_type = must_strdup(descriptor.media_type);
    layer->size = descriptor.size;
    return 0;
}

static int parse_manifest(const struct json *manifest, struct image *image, struct error *err)
{
    const struct json *layers = json_get(manifest, "layers");
    struct descriptor config;

    if (descriptor_parse(json_get(manifest, "config"), &config, err) < 0)
        return fail_while(err, "its config");
    if (!media_type_is_config(config.media_type))
        return fail(err, 0, "no container image: its config is %.80s", config.media_type);
    memcpy(image->config_digest, config.digest, DIGEST_SIZE);

    if (layers && layers->type != JSON_ARRAY && layers->type != JSON_NULL)
        return fail(err, 0, "its layers are no array");
    image->layers = must_calloc(layers ? layers->count : 0, sizeof *image->layers);
    for (const struct json *layer = layers ? layers->first : NULL; layer; layer = layer->next)
        if (parse_layer(layer, &image->layers[image->layer_count++], err) < 0)
            return -1;
    return 0;
}

/* ---- the config */

static int parse_diff_ids(const struct json *config, struct image *image, struct error *err)
{
    const struct json *rootfs = json_get(config, "rootfs"), *ids = json_get(rootfs, "diff_ids");
    const char *type = json_string(json_get(rootfs, "type"));
    size_t i = 0;

    if (type && strcmp(type, "layers") != 0)
        return fail(err, 0, "the rootfs is of the type \"%.80s\", not layers", type);
    if ((ids ? ids->count : 0) != image->layer_count)
        return fail(err, 0, "the manifest has %zu layers and the config %zu diff_ids", image->layer_count,
                    ids ? ids->count : 0);
    for (const struct json *id = ids ? ids->first : NULL; id; id = id->next, i++) {
        const char *text = json_string(id);

        if (!text || !digest_valid(text))
            return fail(err, 0, "the diff_id of layer %zu is no sha256 digest", i + 1);
        memcpy(image->layers[i].diff_id, text, DIGEST_SIZE);
    }
    return 0;
}

static int parse_strings(const struct json *config, const char *name, struct strv *strings, struct error *err)
{
    if (!json_strings(json_get(config, name), strings))
        return fail(err, 0, "%s is no array of strings", name);
    return 0;
}

/* A name that is set twice counts once, with its last value: a program's getenv(3) would find the first. What
 * has no name or no = is no variable, and no program could find it. */
static int parse_env(const struct json *config, struct strv *env, struct error *err)
{
    _cleanup_strv_ struct strv entries = { 0 };

    if (parse_strings(config, "Env", &entries, err) < 0)
        return -1;
    for (size_t i = 0; i < entries.count; i++) {
        char *equals = strchr(entries.items[i], '=');

        if (!equals || equals == entries.items[i])
            continue;
        *equals = '\0';
        env_set(env, entries.items[i], equals + 1);
    }
    return 0;
}

/* *TEXT stays NULL where NAME is missing or "". */
static int parse_string(const struct json *config, const char *name, char **text, struct error *err)
{
    const struct json *value = json_get(config, name);
    const char *string = json_string(value);

    if (value && value->type != JSON_NULL && !string)
        return fail(err, 0, "%s is no string", name);
    if (string && string[0] != '\0')
        *text = must_strdup(string);
    return 0;
}

/* The paths are names of members; their values are empty objects (Go's map[string]struct{}). */
static int parse_volumes(const struct json *config, struct strv *volumes, struct error *err)
{
    const struct json *value = json_get(config, "Volumes");

    if (!value || value->type == JSON_NULL)
        return 0;
    if (value->type != JSON_OBJECT)
        return fail(err, 0, "Volumes is no object");
    for (const struct json *volume = value->first; volume; volume = volume->next)
        strv_add(volumes, volume->name);
    return 0;
}

static int parse_config(const struct json *config, struct image *image, struct error *err)
{
    const struct json *run = json_get(config, "config");

    if (config->type != JSON_OBJECT)
        return fail(err, 0, "it is no JSON object");
    if (platform_read(config, &image->platform, err) < 0 || parse_diff_ids(config, image, err) < 0 ||
        parse_env(run, &image->config.env, err) < 0 ||
        parse_strings(run, "Entrypoint", &image->config.entrypoint, err) < 0 ||
        parse_strings(run, "Cmd", &image->config.cmd, err) < 0 ||
        parse_volumes(run, &image->config.volumes, err) < 0 ||
        parse_string(run, "WorkingDir", &image->config.working_dir, err) < 0 ||
        parse_string(run, "User", &image->config.user, err) < 0)
        return -1;
    return 0;
}

int image_parse(const struct json *manifest, const struct json *config, struct image *image,
                struct error *err)
{
    *image = (struct image){ 0 };
    if (parse_manifest(manifest, image, err) < 0)
        return fail_while(err, "read the manifest");
    if (parse_config(config, image, err) < 0)
        return fail_while(err, "read the image's config");
    return 0;
}

void image_free(struct image *image)
{
    for (size_t i = 0; i < image->layer_count; i++)
        free(image->layers[i].media_type);
    free(image->layers);
    free(image->name);
    strv_free(&image->config.env);
    strv_free(&image->config.entrypoint);
    strv_free(&image->config.cmd);
    strv_free(&image->config.volumes);
    free(image->config.working_dir);
    free(image->config.user);
    *image = (struct image){ 0 };
}
