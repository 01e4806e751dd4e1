/* 03.2: layers of a few names each, and where a path comes from. */
#include "exercise.h"

#include "keep.h"
#include "origin.h"
#include "str.h"

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

/* Append the members of LAYER to TEXT, as `ls -p` would write them: "etc/ etc/key". */
static void add_members(struct str *text, const struct changes *layer)
{
    for (size_t i = 0; i < layer->count; i++)
        str_addf(text, "%s%s%s", i > 0 ? " " : "", layer->members[i].path,
                 layer->members[i].directory ? "/" : "");
}

/* PATH has to come from layer WANTED, -1 from none. The message shows the layers, each with its index. */
static void expect_origin(const struct changes *layers, size_t count, const char *path, ssize_t wanted,
                          const char *file, int line)
{
    ssize_t got = find_origin(layers, count, path);
    struct str text = { 0 };

    if (got == wanted)
        return;
    for (size_t i = 0; i < count; i++) {
        str_addf(&text, "%s%zu: ", i > 0 ? " | " : "", i);
        add_members(&text, &layers[i]);
    }
    _ck_assert_failed(file, line, "Assertion failed",
                      "origin of %s in the layers { %s }: wanted %zd, got %zd", path,
                      (char *)keep(str_take(&text)), wanted, got);
}
#define EXPECT_ORIGIN(layers, path, wanted)                                                                  \
    expect_origin(layers, sizeof(layers) / sizeof *(layers), path, wanted, __FILE__, __LINE__)

START_TEST(whiteout_hides_lower_file)
{
    const struct changes layers[] = { LAYER(DIR_("etc"), FILE_("etc/key"), FILE_("etc/hosts"),
                                            FILE_("etcxkey")),
                                      LAYER(FILE_("etc/.wh.key")) };

    EXPECT_ORIGIN(layers, "etc/hosts", 0);
    EXPECT_ORIGIN(layers, "etcxkey", 0);
    EXPECT_ORIGIN(layers, "etc/key", -1);
}
END_TEST

START_TEST(whiteout_of_a_directory_hides_all_in_it)
{
    const struct changes layers[] = { LAYER(DIR_("usr"), DIR_("usr/doc"), FILE_("usr/doc/page")),
                                      LAYER(FILE_(".wh.usr")) };

    EXPECT_ORIGIN(layers, "usr/doc/page", -1);
}
END_TEST

START_TEST(whiteout_means_the_whole_name)
{
    const struct changes layers[] = { LAYER(FILE_("library"), DIR_("lib64"), FILE_("lib64/file")),
                                      LAYER(FILE_(".wh.lib")) };

    EXPECT_ORIGIN(layers, "library", 0);
    EXPECT_ORIGIN(layers, "lib64/file", 0);
}
END_TEST

START_TEST(opaque_directory_hides_what_is_below_it)
{
    const struct changes layers[] = { LAYER(DIR_("var"), DIR_("var/log"), FILE_("var/log/old"),
                                            FILE_("variable")),
                                      LAYER(FILE_("var/.wh..wh..opq")) };

    EXPECT_ORIGIN(layers, "var/log/old", -1);
    EXPECT_ORIGIN(layers, "variable", 0);
}
END_TEST

START_TEST(opaque_directory_itself_stays)
{
    const struct changes layers[] = { LAYER(DIR_("var"), FILE_("var/old")),
                                      LAYER(FILE_("var/.wh..wh..opq")) };

    EXPECT_ORIGIN(layers, "var", 0);
}
END_TEST

START_TEST(opaque_root_hides_everything)
{
    const struct changes layers[] = { LAYER(DIR_("etc"), FILE_("etc/hosts")), LAYER(FILE_(".wh..wh..opq")) };

    EXPECT_ORIGIN(layers, "etc/hosts", -1);
}
END_TEST

START_TEST(file_in_place_of_a_directory_hides_all_in_it)
{
    const struct changes layers[] = { LAYER(DIR_("run"), FILE_("run/lock"), FILE_("runner")),
                                      LAYER(FILE_("run")) };

    EXPECT_ORIGIN(layers, "run", 1);
    EXPECT_ORIGIN(layers, "runner", 0);
    EXPECT_ORIGIN(layers, "run/lock", -1);
}
END_TEST

START_TEST(directory_listed_again_hides_nothing)
{
    const struct changes layers[] = { LAYER(DIR_("etc"), FILE_("etc/hosts")), LAYER(DIR_("etc")) };

    EXPECT_ORIGIN(layers, "etc/hosts", 0);
}
END_TEST

START_TEST(own_layer_is_spared_in_any_order)
{
    const struct changes before[] = { LAYER(FILE_("d/new")),
                                      LAYER(FILE_(".wh.d"), DIR_("d"), FILE_("d/new")) };
    const struct changes after[] = { LAYER(FILE_("d/new")), LAYER(FILE_("d/new"), FILE_("d/.wh..wh..opq")) };

    EXPECT_ORIGIN(before, "d/new", 1);
    EXPECT_ORIGIN(after, "d/new", 1);
}
END_TEST

START_TEST(notes_of_aufs_hide_nothing)
{
    const struct changes layers[] = { LAYER(FILE_("key")),
                                      LAYER(FILE_(".wh..wh.plnk"), FILE_(".wh..wh.aufs")) };

    EXPECT_ORIGIN(layers, "key", 0);
}
END_TEST

START_TEST(hidden_file_may_come_back)
{
    const struct changes layers[] = { LAYER(FILE_("key")), LAYER(FILE_(".wh.key")), LAYER(FILE_("key")),
                                      LAYER(FILE_("other")) };

    EXPECT_ORIGIN(layers, "key", 2);
}
END_TEST

int main(void)
{
    const struct test tests[] = {
        { whiteout_hides_lower_file, 0, 0 },
        { whiteout_of_a_directory_hides_all_in_it, 0, 0 },
        { whiteout_means_the_whole_name, 0, 0 },
        { opaque_directory_hides_what_is_below_it, 0, 0 },
        { opaque_directory_itself_stays, 0, 0 },
        { opaque_root_hides_everything, 0, 0 },
        { file_in_place_of_a_directory_hides_all_in_it, 0, 0 },
        { directory_listed_again_hides_nothing, 0, 0 },
        { own_layer_is_spared_in_any_order, 0, 0 },
        { notes_of_aufs_hide_nothing, 0, 0 },
        { hidden_file_may_come_back, 0, 0 },
    };

    return RUN_EXERCISE(tests);
}
