/* Layers over one another: what each form of packing gives, and what replaces what. */
#include "extracting.h"

/* ---- packing */

static struct str small_tar(void)
{
    struct str tar = { 0 };

    tar_add(&tar, .name = "etc/", .type = '5');
    tar_add(&tar, .name = "etc/motd", .content = "welcome");
    tar_end(&tar);
    return tar;
}

static void expect_packing(enum packing packing)
{
    struct made_image *made = new_image();
    _cleanup_str_ struct str tar = small_tar();

    add_packed(made, packing, tar.text, tar.length);
    expect_extracted(made);
    expect_content(made, "etc/motd", "welcome");
}

START_TEST(plain_layer_is_extracted)
{
    expect_packing(PACK_PLAIN);
}
END_TEST

START_TEST(gzip_layer_is_extracted)
{
    expect_packing(PACK_GZIP);
}
END_TEST

START_TEST(zstd_layer_is_extracted)
{
    expect_packing(PACK_ZSTD);
}
END_TEST

/* A tar packed in two pieces, cut within a header, with TAIL behind them. */
static void expect_pieces(enum packing packing, const char *tail, size_t tail_length)
{
    struct made_image *made = new_image();
    _cleanup_str_ struct str tar = small_tar();
    struct str first = packed(packing, tar.text, 700),
               rest = packed(packing, tar.text + 700, tar.length - 700);
    _cleanup_str_ struct str blob = { 0 };
    char diff_id[DIGEST_SIZE];

    str_add_bytes(&blob, first.text, first.length);
    str_add_bytes(&blob, rest.text, rest.length);
    str_add_bytes(&blob, tail, tail_length);
    digest_of(tar.text, tar.length, diff_id);
    add_blob(made, blob.text, blob.length, diff_id);
    expect_extracted(made);
    expect_content(made, "etc/motd", "welcome");
}

START_TEST(gzip_members_are_one_layer)
{
    expect_pieces(PACK_GZIP, "", 0);
}
END_TEST

START_TEST(zstd_frames_are_one_layer)
{
    expect_pieces(PACK_ZSTD, "", 0);
}
END_TEST

START_TEST(skippable_zstd_frame_is_skipped)
{
    expect_pieces(PACK_ZSTD, "\x50\x2a\x4d\x18\x04\0\0\0toc.", 12);
}
END_TEST

START_TEST(layer_of_two_zero_blocks_is_empty)
{
    struct made_image *made = new_image();
    struct str tar = { 0 };

    add_layer(made, &tar);
    expect_extracted(made);
    expect_names(made, ".", "");
}
END_TEST

START_TEST(layer_without_a_byte_is_empty)
{
    struct made_image *made = new_image();

    add_packed(made, PACK_PLAIN, "", 0);
    expect_extracted(made);
    expect_names(made, ".", "");
}
END_TEST

START_TEST(image_without_layers_is_an_empty_root)
{
    struct made_image *made = new_image();

    expect_extracted(made);
    expect_names(made, ".", "");
}
END_TEST

START_TEST(bytes_behind_the_tar_count_for_the_diff_id)
{
    struct made_image *made = new_image();
    _cleanup_str_ struct str tar = small_tar();

    for (int i = 0; i < 20000; i++)
        str_add(&tar, "padding or garbage ");
    add_packed(made, PACK_GZIP, tar.text, tar.length);
    expect_extracted(made);
    expect_content(made, "etc/motd", "welcome");
}
END_TEST

/* ---- damage */

START_TEST(wrong_diff_id_is_refused)
{
    struct made_image *made = new_image();
    _cleanup_str_ struct str tar = small_tar();
    char diff_id[DIGEST_SIZE];

    digest_of("other", 5, diff_id);
    add_blob(made, tar.text, tar.length, diff_id);
    expect_refused(made, diff_id);
}
END_TEST

static void expect_cut(enum packing packing, size_t cut, const char *text)
{
    struct made_image *made = new_image();
    _cleanup_str_ struct str tar = small_tar();
    struct str blob = packed(packing, tar.text, tar.length);
    char diff_id[DIGEST_SIZE];

    digest_of(tar.text, tar.length, diff_id);
    add_blob(made, blob.text, blob.length - cut, diff_id);
    expect_refused(made, text);
}

START_TEST(gzip_in_gzip_is_refused)
{
    struct made_image *made = new_image();
    _cleanup_str_ struct str tar = small_tar();
    struct str once = packed(PACK_GZIP, tar.text, tar.length);

    add_packed(made, PACK_GZIP, once.text, once.length);
    expect_refused(made, "it is compressed more than once");
}
END_TEST

START_TEST(truncated_gzip_is_refused)
{
    expect_cut(PACK_GZIP, 20, "truncated");
}
END_TEST

START_TEST(truncated_zstd_is_refused)
{
    expect_cut(PACK_ZSTD, 20, "runcated");
}
END_TEST

START_TEST(truncated_contents_are_refused)
{
    expect_cut(PACK_PLAIN, 1024 + 510, "entry \"etc/motd\": read tar: Truncated");
}
END_TEST

START_TEST(layer_that_is_no_tar_is_refused)
{
    struct made_image *made = new_image();
    char page[2000];

    memset(page, '<', sizeof page);
    add_packed(made, PACK_GZIP, page, sizeof page);
    expect_refused(made, "read tar: Unrecognized archive format");
}
END_TEST

START_TEST(size_beyond_the_layer_is_refused)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = "short", .content = "four", .claimed_size = 1 << 20 });
    expect_refused(made, "entry \"short\": read tar: Truncated");
}
END_TEST

START_TEST(damaged_extended_header_is_refused)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = "x", .type = 'x', .content = "99 path=other\n" }, FILE_("file"));
    expect_refused(made, "malformed pax");
}
END_TEST

START_TEST(error_names_layer_and_entry)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("fine"));
    LAYER(made, { .name = "etc/bad", .type = '1', .target = "absent" });
    _cleanup_free_ char *wanted =
        formatted("extract made:latest: layer %.19s: entry \"etc/bad\": hard link to \"absent\": ",
                  made->layers[1].digest);
    expect_refused(made, wanted);
}
END_TEST

/* ---- what replaces what */

START_TEST(later_layer_replaces_file)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = "file", .content = "the old and longer one" });
    LAYER(made, { .name = "file", .content = "new" });
    expect_extracted(made);
    expect_content(made, "file", "new");
}
END_TEST

START_TEST(later_entry_of_a_layer_replaces_earlier)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = "file", .content = "first" }, { .name = "file", .content = "second" });
    expect_extracted(made);
    expect_content(made, "file", "second");
}
END_TEST

START_TEST(file_replaces_full_directory)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("thing/deep/file"));
    LAYER(made, FILE_("thing"));
    expect_extracted(made);
    expect_content(made, "thing", "thing");
}
END_TEST

START_TEST(directory_replaces_file)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("thing"));
    LAYER(made, DIRECTORY_("thing"), FILE_("thing/file"));
    expect_extracted(made);
    expect_content(made, "thing/file", "thing/file");
}
END_TEST

START_TEST(directory_meets_directory_and_both_have_their_files)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("dir/old"));
    LAYER(made, DIRECTORY_("dir"), FILE_("dir/new"));
    expect_extracted(made);
    expect_content(made, "dir/old", "dir/old");
    expect_content(made, "dir/new", "dir/new");
}
END_TEST

START_TEST(directory_replaces_link_and_not_what_it_names)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("usr/lib/old"), SYMLINK_("lib", "usr/lib"));
    LAYER(made, DIRECTORY_("lib"), FILE_("lib/new"));
    expect_extracted(made);
    expect_absent(made, "usr/lib/new");
    expect_absent(made, "lib/old");
    expect_content(made, "lib/new", "lib/new");
}
END_TEST

START_TEST(file_replaces_link_and_not_what_it_names)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("target"), SYMLINK_("name", "target"));
    LAYER(made, { .name = "name", .content = "new" });
    expect_extracted(made);
    expect_content(made, "target", "target");
    expect_content(made, "name", "new");
}
END_TEST

START_TEST(file_does_not_write_through_hard_link)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("a"), HARD_LINK_("b", "a"));
    LAYER(made, { .name = "b", .content = "new" });
    expect_extracted(made);
    expect_content(made, "a", "a");
}
END_TEST

/* Debian's lib -> usr/lib: packages that are older than the link still put their files below lib. */
START_TEST(entry_below_link_goes_to_its_target)
{
    struct made_image *made = new_image();

    LAYER(made, DIRECTORY_("usr/lib"), SYMLINK_("lib", "usr/lib"));
    LAYER(made, FILE_("lib/x.so"));
    expect_extracted(made);
    expect_link(made, "lib", "usr/lib");
    expect_content(made, "usr/lib/x.so", "lib/x.so");
}
END_TEST

START_TEST(entry_below_dangling_link_makes_its_target)
{
    struct made_image *made = new_image();

    LAYER(made, SYMLINK_("var/run", "/run"));
    LAYER(made, FILE_("var/run/lock/pid"));
    expect_extracted(made);
    expect_content(made, "run/lock/pid", "var/run/lock/pid");
}
END_TEST

START_TEST(entry_below_file_is_refused)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("thing"));
    LAYER(made, FILE_("thing/file"));
    expect_refused(made, "entry \"thing/file\"");
}
END_TEST

START_TEST(directory_replaced_by_link_between_its_files_is_left)
{
    struct made_image *made = new_image();

    LAYER(made, DIRECTORY_("other"), FILE_("dir/one"), SYMLINK_("dir", "other"), FILE_("dir/two"));
    expect_extracted(made);
    expect_link(made, "dir", "other");
    expect_content(made, "other/two", "dir/two");
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { plain_layer_is_extracted, 0, 0 },
        { gzip_layer_is_extracted, 0, 0 },
        { zstd_layer_is_extracted, 0, 0 },
        { gzip_members_are_one_layer, 0, 0 },
        { zstd_frames_are_one_layer, 0, 0 },
        { skippable_zstd_frame_is_skipped, 0, 0 },
        { layer_of_two_zero_blocks_is_empty, 0, 0 },
        { layer_without_a_byte_is_empty, 0, 0 },
        { image_without_layers_is_an_empty_root, 0, 0 },
        { bytes_behind_the_tar_count_for_the_diff_id, 0, 0 },
        { wrong_diff_id_is_refused, 0, 0 },
        { gzip_in_gzip_is_refused, 0, 0 },
        { truncated_gzip_is_refused, 0, 0 },
        { truncated_zstd_is_refused, 0, 0 },
        { truncated_contents_are_refused, 0, 0 },
        { layer_that_is_no_tar_is_refused, 0, 0 },
        { size_beyond_the_layer_is_refused, 0, 0 },
        { damaged_extended_header_is_refused, 0, 0 },
        { error_names_layer_and_entry, 0, 0 },
        { later_layer_replaces_file, 0, 0 },
        { later_entry_of_a_layer_replaces_earlier, 0, 0 },
        { file_replaces_full_directory, 0, 0 },
        { directory_replaces_file, 0, 0 },
        { directory_meets_directory_and_both_have_their_files, 0, 0 },
        { directory_replaces_link_and_not_what_it_names, 0, 0 },
        { file_replaces_link_and_not_what_it_names, 0, 0 },
        { file_does_not_write_through_hard_link, 0, 0 },
        { entry_below_link_goes_to_its_target, 0, 0 },
        { entry_below_dangling_link_makes_its_target, 0, 0 },
        { entry_below_file_is_refused, 0, 0 },
        { directory_replaced_by_link_between_its_files_is_left, 0, 0 },
    };

    return RUN_TESTS("extract/layers", tests, argc, argv);
}
