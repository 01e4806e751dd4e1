/* Whiteouts hide what lower layers brought, and only that, in whatever order their layer lists them. */
#include "extracting.h"

START_TEST(whiteout_hides_lower_file)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("dir/gone"), FILE_("dir/stays"));
    LAYER(made, FILE_("dir/.wh.gone"));
    expect_extracted(made);
    expect_names(made, "dir", "stays\n");
}
END_TEST

START_TEST(whiteout_hides_full_directory)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("dir/a/b/c"), FILE_("dir/d"));
    LAYER(made, FILE_(".wh.dir"));
    expect_extracted(made);
    expect_absent(made, "dir");
}
END_TEST

START_TEST(whiteout_hides_link_and_not_what_it_names)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("target/file"), SYMLINK_("link", "target"));
    LAYER(made, FILE_(".wh.link"));
    expect_extracted(made);
    expect_absent(made, "link");
    expect_content(made, "target/file", "target/file");
}
END_TEST

START_TEST(whiteout_of_nothing_is_no_error)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("dir/stays"));
    LAYER(made, FILE_("dir/.wh.absent"));
    expect_extracted(made);
    expect_names(made, "dir", "stays\n");
}
END_TEST

START_TEST(whiteout_before_its_replacement_spares_that)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("dir/old"));
    LAYER(made, FILE_(".wh.dir"), FILE_("dir/new"));
    expect_extracted(made);
    expect_absent(made, "dir/old");
    expect_content(made, "dir/new", "dir/new");
}
END_TEST

START_TEST(whiteout_behind_its_replacement_spares_that)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("dir/old"), FILE_("dir/sub/old"));
    LAYER(made, FILE_("dir/new"), FILE_("dir/sub/deep/new"), FILE_(".wh.dir"));
    expect_extracted(made);
    expect_absent(made, "dir/old");
    expect_absent(made, "dir/sub/old");
    expect_content(made, "dir/new", "dir/new");
    expect_content(made, "dir/sub/deep/new", "dir/sub/deep/new");
}
END_TEST

START_TEST(whiteout_behind_the_file_of_its_name_spares_that)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = "file", .content = "old" });
    LAYER(made, { .name = "file", .content = "new" }, FILE_(".wh.file"));
    expect_extracted(made);
    expect_content(made, "file", "new");
}
END_TEST

START_TEST(whiteout_spares_empty_directory_of_its_layer)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("dir/old"));
    LAYER(made, DIRECTORY_("dir"), FILE_(".wh.dir"));
    expect_extracted(made);
    expect_names(made, "dir", "");
}
END_TEST

START_TEST(opaque_whiteout_hides_all_below)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("dir/a"), FILE_("dir/sub/b"), FILE_("beside"));
    LAYER(made, DIRECTORY_("dir"), FILE_("dir/.wh..wh..opq"), FILE_("dir/new"));
    expect_extracted(made);
    expect_names(made, "dir", "new\n");
    expect_content(made, "beside", "beside");
}
END_TEST

START_TEST(opaque_whiteout_in_the_end_hides_the_same)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("dir/a"), FILE_("dir/sub/b"));
    LAYER(made, FILE_("dir/new"), FILE_("dir/sub/new"), FILE_("dir/.wh..wh..opq"));
    expect_extracted(made);
    expect_names(made, "dir", "new\nsub\n");
    expect_names(made, "dir/sub", "new\n");
}
END_TEST

START_TEST(opaque_root_hides_all_lower_layers)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("a/b"), FILE_("c"));
    LAYER(made, FILE_("new"), FILE_(".wh..wh..opq"));
    expect_extracted(made);
    expect_names(made, ".", "new\n");
}
END_TEST

/* The next layer's whiteouts see this layer's files as lower ones. */
START_TEST(whiteout_hides_file_of_the_layer_just_below)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("a"));
    LAYER(made, FILE_("b"));
    LAYER(made, FILE_(".wh.b"), FILE_(".wh.a"));
    LAYER(made, FILE_("a"));
    expect_extracted(made);
    expect_names(made, ".", "a\n");
}
END_TEST

START_TEST(whiteout_spares_new_name_of_lower_file)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("old"));
    LAYER(made, HARD_LINK_("new", "old"), FILE_(".wh.new"), FILE_(".wh.old"));
    expect_extracted(made);
    expect_absent(made, "old");
    expect_content(made, "new", "old");
}
END_TEST

START_TEST(whiteout_below_link_hides_in_its_target)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("usr/lib/gone"), FILE_("usr/lib/stays"), SYMLINK_("lib", "usr/lib"));
    LAYER(made, FILE_("lib/.wh.gone"));
    expect_extracted(made);
    expect_names(made, "usr/lib", "stays\n");
}
END_TEST

START_TEST(files_of_aufs_are_ignored)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("a"));
    LAYER(made, FILE_(".wh..wh.aufs"), DIRECTORY_(".wh..wh.plnk/"), FILE_(".wh..wh.plnk/12.34"),
          FILE_(".wh..wh.orph"));
    expect_extracted(made);
    expect_names(made, ".", "a\n");
}
END_TEST

START_TEST(deep_lower_directory_is_hidden)
{
    struct made_image *made = new_image();
    _cleanup_str_ struct str path = { 0 };

    str_add(&path, "top");
    for (int depth = 0; depth < 1500; depth++)
        str_add(&path, "/d");
    LAYER(made, { .name = path.text, .type = '5' });
    LAYER(made, FILE_(".wh.top"));
    expect_extracted(made);
    expect_absent(made, "top");
}
END_TEST

/* Listing the directory for each would take half a minute. */
START_TEST(many_whiteouts_of_one_directory_list_it_once)
{
    struct made_image *made = new_image();
    struct str tar = { 0 };

    for (int i = 0; i < 5000; i++) {
        _cleanup_free_ char *name = formatted("dir/%d", i);

        tar_add(&tar, .name = name);
    }
    for (int i = 0; i < 5000; i++) {
        tar_add(&tar, .name = "dir/.wh..wh..opq");
        tar_add(&tar, .name = ".wh.dir");
    }
    add_layer(made, &tar);
    expect_extracted(made);
    expect_content(made, "dir/4999", "");
}
END_TEST

/* ---- what is no whiteout */

static void expect_no_whiteout(const char *path, const char *text)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("dir/file"));
    LAYER(made, { .name = path, .content = "" });
    expect_refused(made, text);
}

START_TEST(whiteout_without_a_name_is_refused)
{
    expect_no_whiteout("dir/.wh.", "a whiteout must name a file");
}
END_TEST

START_TEST(whiteout_of_its_directory_is_refused)
{
    expect_no_whiteout("dir/.wh..", "a whiteout must name a file");
}
END_TEST

START_TEST(whiteout_of_the_directory_above_is_refused)
{
    expect_no_whiteout("dir/.wh...", "a whiteout must name a file");
}
END_TEST

START_TEST(path_through_whiteout_is_refused)
{
    expect_no_whiteout("dir/.wh.file/x", "a whiteout is no directory");
}
END_TEST

START_TEST(whiteout_device_of_overlayfs_is_refused)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = "file", .type = '3' });
    expect_refused(made, "character device 0:0");
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { whiteout_hides_lower_file, 0, 0 },
        { whiteout_hides_full_directory, 0, 0 },
        { whiteout_hides_link_and_not_what_it_names, 0, 0 },
        { whiteout_of_nothing_is_no_error, 0, 0 },
        { whiteout_before_its_replacement_spares_that, 0, 0 },
        { whiteout_behind_its_replacement_spares_that, 0, 0 },
        { whiteout_behind_the_file_of_its_name_spares_that, 0, 0 },
        { whiteout_spares_empty_directory_of_its_layer, 0, 0 },
        { opaque_whiteout_hides_all_below, 0, 0 },
        { opaque_whiteout_in_the_end_hides_the_same, 0, 0 },
        { opaque_root_hides_all_lower_layers, 0, 0 },
        { whiteout_hides_file_of_the_layer_just_below, 0, 0 },
        { whiteout_spares_new_name_of_lower_file, 0, 0 },
        { whiteout_below_link_hides_in_its_target, 0, 0 },
        { files_of_aufs_are_ignored, 0, 0 },
        { deep_lower_directory_is_hidden, 0, 0 },
        { many_whiteouts_of_one_directory_list_it_once, 0, 10 },
        { whiteout_without_a_name_is_refused, 0, 0 },
        { whiteout_of_its_directory_is_refused, 0, 0 },
        { whiteout_of_the_directory_above_is_refused, 0, 0 },
        { path_through_whiteout_is_refused, 0, 0 },
        { whiteout_device_of_overlayfs_is_refused, 0, 0 },
    };

    return RUN_TESTS("extract/whiteouts", tests, argc, argv);
}
