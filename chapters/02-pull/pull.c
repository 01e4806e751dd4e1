/* Pulling: from a reference to blobs in the store. */
#include "pull.h"
#include "blob.h"
#include "document.h"
#include "download.h"
#include "http.h"
#include "progress.h"
#include "registry.h"
#include "store_index.h"
#include "store_read.h"

#include <errno.h>
#include <string.h>

/* One pull, from whichever endpoint. */
struct job {
    struct store *store;
    const struct reference *ref;
    const struct pull_options *options;
    struct platform platform; /* what is wanted */
    struct http *http;
    struct progress *progress;
};

static int wanted_platform(const struct pull_options *options, struct platform *platform, struct error *err)
{
    if (options->platform)
        return platform_parse(options->platform, platform, err);
    platform_of_machine(platform);
    return 0;
}

/* ---- one image */

/* The config first, alone: it is small, and says whether the layers are worth fetching. */
static int fetch_config(const struct job *job, struct registry *registry, const struct resolved *resolved,
                        struct json **config, struct error *err)
{
    struct descriptor descriptor;
    struct layer blob = { 0 };

    if (descriptor_parse(json_get(resolved->manifest, "config"), &descriptor, err) < 0)
        return fail_while(err, "read the manifest: its config");
    if (!media_type_is_config(descriptor.media_type))
        return fail(err, 0, "no container image: its config is %.80s", descriptor.media_type);
    if (descriptor.size > JSON_MAX_BYTES)
        return fail(err, 0, "its config is longer than 4 MiB");
    if (store_has_blob(job->store, descriptor.digest, descriptor.size)) {
        *config = store_read_document(job->store, descriptor.digest, err);
        if (*config || err->number != EBADMSG)
            return *config ? 0 : -1;
        if (store_remove_blob(job->store, descriptor.digest, err) < 0) /* damaged on disk */
            return -1;
    }
    memcpy(blob.digest, descriptor.digest, DIGEST_SIZE);
    blob.size = descriptor.size;
    if (download_layers(registry, job->store, &blob, 1, NULL, err) < 0)
        return -1;
    *config = store_read_document(job->store, descriptor.digest, err);
    return *config ? 0 : -1;
}

static int check_platform(const struct job *job, const struct platform *found, struct error *err)
{
    _cleanup_free_ char *has = NULL, *wanted = NULL;

    if (platform_agrees(found, &job->platform))
        return 0;
    has = platform_text(found);
    wanted = platform_text(&job->platform);
    return fail(err, 0, "the image is for %s only, not for %s; --platform %s would pull it", has, wanted,
                has);
}

/* The manifest's OCI form in the store: what came, or what it was converted to. */
static int put_oci_manifest(const struct job *job, struct resolved *resolved, struct error *err)
{
    _cleanup_str_ struct str text = { 0 };

    if (!resolved->docker)
        return 0;
    manifest_convert(resolved->manifest, &text);
    digest_of(text.text, text.length, resolved->manifest_digest);
    resolved->manifest_size = text.length;
    return store_put_blob(job->store, resolved->manifest_digest, text.text, text.length, err);
}

/* Everything is there and durable: only now may the index name it. */
static int name_image(const struct job *job, const struct resolved *resolved, const struct platform *platform,
                      struct error *err)
{
    struct store_entry entry = {
        .name = job->ref->name,
        .manifest_digest = resolved->manifest_digest,
        .registry_digest = resolved->registry_digest,
        .manifest_size = resolved->manifest_size,
        .platform = *platform,
    };

    if (store_sync_blobs(job->store, err) < 0)
        return -1;
    return store_put_entry(job->store, &entry, err);
}

static int pull_resolved(const struct job *job, struct registry *registry, struct resolved *resolved,
                         struct image *image, struct error *err)
{
    _cleanup_json_ struct json *config = NULL;

    if (fetch_config(job, registry, resolved, &config, err) < 0 ||
        image_parse(resolved->manifest, config, image, err) < 0 ||
        check_platform(job, &image->platform, err) < 0 ||
        download_layers(registry, job->store, image->layers, image->layer_count, job->progress, err) < 0 ||
        put_oci_manifest(job, resolved, err) < 0)
        return -1;
    return name_image(job, resolved, &image->platform, err);
}

/* Does the registry still mean by the name what the store has under it? */
static int is_current(const struct job *job, struct registry *registry, const struct image *stored,
                      bool *current, struct error *err)
{
    char digest[DIGEST_SIZE];

    *current = false;
    if (!platform_agrees(&stored->platform, &job->platform))
        return 0;
    if (ask_digest(registry, job->ref, digest, err) < 0)
        return -1;
    *current = digest[0] && strcmp(digest, stored->registry_digest) == 0;
    return 0;
}

static int pull_from(const struct job *job, struct registry *registry, struct error *err)
{
    struct resolved resolved;
    struct image stored, image = { 0 };
    bool found, current = false;
    int result;

    if (store_find(job->store, job->ref->name, &stored, &found, err) < 0)
        return -1;
    result = found ? is_current(job, registry, &stored, &current, err) : 0;
    image_free(&stored);
    if (result < 0)
        return -1;
    if (current) {
        _cleanup_free_ char *note = formatted("%s is up to date", job->ref->name);

        progress_note(job->progress, note);
        return 0;
    }
    if (resolve(registry, job->store, job->ref, &job->platform, &resolved, err) < 0)
        return -1;
    result = pull_resolved(job, registry, &resolved, &image, err);
    image_free(&image);
    resolved_free(&resolved);
    return result;
}

/* ---- from where */

static int pull_from_endpoint(const struct job *job, struct endpoint *endpoint, const char *key,
                              struct error *err)
{
    struct registry registry;
    int result;

    registry_init(&registry, job->http, job->progress, endpoint, key, job->ref->repository,
                  job->options->insecure);
    result = pull_from(job, &registry, err);
    registry_free(&registry);
    return result;
}

/* The mirror, where there is one for this registry. 1: it did not have the image; ask the registry itself. Its
 * credentials are its own: docker.io's are not sent to it. */
static int pull_from_mirror(const struct job *job, struct error *err)
{
    const char *mirror = getenv("GOCKER_MIRROR");
    struct endpoint endpoint;
    _cleanup_free_ char *key = NULL, *note = NULL;

    if (!mirror || mirror[0] == '\0' || strcmp(job->ref->registry, "docker.io") != 0)
        return 1;
    if (endpoint_of_mirror(mirror, job->options->ca, job->options->insecure, &endpoint, err) < 0)
        return -1;
    key = must_strdup(endpoint.host);
    if (pull_from_endpoint(job, &endpoint, key, err) == 0)
        return 0;
    if (err->number != 0 && err->number != EBADMSG) /* interrupted, or the disk is full: not its fault */
        return -1;
    note = formatted("the mirror %s: %s; asking docker.io", mirror, err->text);
    progress_note(job->progress, note);
    return 1;
}

static int pull_anywhere(const struct job *job, struct error *err)
{
    struct endpoint endpoint;
    int result = pull_from_mirror(job, err);

    if (result <= 0)
        return result;
    endpoint_of(job->ref->registry, job->options->ca, job->options->insecure, &endpoint);
    return pull_from_endpoint(job, &endpoint, job->ref->registry, err);
}

/* $GOCKER_STALL_SECONDS: for lines that pause for longer than half a minute, or where that is too long to wait. */
static int stall_seconds(void)
{
    const char *text = getenv("GOCKER_STALL_SECONDS");
    long seconds = text ? strtol(text, NULL, 10) : 0;

    return seconds > 0 && seconds <= 3600 ? (int)seconds : 0;
}

int pull(struct store *store, const struct reference *ref, const struct pull_options *options,
         struct image *image, struct error *err)
{
    struct http_settings settings = { .ca_file = options->ca,
                                      .insecure = options->insecure,
                                      .stall_s = stall_seconds() };
    struct job job = { .store = store, .ref = ref, .options = options };
    bool found;
    int result;

    *image = (struct image){ 0 };
    if (wanted_platform(options, &job.platform, err) < 0)
        return -1;
    job.http = http_new(&settings, err);
    if (!job.http)
        return -1;
    job.progress = progress_new(options->quiet);
    result = pull_anywhere(&job, err);
    progress_free(&job.progress);
    http_free(&job.http);
    if (result < 0 || store_find(store, ref->name, image, &found, err) < 0)
        return -1;
    return found ? 0 : fail(err, 0, "%s has gone from %s already", ref->name, store->path);
}

int pull_missing(struct store *store, const char *text, const struct pull_options *options,
                 struct image *image, struct error *err)
{
    _cleanup_(reference_free) struct reference ref = { 0 };
    struct platform platform;
    bool found = false;

    *image = (struct image){ 0 };
    if (reference_parse(text, &ref, err) < 0 || wanted_platform(options, &platform, err) < 0 ||
        store_find(store, ref.name, image, &found, err) < 0)
        return -1;
    if (found && platform_agrees(&image->platform, &platform))
        return 0;
    image_free(image);
    if (pull(store, &ref, options, image, err) < 0)
        return fail_while(err, "pull %s", text);
    return 0;
}
