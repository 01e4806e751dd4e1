/* 03.2: layers of a few names each, and where a path comes from. */
#include "exercise.h"

#include "origin.h"

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

#define ORIGIN(layers, path) find_origin(layers, sizeof(layers) / sizeof *(layers), path)

START_TEST(whiteout_hides_lower_file)
{
    const struct changes layers[] = { LAYER(DIR_("etc"), FILE_("etc/key"), FILE_("etc/hosts"),
                                            FILE_("etcxkey")),
                                      LAYER(FILE_("etc/.wh.key")) };

    want_int(ORIGIN(layers, "etc/hosts"), 0);
    want_int(ORIGIN(layers, "etcxkey"), 0);
    want_int(ORIGIN(layers, "etc/key"), -1);
}
END_TEST

START_TEST(whiteout_of_a_directory_hides_all_in_it)
{
    const struct changes layers[] = { LAYER(DIR_("usr"), DIR_("usr/doc"), FILE_("usr/doc/page")),
                                      LAYER(FILE_(".wh.usr")) };

    want_int(ORIGIN(layers, "usr/doc/page"), -1);
}
END_TEST

START_TEST(whiteout_means_the_whole_name)
{
    const struct changes layers[] = { LAYER(FILE_("library"), DIR_("lib64"), FILE_("lib64/file")),
                                      LAYER(FILE_(".wh.lib")) };

    want_int(ORIGIN(layers, "library"), 0);
    want_int(ORIGIN(layers, "lib64/file"), 0);
}
END_TEST

START_TEST(opaque_directory_hides_what_is_below_it)
{
    const struct changes layers[] = { LAYER(DIR_("var"), DIR_("var/log"), FILE_("var/log/old"),
                                            FILE_("variable")),
                                      LAYER(FILE_("var/.wh..wh..opq")) };

    want_int(ORIGIN(layers, "var/log/old"), -1);
    want_int(ORIGIN(layers, "variable"), 0);
}
END_TEST

START_TEST(opaque_directory_itself_stays)
{
    const struct changes layers[] = { LAYER(DIR_("var"), FILE_("var/old")),
                                      LAYER(FILE_("var/.wh..wh..opq")) };

    want_int(ORIGIN(layers, "var"), 0);
}
END_TEST

START_TEST(opaque_root_hides_everything)
{
    const struct changes layers[] = { LAYER(DIR_("etc"), FILE_("etc/hosts")), LAYER(FILE_(".wh..wh..opq")) };

    want_int(ORIGIN(layers, "etc/hosts"), -1);
}
END_TEST

START_TEST(file_in_place_of_a_directory_hides_all_in_it)
{
    const struct changes layers[] = { LAYER(DIR_("run"), FILE_("run/lock"), FILE_("runner")),
                                      LAYER(FILE_("run")) };

    want_int(ORIGIN(layers, "run"), 1);
    want_int(ORIGIN(layers, "runner"), 0);
    want_int(ORIGIN(layers, "run/lock"), -1);
}
END_TEST

START_TEST(directory_listed_again_hides_nothing)
{
    const struct changes layers[] = { LAYER(DIR_("etc"), FILE_("etc/hosts")), LAYER(DIR_("etc")) };

    want_int(ORIGIN(layers, "etc/hosts"), 0);
}
END_TEST

START_TEST(own_layer_is_spared_in_any_order)
{
    const struct changes before[] = { LAYER(FILE_("d/new")),
                                      LAYER(FILE_(".wh.d"), DIR_("d"), FILE_("d/new")) };
    const struct changes after[] = { LAYER(FILE_("d/new")), LAYER(FILE_("d/new"), FILE_("d/.wh..wh..opq")) };

    want_int(ORIGIN(before, "d/new"), 1);
    want_int(ORIGIN(after, "d/new"), 1);
}
END_TEST

START_TEST(notes_of_aufs_hide_nothing)
{
    const struct changes layers[] = { LAYER(FILE_("key")),
                                      LAYER(FILE_(".wh..wh.plnk"), FILE_(".wh..wh.aufs")) };

    want_int(ORIGIN(layers, "key"), 0);
}
END_TEST

START_TEST(hidden_file_may_come_back)
{
    const struct changes layers[] = { LAYER(FILE_("key")), LAYER(FILE_(".wh.key")), LAYER(FILE_("key")),
                                      LAYER(FILE_("other")) };

    want_int(ORIGIN(layers, "key"), 2);
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
