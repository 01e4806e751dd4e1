/* 03.1: the answers are what the chapter's own code makes of the image's layers, here and now. */
#include "exercise.h"

#include "entry_path.h"
#include "fs.h"
#include "keep.h"
#include "pull.h"
#include "rootfs.h"
#include "store_read.h"
#include "tar_reader.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MOST_TAR_BYTES (64 << 20)

/* The image whose layers are looked into, pulled from the registry of the tests. */
struct pulled {
    struct store store;
    struct image image;
};

static struct pulled pull_layers(void)
{
    const struct pull_options options = { .quiet = true };
    struct pulled pulled = { 0 };
    struct reference ref = { 0 };
    struct error err;

    ck_assert_msg(store_open(scratch(), &pulled.store, &err) == 0 &&
                      reference_parse(keep(formatted("%s/layers", registry_address())), &ref, &err) == 0 &&
                      pull(&pulled.store, &ref, &options, &pulled.image, &err) == 0,
                  "%s", err.text);
    reference_free(&ref);
    return pulled;
}

/* The root filesystem that the first COUNT layers make. */
static const char *root_of(const struct pulled *pulled, size_t count)
{
    const char *root = keep(formatted("%s/root", scratch()));
    struct image image = pulled->image;
    struct error err;

    image.layer_count = count;
    ck_assert_msg(rootfs_extract(&pulled->store, &image, root, 0, &err) == 0, "%s", err.text);
    return root;
}

static bool is_there(const char *root, const char *path)
{
    struct stat found;

    return lstat(keep(formatted("%s/%s", root, path)), &found) == 0;
}

/* The number of the layer, counted from 1, behind which PATH of layer 1 is no longer there. */
static size_t removed_by(const struct pulled *pulled, const char *path)
{
    for (size_t count = 2; count <= pulled->image.layer_count; count++)
        if (!is_there(root_of(pulled, count), path))
            return count;
    ck_abort_msg("no layer removes %s", path);
}

/* The paths in layer NUMBER, as they are in its tar. */
static struct strv paths_in(const struct pulled *pulled, size_t number)
{
    const struct layer *layer = &pulled->image.layers[number - 1];
    uint64_t bytes_left = MOST_TAR_BYTES;
    const char *blob = keep(formatted("blobs/sha256/%s", digest_hex(layer->digest)));
    _cleanup_close_ int fd = openat(pulled->store.fd, blob, O_RDONLY | O_CLOEXEC);
    struct error err = { 0 };
    _cleanup_(layer_stream_free) struct layer_stream *stream = layer_stream_new(fd, &bytes_left, &err);
    struct tar_entry *entry;
    struct strv paths = { 0 };
    int result;

    ck_assert_msg(stream, "%s", err.text);
    _cleanup_(tar_reader_free) struct tar_reader *reader = tar_reader_new(stream);
    while ((result = tar_reader_next(reader, &entry, &err)) == 1)
        strv_add(&paths, entry->path);
    ck_assert_msg(result == 0, "%s", err.text);
    return paths;
}

/* The answer to QUESTION has to be layer NUMBER: "2" and "layer 2" are one answer. */
static void want_layer(const char *question, size_t number, const char *where, const char *file, int line)
{
    const char *got = answer_at(question, file, line);
    const char *digits = got + (strncasecmp(got, "layer", strlen("layer")) == 0 ? strlen("layer") : 0);
    char *end;
    unsigned long answered = strtoul(digits, &end, 10);

    if (end == digits || *end != '\0')
        _ck_assert_failed(file, line, "Assertion failed",
                          "%s: wanted the number of a layer and no more, such as 6, got \"%s\"", question,
                          got);
    if (answered != number)
        _ck_assert_failed(file, line, "Assertion failed", "%s: wanted %s, got \"%s\"", question, where, got);
}
#define WANT_LAYER(question, number, where) want_layer(question, number, where, __FILE__, __LINE__)

/* The answer to QUESTION has to be PATH, whether or not it begins as find or tar have it: ./PATH, root/PATH. */
static void want_path(const char *question, const char *path, const char *where, const char *file, int line)
{
    static const char *const before[] = { "./", "root/", "/" };
    const char *got = answer_at(question, file, line), *rest = got;

    for (size_t i = 0; i < sizeof before / sizeof *before && rest == got; i++)
        if (starts_with(got, before[i]))
            rest = got + strlen(before[i]);
    if (strcmp(rest, path) != 0)
        _ck_assert_failed(file, line, "Assertion failed", "%s: wanted %s, got \"%s\"", question, where, got);
}
#define WANT_PATH(question, path, where) want_path(question, path, where, __FILE__, __LINE__)

START_TEST(whiteout_removes_a_file)
{
    const struct pulled pulled = pull_layers();

    WANT_LAYER("removed by", removed_by(&pulled, "data/removed"),
               "the number of the first layer above layer 1 that says something about data/removed");
}
END_TEST

START_TEST(whiteout_is_a_name)
{
    const struct pulled pulled = pull_layers();
    struct strv paths = paths_in(&pulled, removed_by(&pulled, "data/removed"));
    const char *instruction = NULL;
    struct error err;

    for (size_t i = 0; i < paths.count; i++)
        if (entry_path_whiteout(paths.items[i], &err) == WHITEOUT_FILE &&
            strcmp(entry_path_hidden(paths.items[i]), "removed") == 0)
            instruction = paths.items[i];
    ck_assert_msg(instruction, "the layer has no whiteout of data/removed");
    WANT_PATH("instruction", instruction, "the path of the whiteout, as tar lists it: DIRECTORY/NAME");
    strv_free(&paths);
}
END_TEST

START_TEST(file_takes_the_place_of_a_directory)
{
    const struct pulled pulled = pull_layers();

    WANT_LAYER("hidden by", removed_by(&pulled, "becomes-file/hidden"),
               "the number of the layer in which becomes-file is no directory");
}
END_TEST

START_TEST(link_of_a_lower_layer_is_followed)
{
    const struct pulled pulled = pull_layers();
    const char *root = root_of(&pulled, pulled.image.layer_count);
    const char *found = RUN("find", root, "-name", "through", "-printf", "%P").out;

    WANT_PATH("through the link", found, "what `find . -name through` prints in the root");
}
END_TEST

START_TEST(directory_listed_again_changes_its_mode)
{
    const struct pulled pulled = pull_layers();
    struct stat data;

    ck_assert_int_eq(stat(keep(formatted("%s/data", root_of(&pulled, pulled.image.layer_count))), &data), 0);
    want_answer("permissions", keep(formatted("%o", data.st_mode & 07777)),
                "the octal digits that `stat -c %a root/data` prints");
}
END_TEST

START_TEST(removed_file_is_in_the_store_still)
{
    const struct pulled pulled = pull_layers();
    struct strv paths = paths_in(&pulled, 1);

    want_answer("still stored", strv_has(&paths, "data/removed") ? "yes" : "no",
                "yes or no: whether the blob of layer 1 in the store has the file");
    strv_free(&paths);
}
END_TEST

int main(void)
{
    const struct test tests[] = {
        { whiteout_removes_a_file, NEED_REGISTRY, 0 },
        { whiteout_is_a_name, NEED_REGISTRY, 0 },
        { file_takes_the_place_of_a_directory, NEED_REGISTRY, 0 },
        { link_of_a_lower_layer_is_followed, NEED_REGISTRY, 0 },
        { directory_listed_again_changes_its_mode, NEED_REGISTRY, 0 },
        { removed_file_is_in_the_store_still, NEED_REGISTRY, 0 },
    };

    return RUN_EXERCISE(tests);
}
