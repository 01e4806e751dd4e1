/* Layers become a root filesystem. */
#include "rootfs.h"
#include "create.h"
#include "layer.h"
#include "stage.h"
#include "str.h"

/* The first 12 digits name a layer well enough for people. */
#define SHORT_DIGEST ((int)(sizeof "sha256:" - 1 + 12))

int rootfs_check(const char *path, struct error *err)
{
    if (path[0] == '\0')
        return fail(err, 0, "the directory's name is empty: name an empty directory, or one to be made");
    return stage_check(path, err);
}

/* ERR says what is wrong with the layer. Was it so when it came, or has its blob changed since? A pull does not notice
 * that, because it looks at sizes only. */
static void explain_damage(const struct store *store, const struct layer *layer, struct error *err)
{
    _cleanup_free_ char *what = must_strdup(err->text);

    if (err->number == 0 && store_blob_is_damaged(store, layer->digest))
        fail(
            err, 0,
            "%s; its blob was damaged since it was pulled: remove %s/blobs/sha256/%s, and pull the image again",
            what, store->path, digest_hex(layer->digest));
}

static int apply_layers(struct extraction *extraction, const struct store *store, const struct image *image,
                        struct error *err)
{
    for (size_t i = 0; i < image->layer_count; i++) {
        const struct layer *layer = &image->layers[i];
        _cleanup_close_ int fd = store_open_blob(store, layer->digest, err);

        if (fd < 0 || layer_apply(extraction, fd, layer->diff_id, err) < 0) {
            explain_damage(store, layer, err);
            return fail_while(err, "layer %.*s", SHORT_DIGEST, layer->digest);
        }
    }
    return 0;
}

static int extract(const struct store *store, const struct image *image, const char *path, uint64_t max_bytes,
                   struct error *err)
{
    _cleanup_(stage_end) struct stage stage = STAGE_NONE;
    _cleanup_(directory_log_close) struct directory_log log = { .fd = -1 };
    struct extraction extraction = {
        .log = &log,
        .stream_bytes_left = max_bytes,
        .content_bytes_left = max_bytes,
        .entries_left = ROOTFS_MAX_ENTRIES,
    };

    if (stage_begin(path, &stage, err) < 0)
        return -1;
    extraction.root_fd = stage.root_fd;
    if (directory_log_open(&log, stage.root_fd, err) < 0 ||
        apply_layers(&extraction, store, image, err) < 0 || stage_settle(&stage, err) < 0 ||
        directory_log_apply(&log, stage.root_fd, err) < 0 ||
        stage_commit(&stage, log.root_mode, log.root_times, err) < 0)
        return -1;
    left_out_print(&extraction.left_out);
    return 0;
}

int rootfs_extract(const struct store *store, const struct image *image, const char *path, uint64_t max_bytes,
                   struct error *err)
{
    if (extract(store, image, path, max_bytes ? max_bytes : ROOTFS_DEFAULT_MAX_BYTES, err) < 0)
        return fail_while(err, "extract %s", image->name);
    return 0;
}
