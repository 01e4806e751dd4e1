/* What belongs to a file beside its contents: type, owner, mode, times, holes. */
#include "extracting.h"

#include <sys/sysmacros.h>

static void expect_mode(const struct made_image *made, const char *path, mode_t wanted)
{
    mode_t got = root_stat(made, path).st_mode;

    ck_assert_msg(got == wanted, "wanted %s with mode %o, got %o", path, wanted, got);
}

/* ---- types */

START_TEST(symbolic_link_keeps_its_text)
{
    struct made_image *made = new_image();

    LAYER(made, SYMLINK_("link", "/a//b/../c"));
    expect_extracted(made);
    expect_link(made, "link", "/a//b/../c");
}
END_TEST

START_TEST(named_pipe_is_made)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = "pipe", .type = '6', .mode = 0622 });
    expect_extracted(made);
    expect_mode(made, "pipe", S_IFIFO | 0622);
}
END_TEST

START_TEST(device_nodes_are_made)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = "null", .type = '3', .major = 1, .minor = 3, .mode = 0666 },
          { .name = "disk", .type = '4', .major = 259, .minor = 100000, .mode = 0660 });
    expect_extracted(made);
    expect_mode(made, "null", S_IFCHR | 0666);
    expect_mode(made, "disk", S_IFBLK | 0660);
    ck_assert_uint_eq(root_stat(made, "null").st_rdev, makedev(1, 3));
    ck_assert_uint_eq(root_stat(made, "disk").st_rdev, makedev(259, 100000));
}
END_TEST

START_TEST(hard_links_are_one_file)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("dir/a"), HARD_LINK_("b", "dir/a"), HARD_LINK_("dir/c", "./b"));
    expect_extracted(made);
    ck_assert_uint_eq(root_stat(made, "dir/a").st_ino, root_stat(made, "dir/c").st_ino);
    ck_assert_uint_eq(root_stat(made, "b").st_nlink, 3);
}
END_TEST

START_TEST(hard_link_reaches_into_lower_layer)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("usr/bin/a"), SYMLINK_("bin", "usr/bin"));
    LAYER(made, HARD_LINK_("b", "bin/a"));
    expect_extracted(made);
    ck_assert_uint_eq(root_stat(made, "usr/bin/a").st_ino, root_stat(made, "b").st_ino);
}
END_TEST

START_TEST(hard_link_to_symbolic_link_is_the_link)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("file"), SYMLINK_("link", "file"), HARD_LINK_("name", "link"));
    expect_extracted(made);
    expect_link(made, "name", "file");
}
END_TEST

START_TEST(hard_link_to_itself_stays)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("a"), HARD_LINK_("a", "a"));
    expect_extracted(made);
    expect_content(made, "a", "a");
}
END_TEST

START_TEST(hard_link_replaces_other_file)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("a"), FILE_("b"), HARD_LINK_("b", "a"));
    expect_extracted(made);
    expect_content(made, "b", "a");
}
END_TEST

/* ---- owner and mode */

START_TEST(owners_are_set_by_number)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = "file", .content = "", .uid = 1234, .gid = 4294967294 },
          { .name = "dir", .type = '5', .uid = 4000000000, .gid = 1 },
          { .name = "link", .type = '2', .target = "x", .uid = 5, .gid = 6 });
    expect_extracted(made);
    ck_assert_uint_eq(root_stat(made, "file").st_uid, 1234);
    ck_assert_uint_eq(root_stat(made, "file").st_gid, 4294967294);
    ck_assert_uint_eq(root_stat(made, "dir").st_uid, 4000000000);
    ck_assert_uint_eq(root_stat(made, "link").st_gid, 6);
}
END_TEST

START_TEST(setuid_bits_outlive_the_change_of_owner)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = "su", .content = "", .mode = 06755, .uid = 1, .gid = 2 },
          { .name = "tmp", .type = '5', .mode = 01777 },
          { .name = "mail", .type = '5', .mode = 02775, .gid = 8 });
    expect_extracted(made);
    expect_mode(made, "su", S_IFREG | 06755);
    expect_mode(made, "tmp", S_IFDIR | 01777);
    expect_mode(made, "mail", S_IFDIR | 02775);
}
END_TEST

START_TEST(umask_does_not_count)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = "file", .content = "", .mode = 0666 }, { .name = "dir", .type = '5', .mode = 0777 },
          { .name = "pipe", .type = '6', .mode = 0666 }, FILE_("implied/file"));
    umask(077);
    expect_extracted(made);
    umask(022);
    expect_mode(made, "file", S_IFREG | 0666);
    expect_mode(made, "dir", S_IFDIR | 0777);
    expect_mode(made, "pipe", S_IFIFO | 0666);
    expect_mode(made, "implied", S_IFDIR | 0755);
    expect_mode(made, ".", S_IFDIR | 0755);
}
END_TEST

START_TEST(group_of_setgid_directory_is_not_inherited)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = "dir", .type = '5', .mode = 02755, .gid = 9 }, FILE_("dir/file"),
          DIRECTORY_("dir/sub"));
    expect_extracted(made);
    ck_assert_uint_eq(root_stat(made, "dir/file").st_gid, 0);
    expect_mode(made, "dir/sub", S_IFDIR | 0755);
}
END_TEST

START_TEST(directory_that_nobody_may_enter_is_filled)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = "dir", .type = '5', .mode = TAR_MODE_NONE }, FILE_("dir/file"));
    expect_extracted(made);
    expect_mode(made, "dir", S_IFDIR);
    expect_content(made, "dir/file", "dir/file");
}
END_TEST

START_TEST(directory_listed_again_is_as_listed_last)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = "dir", .type = '5', .mode = 0700, .uid = 7, .mtime = 100 }, FILE_("dir/x"));
    LAYER(made, { .name = "dir/", .type = '5', .mode = 0751, .uid = 8, .mtime = 200 });
    expect_extracted(made);
    expect_mode(made, "dir", S_IFDIR | 0751);
    ck_assert_uint_eq(root_stat(made, "dir").st_uid, 8);
    ck_assert_int_eq(root_stat(made, "dir").st_mtime, 200);
}
END_TEST

START_TEST(root_gets_what_its_entry_says)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = "./", .type = '5', .mode = 0711, .uid = 3, .mtime = 12345 }, FILE_("./x"));
    expect_extracted(made);
    expect_mode(made, ".", S_IFDIR | 0711);
    ck_assert_uint_eq(root_stat(made, ".").st_uid, 3);
    ck_assert_int_eq(root_stat(made, ".").st_mtime, 12345);
}
END_TEST

/* ---- times */

START_TEST(times_are_set_to_the_nanosecond)
{
    struct made_image *made = new_image();
    struct stat file, link;

    LAYER(made, { .name = "file", .content = "x", .pax = PAX("mtime=1234567890.123456789", "atime=77.5") },
          { .name = "link", .type = '2', .target = "absent", .pax = PAX("mtime=-5") });
    expect_extracted(made);
    file = root_stat(made, "file");
    link = root_stat(made, "link");
    ck_assert_int_eq(file.st_mtim.tv_sec, 1234567890);
    ck_assert_int_eq(file.st_mtim.tv_nsec, 123456789);
    ck_assert_int_eq(file.st_atim.tv_sec, 77);
    ck_assert_int_eq(link.st_mtim.tv_sec, -5);
}
END_TEST

START_TEST(directory_keeps_its_times_when_files_come)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = "dir", .type = '5', .mtime = 1000 }, FILE_("dir/file"),
          { .name = "dir/sub", .type = '5', .mtime = 2000 }, FILE_("dir/sub/file"));
    LAYER(made, FILE_("dir/other"), FILE_("dir/.wh.file"));
    expect_extracted(made);
    ck_assert_int_eq(root_stat(made, "dir").st_mtime, 1000);
    ck_assert_int_eq(root_stat(made, "dir/sub").st_mtime, 2000);
}
END_TEST

/* The inode of the first one is likely to be used again for the second. */
START_TEST(directory_made_anew_does_not_get_the_old_times)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = "dir", .type = '5', .mtime = 1000, .mode = 0700 });
    LAYER(made, FILE_(".wh.dir"));
    LAYER(made, FILE_("dir/file"));
    expect_extracted(made);
    ck_assert_int_ne(root_stat(made, "dir").st_mtime, 1000);
    expect_mode(made, "dir", S_IFDIR | 0755);
}
END_TEST

/* ---- holes */

START_TEST(holes_stay_holes)
{
    struct made_image *made = new_image();
    struct stat found;
    char content[2048] = "2\n0\n4\n1073741820\n4\n"; /* map of GNU sparse 1.0: two pieces of four bytes */

    memcpy(content + 512, "headtail", 8);
    LAYER(made, { .name = "GNUSparseFile.0/disk",
                  .content = content,
                  .size = 520,
                  .pax = PAX("GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.name=disk",
                             "GNU.sparse.realsize=1073741824") });
    expect_extracted(made);
    found = root_stat(made, "disk");
    ck_assert_int_eq(found.st_size, 1 << 30);
    ck_assert_msg(found.st_blocks < 64, "wanted two blocks or so, got %lld", (long long)found.st_blocks);
    _cleanup_free_ char *path = formatted("%s/disk", made->root);
    ck_assert_str_eq(RUN("tail", "-c", "4", path).out, "tail");
}
END_TEST

START_TEST(hole_at_the_end_counts_for_the_size)
{
    struct made_image *made = new_image();

    LAYER(made,
          { .name = "disk", .content = "head", .pax = PAX("GNU.sparse.size=100000", "GNU.sparse.map=0,4") });
    expect_extracted(made);
    ck_assert_int_eq(root_stat(made, "disk").st_size, 100000);
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { symbolic_link_keeps_its_text, 0, 0 },
        { named_pipe_is_made, 0, 0 },
        { device_nodes_are_made, NEED_ROOT, 0 },
        { hard_links_are_one_file, 0, 0 },
        { hard_link_reaches_into_lower_layer, 0, 0 },
        { hard_link_to_symbolic_link_is_the_link, 0, 0 },
        { hard_link_to_itself_stays, 0, 0 },
        { hard_link_replaces_other_file, 0, 0 },
        { owners_are_set_by_number, NEED_ROOT, 0 },
        { setuid_bits_outlive_the_change_of_owner, NEED_ROOT, 0 },
        { umask_does_not_count, 0, 0 },
        { group_of_setgid_directory_is_not_inherited, NEED_ROOT, 0 },
        { directory_that_nobody_may_enter_is_filled, NEED_ROOT, 0 },
        { directory_listed_again_is_as_listed_last, NEED_ROOT, 0 },
        { root_gets_what_its_entry_says, NEED_ROOT, 0 },
        { times_are_set_to_the_nanosecond, 0, 0 },
        { directory_keeps_its_times_when_files_come, 0, 0 },
        { directory_made_anew_does_not_get_the_old_times, 0, 0 },
        { holes_stay_holes, 0, 0 },
        { hole_at_the_end_counts_for_the_size, 0, 0 },
    };

    return RUN_TESTS("extract/metadata", tests, argc, argv);
}
