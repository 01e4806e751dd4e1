/* Names as they are in real archives: long, not ASCII, not even text. */
#include "extracting.h"

static char *repeated(const char *text, int times)
{
    struct str s = { 0 };

    for (int i = 0; i < times; i++)
        str_add(&s, text);
    return str_take(&s);
}

static void expect_file_named(const char *name, const char *const *pax)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = pax ? "short" : name, .content = "x", .pax = pax });
    expect_extracted(made);
    expect_content(made, name, "x");
}

START_TEST(name_of_gnu_longlink_is_taken_whole)
{
    _cleanup_free_ char *name = repeated("a/long/way/down/", 100);
    _cleanup_free_ char *file = formatted("%sfile", name);

    expect_file_named(file, NULL);
}
END_TEST

START_TEST(name_of_pax_header_is_taken_whole)
{
    _cleanup_free_ char *way = repeated("0123456789/", 200), *name = formatted("%sfile", way),
                        *record = formatted("path=%s", name);

    expect_file_named(name, PAX(record));
}
END_TEST

START_TEST(name_of_255_bytes_is_made)
{
    _cleanup_free_ char *name = repeated("xxxxx", 51);

    expect_file_named(name, NULL);
}
END_TEST

START_TEST(name_of_256_bytes_is_refused)
{
    struct made_image *made = new_image();
    _cleanup_free_ char *path = repeated("xxxxxxxx", 32);

    LAYER(made, { .name = path, .content = "" });
    expect_refused(made, "make it: File name too long");
}
END_TEST

START_TEST(path_beyond_path_max_is_refused)
{
    struct made_image *made = new_image();
    _cleanup_free_ char *path = repeated("d/", 2500);

    LAYER(made, { .name = path, .type = '5' });
    expect_refused(made, "a path of 4999 bytes: File name too long");
}
END_TEST

START_TEST(long_link_target_is_kept)
{
    struct made_image *made = new_image();
    _cleanup_free_ char *target = repeated("up/and/", 500);

    LAYER(made, { .name = "link", .type = '2', .target = target });
    expect_extracted(made);
    expect_link(made, "link", target);
}
END_TEST

START_TEST(pax_name_in_utf8_keeps_its_bytes)
{
    expect_file_named("caf\xc3\xa9/\xe6\x97\xa5\xe6\x9c\xac",
                      PAX("path=caf\xc3\xa9/\xe6\x97\xa5\xe6\x9c\xac"));
}
END_TEST

START_TEST(name_that_is_not_utf8_keeps_its_bytes)
{
    expect_file_named("caf\xe9 \xff\xfe", NULL);
}
END_TEST

START_TEST(pax_name_that_is_not_utf8_keeps_its_bytes)
{
    expect_file_named("caf\xe9 \xff\xfe", PAX("hdrcharset=BINARY", "path=caf\xe9 \xff\xfe"));
}
END_TEST

START_TEST(links_to_names_that_are_not_ascii_keep_their_bytes)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = "n", .content = "x", .pax = PAX("path=\xc3\xa9") },
          { .name = "hard", .type = '1', .target = "n", .pax = PAX("linkpath=\xc3\xa9") },
          { .name = "soft", .type = '2', .target = "n", .pax = PAX("linkpath=\xc3\xa9\xff") });
    expect_extracted(made);
    expect_content(made, "hard", "x");
    expect_link(made, "soft", "\xc3\xa9\xff");
}
END_TEST

START_TEST(control_bytes_in_names_are_kept)
{
    expect_file_named("a\nb\tc\x1b[31m", NULL);
}
END_TEST

START_TEST(name_with_blanks_and_quotes_is_kept)
{
    expect_file_named(" - \"$(x)' ", NULL);
}
END_TEST

START_TEST(dot_slash_before_names_is_nothing)
{
    struct made_image *made = new_image();

    LAYER(made, DIRECTORY_("./"), DIRECTORY_("./etc/"), { .name = "./etc/./motd", .content = "x" },
          { .name = "./etc/.wh.motd", .content = "" }, HARD_LINK_("./b", "./etc/motd"));
    expect_extracted(made);
    expect_content(made, "etc/motd", "x");
    expect_content(made, "b", "x");
}
END_TEST

START_TEST(directory_in_the_old_way_is_one)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = "dir/" }); /* a regular file, says its type; before 1988 only the slash told */
    expect_extracted(made);
    ck_assert_msg(S_ISDIR(root_stat(made, "dir").st_mode), "wanted a directory");
}
END_TEST

START_TEST(long_name_in_an_error_leaves_room_for_the_reason)
{
    struct made_image *made = new_image();
    _cleanup_free_ char *name = repeated("0123456789/", 300);
    _cleanup_free_ char *link = formatted("%slink", name);

    LAYER(made, { .name = link, .type = '1', .target = "absent" });
    expect_refused(made, "...\": hard link to \"absent\": No such file");
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { name_of_gnu_longlink_is_taken_whole, 0, 0 },
        { name_of_pax_header_is_taken_whole, 0, 0 },
        { name_of_255_bytes_is_made, 0, 0 },
        { name_of_256_bytes_is_refused, 0, 0 },
        { path_beyond_path_max_is_refused, 0, 0 },
        { long_link_target_is_kept, 0, 0 },
        { pax_name_in_utf8_keeps_its_bytes, 0, 0 },
        { name_that_is_not_utf8_keeps_its_bytes, 0, 0 },
        { pax_name_that_is_not_utf8_keeps_its_bytes, 0, 0 },
        { links_to_names_that_are_not_ascii_keep_their_bytes, 0, 0 },
        { control_bytes_in_names_are_kept, 0, 0 },
        { name_with_blanks_and_quotes_is_kept, 0, 0 },
        { dot_slash_before_names_is_nothing, 0, 0 },
        { directory_in_the_old_way_is_one, 0, 0 },
        { long_name_in_an_error_leaves_room_for_the_reason, 0, 0 },
    };

    return RUN_TESTS("extract/names", tests, argc, argv);
}
