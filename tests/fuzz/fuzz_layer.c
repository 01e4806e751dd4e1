/* Layers: whatever the tars say, nothing outside of the root filesystem changes, no whiteout is left inside, and
 * a failure leaves nothing.
 *
 * Bytes that are changed at random seldom make a tar (headers have checksums), so the input is mostly a recipe:
 * a byte for an entry's type, some for its name out of a small set, and so on. The first byte says which. */
#include "digest.h"
#include "fs.h"
#include "fuzz.h"
#include "rootfs.h"
#include "sandbox.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <ftw.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#define MOST_LAYERS     3
#define MOST_LAYER_SIZE (256 * 1024)
#define MAX_BYTES       (1024 * 1024)

/* What take_path can choose from. No link's target holds a whiteout's name: directories that are made on the way
 * through such a link would have it, and rightly. */
#define COMPONENTS   19
#define NO_WHITEOUTS 13

struct recipe {
    const uint8_t *next, *end;
};

static unsigned take(struct recipe *recipe)
{
    return recipe->next < recipe->end ? *recipe->next++ : 0;
}

/* A path of up to four of the first COUNT components, with a slash at either end or not. */
static char *take_path(struct recipe *recipe, unsigned count)
{
    static const char *const components[COMPONENTS] = {
        "a",
        "b",
        "c",
        "..",
        ".",
        "outside",
        "canary",
        "full",
        "tmp",
        "root",
        "",
        "\xff\xfe",
        "long name \n",
        ".wh.a",
        ".wh.b",
        ".wh..wh..opq",
        ".wh.",
        ".wh...",
        ".wh..wh.plnk",
    };
    unsigned shape = take(recipe);
    struct str path = { 0 };

    str_add(&path, shape & 0x80 ? "/" : "");
    for (unsigned i = 0; i <= (shape & 3); i++) {
        str_add(&path, i > 0 ? "/" : "");
        str_add(&path, components[take(recipe) % count]);
    }
    str_add(&path, shape & 0x40 ? "/" : "");
    return str_take(&path);
}

static void take_entry(struct recipe *recipe, unsigned type, struct archive *tar)
{
    static const mode_t types[] = { AE_IFREG, AE_IFDIR, AE_IFLNK, AE_IFREG, AE_IFCHR, AE_IFIFO, AE_IFBLK };
    _cleanup_free_ char *name = take_path(recipe, COMPONENTS), *target = take_path(recipe, NO_WHITEOUTS);
    struct archive_entry *entry = archive_entry_new();
    unsigned modes = take(recipe), size = take(recipe);
    char contents[256];

    memset(contents, 'x', sizeof contents);
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, types[type % 7]);
    archive_entry_set_perm(entry, (modes & 7) << 9 | (modes & 0xf8) << 1 | (modes & 7));
    archive_entry_set_uid(entry, modes & 3);
    archive_entry_set_mtime(entry, (time_t)size * 1000, 0);
    if (type % 7 == 2)
        archive_entry_set_symlink(entry, target);
    if (type % 7 == 3)
        archive_entry_set_hardlink(entry, target);
    if (type % 7 == 4 || type % 7 == 6)
        archive_entry_set_rdev(entry, makedev(0, size & 1));
    if (type & 0x40)
        archive_entry_xattr_add_entry(entry, size & 1 ? "user.x" : "trusted.overlay.opaque", "y", 1);
    archive_entry_set_size(entry, type % 7 == 0 ? size : 0);
    if (archive_write_header(tar, entry) >= ARCHIVE_WARN && type % 7 == 0)
        archive_write_data(tar, contents, size);
    archive_entry_free(entry);
}

/* Entries up to a byte of 255, as a tar of *SIZE bytes. The caller frees it. */
static char *take_layer(struct recipe *recipe, size_t *size)
{
    char *bytes = must_calloc(1, MOST_LAYER_SIZE);
    struct archive *tar = archive_write_new();
    unsigned type;

    archive_write_set_format_pax(tar);
    archive_write_set_options(tar, "hdrcharset=BINARY");
    archive_write_set_bytes_per_block(tar, 512);
    must_hold(archive_write_open_memory(tar, bytes, MOST_LAYER_SIZE, size) == ARCHIVE_OK);
    while (recipe->next < recipe->end && (type = take(recipe)) != 255 && *size < MOST_LAYER_SIZE / 2)
        take_entry(recipe, type, tar);
    archive_write_close(tar);
    archive_write_free(tar);
    return bytes;
}

static void add_layer(struct image *image, const void *bytes, size_t size)
{
    struct layer *layer = &image->layers[image->layer_count++];
    _cleanup_free_ char *path = NULL;

    digest_of(bytes, size, layer->digest);
    digest_of(bytes, size, layer->diff_id);
    layer->media_type = "application/vnd.oci.image.layer.v1.tar";
    layer->size = size;
    path = formatted(SANDBOX "/store/blobs/sha256/%s", digest_hex(layer->digest));
    must_hold(fuzz_put_file(path, bytes, size));
}

/* For nftw(3): a whiteout is an instruction, and never a file of the result. */
static int expect_no_whiteout(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type;
    must_hold(!starts_with(path + at->base, ".wh."));
    return 0;
}

static void extract(const struct store *store, const struct image *image, bool from_recipe)
{
    _cleanup_free_ char *before = outside_look(), *after = NULL;
    struct error err = { 0 };
    struct stat st;

    if (rootfs_extract(store, image, SANDBOX "/root", MAX_BYTES, &err) == 0) {
        must_hold(!from_recipe || nftw(SANDBOX "/root", expect_no_whiteout, 16, FTW_PHYS) == 0);
    } else {
        must_hold(err.text[0] != '\0');
        must_hold(lstat(SANDBOX "/root", &st) < 0 && errno == ENOENT);
    }
    after = outside_look();
    must_hold(strcmp(before, after) == 0);
}

/* The next input finds the sandbox as this one did. */
static void clean_up(void)
{
    _cleanup_close_ int sandbox = open(SANDBOX, O_DIRECTORY | O_CLOEXEC);
    struct error err;

    must_hold(remove_tree(sandbox, "root", &err) == 0);
    must_hold(remove_tree(sandbox, "store", &err) == 0);
}

int LLVMFuzzerInitialize(int *argc, char ***argv) /* NOLINT(readability-non-const-parameter) */
{
    (void)argc, (void)argv;
    sandbox_enter();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct recipe recipe = { data, data + size };
    bool from_recipe = take(&recipe) != 0;
    struct layer layers[MOST_LAYERS] = { 0 };
    struct image image = { .name = "fuzz", .layers = layers };
    struct store store = { .fd = -1 };
    struct error err = { 0 };

    must_hold(store_open(SANDBOX "/store", &store, &err) == 0);
    if (!from_recipe) {
        add_layer(&image, recipe.next, (size_t)(recipe.end - recipe.next));
    } else {
        while (recipe.next < recipe.end && image.layer_count < MOST_LAYERS) {
            size_t length = 0;
            _cleanup_free_ char *bytes = take_layer(&recipe, &length);

            add_layer(&image, bytes, length);
        }
    }
    extract(&store, &image, from_recipe);
    store_close(&store);
    clean_up();
    return 0;
}
