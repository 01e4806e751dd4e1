/* The image store: opening it, and finding what is in it. */
#include "store.h"
#include "blob.h"
#include "fs.h"
#include "manifest.h"
#include "store_index.h"
#include "store_read.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

int store_open(const char *path, struct store *store, struct error *err)
{
    _cleanup_free_ char *own = path ? must_strdup(path) : gocker_path("images");

    *store = (struct store){ .fd = -1 };
    if (!path && gocker_path_check(err) < 0)
        return fail_while(err, "find the image store (--store names another)");
    if (make_host_directories(own, 0755, err) < 0)
        return fail_while(err, "make the image store");
    store->fd = open(own, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (store->fd < 0)
        return fail(err, errno, "open the image store %s", own);
    store->path = steal_pointer(own);
    if (store_prepare(store, err) < 0) {
        store_close(store);
        return fail_while(err, "open the image store");
    }
    return 0;
}

void store_close(struct store *store)
{
    if (store->fd >= 0)
        close(steal_fd(&store->fd));
    free(store->path);
    store->path = NULL;
}

int store_open_blob(const struct store *store, const char *digest, struct error *err)
{
    _cleanup_free_ char *path = NULL;
    int fd;

    if (!digest_valid(digest))
        return fail(err, EINVAL, "\"%.80s\" is no digest", digest);
    path = formatted("blobs/sha256/%s", digest_hex(digest));
    fd = openat(store->fd, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(err, errno, "open %s/%s", store->path, path);
    return fd;
}

bool store_blob_is_damaged(const struct store *store, const char *digest)
{
    struct error ignored;
    _cleanup_close_ int fd = store_open_blob(store, digest, &ignored);
    _cleanup_(sha256_free) struct sha256 *hash = sha256_new();
    char buffer[65536], found[DIGEST_SIZE];
    ssize_t got = -1;

    while (fd >= 0 && ((got = read(fd, buffer, sizeof buffer)) > 0 || (got < 0 && errno == EINTR)))
        if (got > 0)
            sha256_update(hash, buffer, (size_t)got);
    sha256_final(hash, found);
    return got == 0 && strcmp(found, digest) != 0;
}

struct json *store_read_document(const struct store *store, const char *digest, struct error *err)
{
    _cleanup_close_ int fd = store_open_blob(store, digest, err);
    _cleanup_str_ struct str text = { 0 };
    struct json *document;
    char found[DIGEST_SIZE];

    if (fd < 0)
        return NULL;
    if (read_fd(fd, JSON_MAX_BYTES, &text, err) < 0) {
        fail_while(err, "read the blob %s", digest);
        return NULL;
    }
    digest_of(str_text(&text), text.length, found);
    if (strcmp(found, digest) != 0) {
        fail(err, 0, "the blob %s in %s is damaged: its digest is %s", digest, store->path, found);
        err->number = EBADMSG;
        return NULL;
    }
    document = json_parse(text.text, text.length, err);
    if (!document)
        fail_while(err, "read the blob %s", digest);
    return document;
}

int store_read_image(const struct store *store, const char *manifest_digest, struct image *image,
                     struct error *err)
{
    _cleanup_json_ struct json *manifest = store_read_document(store, manifest_digest, err), *config = NULL;
    struct descriptor descriptor;

    *image = (struct image){ 0 };
    if (!manifest || descriptor_parse(json_get(manifest, "config"), &descriptor, err) < 0 ||
        !(config = store_read_document(store, descriptor.digest, err)) ||
        image_parse(manifest, config, image, err) < 0)
        return -1;
    memcpy(image->manifest_digest, manifest_digest, DIGEST_SIZE);
    return 0;
}

static bool has_all_layers(const struct store *store, const struct image *image)
{
    for (size_t i = 0; i < image->layer_count; i++)
        if (!store_has_blob(store, image->layers[i].digest, image->layers[i].size))
            return false;
    return true;
}

/* What is missing or damaged counts as not there: it can be pulled. */
static bool absent(const struct error *err)
{
    return err->number == ENOENT || err->number == EBADMSG;
}

int store_find(const struct store *store, const char *name, struct image *image, bool *found,
               struct error *err)
{
    _cleanup_json_ struct json *index = store_read_index(store, err);
    const struct json *entry = index_find_name(index, name);
    const char *registry_digest;
    struct descriptor descriptor;

    *found = false;
    *image = (struct image){ 0 };
    if (!index)
        return -1;
    if (!entry)
        return 0;
    if (descriptor_parse(entry, &descriptor, err) < 0)
        return fail_while(err, "read %s/index.json: %s", store->path, name);
    if (media_type_kind(descriptor.media_type) != DOCUMENT_MANIFEST)
        return 0; /* another tool's index of several platforms, say */
    if (store_read_image(store, descriptor.digest, image, err) < 0) {
        image_free(image);
        return absent(err) ? 0 : fail_while(err, "%s", name);
    }
    if (!has_all_layers(store, image)) {
        image_free(image);
        return 0;
    }
    registry_digest = json_string(json_get(json_get(entry, "annotations"), ANNOTATION_REGISTRY));
    memcpy(image->registry_digest,
           registry_digest && digest_valid(registry_digest) ? registry_digest : image->manifest_digest,
           DIGEST_SIZE);
    image->name = must_strdup(name);
    *found = true;
    return 0;
}
