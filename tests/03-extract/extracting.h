/* What the tests of extract share: an image made of hand-made layers, a place to extract it to with a canary
 * beside it, and what must hold when that succeeds and when it does not. */
#ifndef GOCKER_EXTRACTING_H
#define GOCKER_EXTRACTING_H

#include "digest.h"
#include "fs.h"
#include "rootfs.h"
#include "tar_maker.h"
#include "testing.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>

#define MOST_LAYERS 8

struct made_image {
    struct store store; /* with blobs only: rootfs_extract asks for no more */
    struct image image;
    struct layer layers[MOST_LAYERS];
    const char *place; /* holds the canary, and becomes the root's parent */
    char *root;        /* place/root, absent */
    uint64_t max_bytes;
};

static inline struct made_image *new_image(void)
{
    struct made_image *made = must_calloc(1, sizeof *made); /* lasts as long as the test's process */
    static struct made_image *kept;

    kept = made;
    made->store.path = (char *)scratch();
    made->store.fd = open(made->store.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    put_file(made->store.path, "blobs/sha256/.keep", "");
    made->image.name = "made:latest";
    made->image.layers = made->layers;
    made->place = scratch();
    put_file(made->place, "canary", "alive");
    made->root = formatted("%s/root", made->place);
    return kept;
}

/* BLOB as the next layer, whose contents are said to have the digest DIFF_ID. */
static inline void add_blob(struct made_image *made, const void *blob, size_t length, const char *diff_id)
{
    struct layer *layer = &made->layers[made->image.layer_count++];
    struct error err;

    ck_assert(made->image.layer_count <= MOST_LAYERS);
    digest_of(blob, length, layer->digest);
    memcpy(layer->diff_id, diff_id, DIGEST_SIZE);
    layer->size = length;
    _cleanup_free_ char *path = formatted("blobs/sha256/%s", digest_hex(layer->digest));
    _cleanup_close_ int fd = openat(made->store.fd, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    ck_assert_msg(write_all(fd, blob, length, &err) == 0, "%s", err.text);
}

/* LENGTH BYTES, packed, as the next layer. */
static inline void add_packed(struct made_image *made, enum packing packing, const void *bytes, size_t length)
{
    char diff_id[DIGEST_SIZE];
    struct str blob = packed(packing, bytes, length);

    digest_of(bytes, length, diff_id);
    add_blob(made, str_text(&blob), blob.length, diff_id);
}

/* TAR, ended here and freed, as the next layer. */
static inline void add_layer(struct made_image *made, struct str *tar)
{
    tar_end(tar);
    add_packed(made, PACK_PLAIN, tar->text, tar->length);
    str_free(tar);
}

/* Add a layer of the members given: LAYER(image, { .name = "a" }, { .name = "b" }). */
#define LAYER(made, ...)                                                                                     \
    add_members(made, (struct tar_member[]){ __VA_ARGS__ },                                                  \
                sizeof(struct tar_member[]){ __VA_ARGS__ } / sizeof(struct tar_member))
static inline void add_members(struct made_image *made, const struct tar_member *members, size_t count)
{
    struct str tar = { 0 };

    for (size_t i = 0; i < count; i++)
        tar_add_member(&tar, &members[i]);
    add_layer(made, &tar);
}

#define FILE_(path)                                                                                          \
    {                                                                                                        \
        .name = (path), .content = (path)                                                                    \
    }
#define DIRECTORY_(path)                                                                                     \
    {                                                                                                        \
        .name = (path), .type = '5'                                                                          \
    }
#define SYMLINK_(path, to)                                                                                   \
    {                                                                                                        \
        .name = (path), .type = '2', .target = (to)                                                          \
    }
#define HARD_LINK_(path, to)                                                                                 \
    {                                                                                                        \
        .name = (path), .type = '1', .target = (to)                                                          \
    }

/* ---- what must hold */

/* Beside the root there is the canary, unharmed, and nothing else. */
static inline void expect_nothing_outside(const struct made_image *made)
{
    struct outcome found = RUN("find", made->place, "-mindepth", "1", "-maxdepth", "1", "!", "-name", "root");
    _cleanup_free_ char *wanted = formatted("%s/canary\n", made->place);

    ck_assert_msg(strcmp(found.out, wanted) == 0, "wanted only the canary beside the root, got\n%s",
                  found.out);
    ck_assert_str_eq(get_file(made->place, "canary"), "alive");
}

static inline bool root_there(const struct made_image *made, const char *path)
{
    _cleanup_free_ char *full = formatted("%s/%s", made->root, path);
    struct stat found;

    return lstat(full, &found) == 0;
}

static inline void expect_extracted(const struct made_image *made)
{
    struct error err = { 0 };

    if (rootfs_extract(&made->store, &made->image, made->root, made->max_bytes, &err) < 0)
        ck_abort_msg("wanted it extracted, got: %s", err.text);
    expect_nothing_outside(made);
}

/* It fails with an error that contains TEXT, and leaves no root. */
static inline void expect_refused(const struct made_image *made, const char *text)
{
    struct error err = { 0 };

    ck_assert_msg(rootfs_extract(&made->store, &made->image, made->root, made->max_bytes, &err) < 0,
                  "wanted it refused (%s), but it was extracted", text);
    ck_assert_contains(err.text, text);
    ck_assert_contains(err.text, "extract made:latest: ");
    ck_assert_msg(!root_there(made, ""), "wanted no root left behind");
    expect_nothing_outside(made);
}

static inline struct stat root_stat(const struct made_image *made, const char *path)
{
    _cleanup_free_ char *full = formatted("%s/%s", made->root, path);
    struct stat found;

    ck_assert_msg(lstat(full, &found) == 0, "wanted %s in the root: %m", path);
    return found;
}

static inline void expect_absent(const struct made_image *made, const char *path)
{
    ck_assert_msg(!root_there(made, path), "wanted no %s in the root", path);
}

/* What `ls -A` prints of PATH in the root. */
static inline void expect_names(const struct made_image *made, const char *path, const char *wanted)
{
    _cleanup_free_ char *full = formatted("%s/%s", made->root, path);

    ck_assert_str_eq(RUN("ls", "-A", full).out, wanted);
}

static inline void expect_content(const struct made_image *made, const char *path, const char *wanted)
{
    ck_assert_msg(S_ISREG(root_stat(made, path).st_mode), "wanted %s to be a regular file", path);
    ck_assert_str_eq(get_file(made->root, path), wanted);
}

static inline void expect_link(const struct made_image *made, const char *path, const char *wanted)
{
    _cleanup_free_ char *full = formatted("%s/%s", made->root, path);
    char target[8192];
    ssize_t length = readlink(full, target, sizeof target - 1);

    ck_assert_msg(length >= 0, "wanted %s to be a link: %m", path);
    target[length] = '\0';
    ck_assert_str_eq(target, wanted);
}

#endif
