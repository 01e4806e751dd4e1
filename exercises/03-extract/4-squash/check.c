/* 03.4: base, lower and upper are applied by the chapter's own code, then base and what became of the two. Both have to be
 * the same tree. */
#include "exercise.h"

#include "digest.h"
#include "fs.h"
#include "keep.h"
#include "layer.h"
#include "rootfs.h"
#include "squash.h"
#include "tar_maker.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

/* A layer of these members; FILE_ and DIR_ make one. */
#define LAYER(...)                                                                                           \
    {                                                                                                        \
        .members = (const struct member[]){ __VA_ARGS__ },                                                   \
        .count = sizeof(const struct member[]){ __VA_ARGS__ } / sizeof(struct member)                        \
    }
#define FILE_(path)                                                                                          \
    {                                                                                                        \
        path, false                                                                                          \
    }
#define DIR_(path)                                                                                           \
    {                                                                                                        \
        path, true                                                                                           \
    }

/* The files of a layer hold its name, so that it shows whose they are. */
static void add(struct str *tar, const struct member *member, const char *layer)
{
    if (member->directory)
        tar_add(tar, .name = member->path, .type = '5');
    else
        tar_add(tar, .name = member->path, .content = layer);
}

static struct str tar_of(const struct changes *layer, const char *name)
{
    struct str tar = { 0 };

    for (size_t i = 0; i < layer->count; i++)
        add(&tar, &layer->members[i], name);
    return tar;
}

static const struct member *find(const struct changes *layer, const char *path)
{
    for (size_t i = 0; i < layer->count; i++)
        if (strcmp(layer->members[i].path, path) == 0)
            return &layer->members[i];
    return NULL;
}

/* NAMES in one text. */
static const char *joined(const struct strv *names)
{
    struct str text = { 0 };

    for (size_t i = 0; i < names->count; i++)
        str_addf(&text, "%s%s", i > 0 ? " " : "", names->items[i]);
    return keep(str_take(&text));
}

/* The layer that squash makes of the two. *LISTED is its names in one text. */
static struct str squashed(const struct changes *lower, const struct changes *upper, const char **listed)
{
    struct strv names = { 0 };
    struct str tar = { 0 };

    squash(lower, upper, &names);
    *listed = joined(&names);
    for (size_t i = 0; i < names.count; i++) {
        const char *path = names.items[i], *slash = strrchr(path, '/');
        const struct member *above = find(upper, path), *below = find(lower, path);

        ck_assert_msg(above || below || starts_with(slash ? slash + 1 : path, ".wh."),
                      "names: wanted members of the two layers, and whiteouts, got \"%s\"", path);
        if (above)
            add(&tar, above, "upper");
        else
            add(&tar, below ? below : &(struct member){ path, false }, "lower");
    }
    strv_free(&names);
    return tar;
}

/* Apply TAR, which is ended and freed, to ROOT. WHAT it is goes into the message. */
static void apply(const char *root, struct str *tar, const char *what)
{
    _cleanup_close_ int root_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _cleanup_close_ int blob = memfd_create("layer", MFD_CLOEXEC);
    struct directory_log log;
    struct extraction extraction = { .root_fd = root_fd,
                                     .log = &log,
                                     .stream_bytes_left = ROOTFS_DEFAULT_MAX_BYTES,
                                     .content_bytes_left = ROOTFS_DEFAULT_MAX_BYTES,
                                     .entries_left = ROOTFS_MAX_ENTRIES };
    char diff_id[DIGEST_SIZE];
    struct error err = { 0 };

    tar_end(tar);
    digest_of(tar->text, tar->length, diff_id);
    ck_assert(root_fd >= 0 && blob >= 0 && write_all(blob, tar->text, tar->length, &err) == 0);
    ck_assert_int_eq(lseek(blob, 0, SEEK_SET), 0);
    ck_assert_msg(directory_log_open(&log, root_fd, &err) == 0, "%s", err.text);
    if (layer_apply(&extraction, blob, diff_id, &err) < 0)
        ck_abort_msg("%s: wanted a layer that can be applied, got: %s", what, err.text);
    directory_log_close(&log);
    str_free(tar);
}

/* What is in ROOT: "d/ d/file=upper ". */
static const char *listed(const char *root)
{
    const char *script = "cd \"$1\" && find . -mindepth 1 | sort | while read -r path; do "
                         "if [ -d \"$path\" ]; then printf '%s/ ' \"${path#./}\"; "
                         "else printf '%s=%s ' \"${path#./}\" \"$(cat \"$path\")\"; fi; done";

    return RUN("sh", "-c", script, "sh", root).out;
}

/* LAYER in one text: "d/ d/file". */
static const char *members_of(const struct changes *layer)
{
    struct str text = { 0 };

    for (size_t i = 0; i < layer->count; i++)
        str_addf(&text, "%s%s%s", i > 0 ? " " : "", layer->members[i].path,
                 layer->members[i].directory ? "/" : "");
    return keep(str_take(&text));
}

static void expect_same_tree(const struct changes *base, const struct changes *lower,
                             const struct changes *upper, const char *file, int line)
{
    const char *two = scratch(), *one = scratch(), *names, *what, *wanted, *got;
    struct str tars[] = { tar_of(base, "base"), tar_of(lower, "lower"), tar_of(upper, "upper") };
    struct str again = tar_of(base, "base"), tar = squashed(lower, upper, &names);

    what = keep(formatted("below { %s }, lower { %s }, upper { %s }, squashed { %s }", members_of(base),
                          members_of(lower), members_of(upper), names));
    for (size_t i = 0; i < sizeof tars / sizeof *tars; i++)
        apply(two, &tars[i], "the check's own layer");
    apply(one, &again, "the check's own layer");
    apply(one, &tar, what);
    wanted = listed(two);
    got = listed(one);
    if (strcmp(got, wanted) != 0)
        _ck_assert_failed(file, line, "Assertion failed", "%s: wanted the tree { %s}, got { %s}", what,
                          wanted, got);
}
#define EXPECT_SAME_TREE(base, lower, upper) expect_same_tree(base, lower, upper, __FILE__, __LINE__)

START_TEST(removed_file_of_the_lower_layer_is_gone)
{
    const struct changes base = LAYER(FILE_("other")), lower = LAYER(FILE_("key"), FILE_("kept")),
                         upper = LAYER(FILE_(".wh.key"));

    EXPECT_SAME_TREE(&base, &lower, &upper);
}
END_TEST

START_TEST(whiteout_still_hides_what_lies_below_both)
{
    const struct changes base = LAYER(FILE_("key")), lower = LAYER(FILE_("key")),
                         upper = LAYER(FILE_(".wh.key"));

    EXPECT_SAME_TREE(&base, &lower, &upper);
}
END_TEST

START_TEST(directory_made_anew_stays_new)
{
    const struct changes base = LAYER(DIR_("d"), FILE_("d/old")), lower = LAYER(FILE_(".wh.d")),
                         upper = LAYER(DIR_("d"), FILE_("d/new"));

    EXPECT_SAME_TREE(&base, &lower, &upper);
}
END_TEST

START_TEST(opaque_directory_hides_the_lower_layers_files)
{
    const struct changes base = LAYER(DIR_("d"), FILE_("d/a")), lower = LAYER(DIR_("d"), FILE_("d/b")),
                         upper = LAYER(DIR_("d"), FILE_("d/.wh..wh..opq"), FILE_("d/c"));

    EXPECT_SAME_TREE(&base, &lower, &upper);
}
END_TEST

/* Its directory is the root, which has no name of its own to compare others with. */
START_TEST(opaque_root_hides_the_lower_layers_files)
{
    const struct changes base = LAYER(FILE_("a"), DIR_("d"), FILE_("d/a")),
                         lower = LAYER(FILE_("b"), DIR_("d"), FILE_("d/b")),
                         upper = LAYER(FILE_(".wh..wh..opq"), FILE_("c"));

    EXPECT_SAME_TREE(&base, &lower, &upper);
}
END_TEST

START_TEST(file_takes_the_place_of_a_directory)
{
    const struct changes base = LAYER(FILE_("other")), lower = LAYER(DIR_("d"), FILE_("d/b")),
                         upper = LAYER(FILE_("d"));

    EXPECT_SAME_TREE(&base, &lower, &upper);
}
END_TEST

START_TEST(whiteout_in_a_removed_directory_goes_with_it)
{
    const struct changes base = LAYER(DIR_("d"), FILE_("d/a"), FILE_("d/b")), lower = LAYER(FILE_("d/.wh.a")),
                         upper = LAYER(FILE_(".wh.d"));

    EXPECT_SAME_TREE(&base, &lower, &upper);
}
END_TEST

/* The lower layer's file hid the base's directory with all in it; the upper layer's directory is new and empty. */
START_TEST(directory_in_place_of_a_file_is_new)
{
    const struct changes base = LAYER(DIR_("etc"), DIR_("etc/d"), FILE_("etc/d/a")),
                         lower = LAYER(FILE_("etc/d")), upper = LAYER(DIR_("etc/d"), FILE_("etc/d/c"));

    EXPECT_SAME_TREE(&base, &lower, &upper);
}
END_TEST

/* The neighbours' names begin like the names that are hidden, and are longer. */
START_TEST(names_that_begin_alike_stay)
{
    const struct changes base = LAYER(FILE_("other"));
    const struct changes lower[] = { LAYER(DIR_("d"), FILE_("d/b"), FILE_("d/bc"), FILE_("dx")),
                                     LAYER(DIR_("d"), FILE_("d/b"), DIR_("dx"), FILE_("dx/b")),
                                     LAYER(DIR_("d"), FILE_("d/b"), FILE_("d-"), FILE_("dx")) };
    const struct changes upper[] = { LAYER(FILE_("d/.wh.b")), LAYER(FILE_("d/.wh..wh..opq")),
                                     LAYER(FILE_("d")) };

    for (size_t i = 0; i < sizeof lower / sizeof *lower; i++)
        EXPECT_SAME_TREE(&base, &lower[i], &upper[i]);
}
END_TEST

/* Tools that read the layer would find two entries, and not know which of them counts. */
START_TEST(name_of_both_layers_is_there_once)
{
    const struct changes lower = LAYER(DIR_("d"), FILE_("d/key")), upper = LAYER(DIR_("d"), FILE_("d/key"));
    struct strv names = { 0 };
    const char *listed;

    squash(&lower, &upper, &names);
    listed = joined(&names);
    ck_assert_msg(names.count == 2 && strv_has(&names, "d") && strv_has(&names, "d/key"),
                  "lower { %s }, upper { %s }: wanted the names { d d/key }, each once, got { %s }",
                  members_of(&lower), members_of(&upper), listed);
    strv_free(&names);
}
END_TEST

/* One because the lower layer has it, and one that has to be made, or because the upper layer has it too. */
START_TEST(whiteout_is_there_once)
{
    const struct changes lower = LAYER(FILE_(".wh.d"), FILE_("d"));
    const struct changes upper[] = { LAYER(DIR_("d")), LAYER(FILE_(".wh.d")) };

    for (size_t k = 0; k < sizeof upper / sizeof *upper; k++) {
        _cleanup_strv_ struct strv names = { 0 };
        size_t count = 0;

        squash(&lower, &upper[k], &names);
        for (size_t i = 0; i < names.count; i++)
            count += strcmp(names.items[i], ".wh.d") == 0;
        ck_assert_msg(count == 1, "lower { %s }, upper { %s }: wanted .wh.d once, got { %s }",
                      members_of(&lower), members_of(&upper[k]), joined(&names));
    }
}
END_TEST

START_TEST(no_whiteout_where_nothing_is_to_hide)
{
    const struct changes base = LAYER(DIR_("d"), FILE_("d/a")), lower = LAYER(DIR_("d"), FILE_("d/b")),
                         upper = LAYER(DIR_("d"), FILE_("d/c"));

    EXPECT_SAME_TREE(&base, &lower, &upper);
}
END_TEST

int main(void)
{
    const struct test tests[] = {
        { removed_file_of_the_lower_layer_is_gone, 0, 0 },
        { whiteout_still_hides_what_lies_below_both, 0, 0 },
        { directory_made_anew_stays_new, 0, 0 },
        { opaque_directory_hides_the_lower_layers_files, 0, 0 },
        { opaque_root_hides_the_lower_layers_files, 0, 0 },
        { file_takes_the_place_of_a_directory, 0, 0 },
        { whiteout_in_a_removed_directory_goes_with_it, 0, 0 },
        { directory_in_place_of_a_file_is_new, 0, 0 },
        { no_whiteout_where_nothing_is_to_hide, 0, 0 },
        { names_that_begin_alike_stay, 0, 0 },
        { name_of_both_layers_is_there_once, 0, 0 },
        { whiteout_is_there_once, 0, 0 },
    };

    return RUN_EXERCISE(tests);
}
