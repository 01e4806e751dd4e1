/* Layers that try to write outside their root. Beside the root lies a canary: expect_extracted and
 * expect_refused both see to it that it stays alone and unharmed. */
#include "extracting.h"

/* ---- by name */

static void expect_name(const char *path, const char *refused)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = path, .content = "evil" });
    if (refused)
        expect_refused(made, refused);
    else
        expect_extracted(made);
}

START_TEST(name_above_the_root_is_refused)
{
    expect_name("../canary", "its name leads out of the root");
}
END_TEST

START_TEST(name_above_the_root_after_going_down_is_refused)
{
    expect_name("a/b/../../../canary", "its name leads out of the root");
}
END_TEST

START_TEST(name_of_dots_only_is_refused)
{
    expect_name("..", "its name leads out of the root");
}
END_TEST

START_TEST(empty_name_is_refused)
{
    expect_name("", "it has no name");
}
END_TEST

START_TEST(absolute_name_starts_at_the_root)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = "//etc//gocker-evil", .content = "x" });
    expect_extracted(made);
    expect_content(made, "etc/gocker-evil", "x");
    ck_assert_msg(access("/etc/gocker-evil", F_OK) < 0, "wanted nothing in the host's /etc");
}
END_TEST

START_TEST(dots_within_the_root_are_resolved)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = "./a/./b/../c", .content = "x" });
    expect_extracted(made);
    expect_content(made, "a/c", "x");
}
END_TEST

/* ---- by links */

static void expect_through(const char *target, const char *wanted)
{
    struct made_image *made = new_image();

    LAYER(made, SYMLINK_("link", target), { .name = "link/evil", .content = "x" });
    expect_extracted(made);
    expect_content(made, wanted, "x");
}

START_TEST(absolute_link_stays_inside)
{
    expect_through("/tmp/../tmp", "tmp/evil");
    ck_assert_msg(access("/tmp/evil", F_OK) < 0, "wanted nothing in the host's /tmp");
}
END_TEST

START_TEST(relative_link_stays_inside)
{
    expect_through("../../../../../../../../..", "evil");
}
END_TEST

START_TEST(link_to_the_canary_is_no_way_to_it)
{
    struct made_image *made = new_image();

    LAYER(made, SYMLINK_("link", "../canary"));
    LAYER(made, { .name = "link", .content = "evil" });
    expect_extracted(made);
    expect_content(made, "link", "evil");
}
END_TEST

START_TEST(link_of_links_stays_inside)
{
    struct made_image *made = new_image();

    LAYER(made, SYMLINK_("a", "b"), SYMLINK_("b", "/c/../../.."), SYMLINK_("c", "."),
          { .name = "a/evil", .content = "x" });
    expect_extracted(made);
}
END_TEST

START_TEST(endless_link_is_refused)
{
    struct made_image *made = new_image();

    LAYER(made, SYMLINK_("a", "b"), SYMLINK_("b", "a"), { .name = "a/evil", .content = "x" });
    expect_refused(made, "entry \"a/evil\"");
}
END_TEST

START_TEST(directory_entry_does_not_follow_link)
{
    struct made_image *made = new_image();

    LAYER(made, SYMLINK_("link", ".."), { .name = "link", .type = '5', .mode = 0711 }, FILE_("link/file"));
    expect_extracted(made);
    ck_assert_msg(S_ISDIR(root_stat(made, "link").st_mode), "wanted a directory in the link's place");
}
END_TEST

/* CVE-2021-29136: the entry for the root itself. */
START_TEST(root_that_is_a_link_is_refused)
{
    struct made_image *made = new_image();

    LAYER(made, SYMLINK_(".", ".."), { .name = "canary", .content = "evil" });
    expect_refused(made, "the root must be a directory");
}
END_TEST

START_TEST(root_that_is_a_file_is_refused)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("."), FILE_("x"));
    expect_refused(made, "the root must be a directory");
}
END_TEST

START_TEST(root_that_is_a_hard_link_is_refused)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("x"), HARD_LINK_("a/..", "x"));
    expect_refused(made, "the root must be a directory");
}
END_TEST

START_TEST(directory_replaced_by_link_while_in_use_is_no_way_out)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("dir/one"), SYMLINK_("dir", ".."), { .name = "dir/canary", .content = "evil" });
    expect_extracted(made);
    expect_content(made, "canary", "evil");
}
END_TEST

START_TEST(directory_replaced_by_whiteout_while_in_use_is_no_way_out)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("dir/old"));
    LAYER(made, FILE_(".wh.dir"), SYMLINK_("dir", ".."), { .name = "dir/canary", .content = "evil" });
    expect_extracted(made);
    expect_content(made, "canary", "evil");
}
END_TEST

START_TEST(times_and_modes_in_the_end_do_not_follow_links)
{
    struct made_image *made = new_image();
    struct stat before, after;

    ck_assert_int_eq(stat(made->place, &before), 0);
    LAYER(made, { .name = "dir", .type = '5', .mode = 0700, .mtime = 1 }, FILE_("dir/x"),
          SYMLINK_("dir", ".."));
    expect_extracted(made);
    ck_assert_int_eq(stat(made->place, &after), 0);
    ck_assert_msg(after.st_mode == before.st_mode && after.st_mtime != 1,
                  "wanted the directory outside to be left alone");
}
END_TEST

/* ---- by hard links */

static void expect_hard_link_refused(const char *target, const char *text)
{
    struct made_image *made = new_image();

    LAYER(made, HARD_LINK_("name", target), { .name = "name", .content = "evil" });
    expect_refused(made, text);
}

START_TEST(hard_link_above_the_root_is_refused)
{
    expect_hard_link_refused("../canary", "leads out of the root");
}
END_TEST

START_TEST(hard_link_to_host_file_is_refused)
{
    expect_hard_link_refused("/etc/passwd", "No such file");
}
END_TEST

START_TEST(hard_link_through_link_stays_inside)
{
    struct made_image *made = new_image();

    LAYER(made, SYMLINK_("up", ".."), HARD_LINK_("name", "up/canary"));
    expect_refused(made, "No such file");
}
END_TEST

START_TEST(hard_link_to_link_does_not_follow_it)
{
    struct made_image *made = new_image();

    LAYER(made, SYMLINK_("link", "../canary"), HARD_LINK_("name", "link"),
          { .name = "name", .content = "evil" });
    expect_extracted(made);
    expect_link(made, "link", "../canary");
}
END_TEST

START_TEST(hard_link_to_root_is_refused)
{
    expect_hard_link_refused(".", "hard link to");
}
END_TEST

START_TEST(hard_link_to_directory_is_refused)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("dir/file"), HARD_LINK_("name", "dir"));
    expect_refused(made, "hard link to \"dir\"");
}
END_TEST

/* ---- by whiteouts */

START_TEST(whiteout_through_link_removes_nothing_outside)
{
    struct made_image *made = new_image();

    LAYER(made, SYMLINK_("up", ".."));
    LAYER(made, FILE_("up/.wh.canary"), FILE_("up/.wh..wh..opq"));
    expect_extracted(made);
}
END_TEST

START_TEST(replaced_directory_with_link_inside_removes_nothing_outside)
{
    struct made_image *made = new_image();

    LAYER(made, SYMLINK_("dir/up", "../.."));
    LAYER(made, FILE_("dir"));
    expect_extracted(made);
}
END_TEST

START_TEST(refused_layer_removes_nothing_outside)
{
    struct made_image *made = new_image();

    LAYER(made, SYMLINK_("up", ".."), SYMLINK_("dir/up", made->place), FILE_("../x"));
    expect_refused(made, "leads out");
}
END_TEST

/* ---- numbers */

START_TEST(device_number_that_would_wrap_is_refused)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = "null", .type = '3', .major = 4097, .minor = 3 });
    expect_refused(made, "4097:3 is no device");
}
END_TEST

START_TEST(negative_owner_is_refused)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = "x", .content = "", .uid = -2 });
    expect_refused(made, "-2:0 is no owner");
}
END_TEST

START_TEST(owner_beyond_32_bits_is_refused)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = "x", .content = "", .gid = 1LL << 32 });
    expect_refused(made, "0:4294967296 is no owner");
}
END_TEST

/* chown(2) would take it for "leave the owner as it is": root. */
START_TEST(owner_minus_one_is_refused)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = "x", .content = "", .uid = 4294967295 });
    expect_refused(made, "4294967295:0 is no owner");
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { name_above_the_root_is_refused, 0, 0 },
        { name_above_the_root_after_going_down_is_refused, 0, 0 },
        { name_of_dots_only_is_refused, 0, 0 },
        { empty_name_is_refused, 0, 0 },
        { absolute_name_starts_at_the_root, 0, 0 },
        { dots_within_the_root_are_resolved, 0, 0 },
        { absolute_link_stays_inside, 0, 0 },
        { relative_link_stays_inside, 0, 0 },
        { link_to_the_canary_is_no_way_to_it, 0, 0 },
        { link_of_links_stays_inside, 0, 0 },
        { endless_link_is_refused, 0, 0 },
        { directory_entry_does_not_follow_link, 0, 0 },
        { root_that_is_a_link_is_refused, 0, 0 },
        { root_that_is_a_file_is_refused, 0, 0 },
        { root_that_is_a_hard_link_is_refused, 0, 0 },
        { directory_replaced_by_link_while_in_use_is_no_way_out, 0, 0 },
        { directory_replaced_by_whiteout_while_in_use_is_no_way_out, 0, 0 },
        { times_and_modes_in_the_end_do_not_follow_links, 0, 0 },
        { hard_link_above_the_root_is_refused, 0, 0 },
        { hard_link_to_host_file_is_refused, 0, 0 },
        { hard_link_through_link_stays_inside, 0, 0 },
        { hard_link_to_link_does_not_follow_it, 0, 0 },
        { hard_link_to_root_is_refused, 0, 0 },
        { hard_link_to_directory_is_refused, 0, 0 },
        { whiteout_through_link_removes_nothing_outside, 0, 0 },
        { replaced_directory_with_link_inside_removes_nothing_outside, 0, 0 },
        { refused_layer_removes_nothing_outside, 0, 0 },
        { device_number_that_would_wrap_is_refused, 0, 0 },
        { negative_owner_is_refused, 0, 0 },
        { owner_beyond_32_bits_is_refused, 0, 0 },
        { owner_minus_one_is_refused, 0, 0 },
    };

    return RUN_TESTS("extract/escapes", tests, argc, argv);
}
