/* Where a root may be made, and what is left of it after a failure. */
#include "extracting.h"
#include "process.h"

#include <errno.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/prctl.h>

/* An image of one file, and one that fails behind its first file. */
static struct made_image *good_image(void)
{
    struct made_image *made = new_image();

    LAYER(made, FILE_("dir/file"));
    return made;
}

static struct made_image *bad_image(void)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = ".", .type = '5', .mode = 0711, .uid = 5 }, FILE_("dir/file"), SYMLINK_("up", ".."),
          FILE_("../x"));
    return made;
}

static int extract_to(const struct made_image *made, const char *path, struct error *err)
{
    return rootfs_extract(&made->store, &made->image, path, 0, err);
}

START_TEST(empty_directory_is_filled)
{
    struct made_image *made = good_image();
    struct stat before;

    ck_assert_int_eq(mkdir(made->root, 0700), 0);
    before = root_stat(made, "");
    expect_extracted(made);
    expect_content(made, "dir/file", "dir/file");
    ck_assert_uint_eq(root_stat(made, "").st_ino, before.st_ino);
    ck_assert_msg(root_stat(made, "").st_mode == (S_IFDIR | 0755),
                  "wanted a root that others can enter, got %o", root_stat(made, "").st_mode);
}
END_TEST

START_TEST(failure_leaves_empty_directory_as_it_was)
{
    struct made_image *made = bad_image();
    struct error err;
    struct stat before, after;

    ck_assert_int_eq(mkdir(made->root, 02750), 0);
    ck_assert_int_eq(chmod(made->root, 02750), 0);
    before = root_stat(made, "");
    ck_assert_msg(extract_to(made, made->root, &err) < 0, "wanted it to fail");
    after = root_stat(made, "");
    expect_names(made, "", "");
    ck_assert_msg(after.st_mode == before.st_mode && after.st_uid == before.st_uid &&
                      after.st_gid == before.st_gid && after.st_mtim.tv_sec == before.st_mtim.tv_sec &&
                      after.st_mtim.tv_nsec == before.st_mtim.tv_nsec,
                  "wanted mode, owner and time as before");
    expect_nothing_outside(made);
}
END_TEST

START_TEST(directory_with_a_file_is_refused_and_left_alone)
{
    struct made_image *made = good_image();
    struct error err;

    put_file(made->place, "root/.hidden", "mine");
    ck_assert_msg(extract_to(made, made->root, &err) < 0, "wanted it refused");
    ck_assert_contains(err.text, "is not empty (it has \".hidden\"): name an empty directory");
    expect_names(made, "", ".hidden\n");
}
END_TEST

START_TEST(file_is_refused)
{
    struct made_image *made = good_image();
    struct error err;

    put_file(made->place, "root", "");
    ck_assert_msg(extract_to(made, made->root, &err) < 0, "wanted it refused");
    ck_assert_int_eq(err.number, ENOTDIR);
}
END_TEST

START_TEST(link_to_empty_directory_is_followed)
{
    struct made_image *made = good_image();
    const char *other = scratch();
    struct error err;

    ck_assert_int_eq(symlink(other, made->root), 0);
    ck_assert_msg(extract_to(made, made->root, &err) == 0, "%s", err.text);
    ck_assert_str_eq(get_file(other, "dir/file"), "dir/file");
}
END_TEST

START_TEST(link_to_nothing_is_refused)
{
    struct made_image *made = good_image();
    struct error err;

    ck_assert_int_eq(symlink("absent", made->root), 0);
    ck_assert_msg(extract_to(made, made->root, &err) < 0, "wanted it refused");
    ck_assert_contains(err.text, "is a link to nothing");
}
END_TEST

START_TEST(directory_in_a_missing_one_is_refused)
{
    struct made_image *made = good_image();
    _cleanup_free_ char *path = formatted("%s/absent/root", made->place);
    struct error err;

    ck_assert_msg(extract_to(made, path, &err) < 0, "wanted it refused");
    ck_assert_contains(err.text, "where root is to be made: No such file or directory");
    expect_nothing_outside(made);
}
END_TEST

START_TEST(slashes_at_the_end_do_not_count)
{
    struct made_image *made = good_image();
    _cleanup_free_ char *path = formatted("%s//", made->root);
    struct error err;

    ck_assert_msg(extract_to(made, path, &err) == 0, "%s", err.text);
    expect_content(made, "dir/file", "dir/file");
}
END_TEST

START_TEST(name_without_a_directory_is_in_this_one)
{
    struct made_image *made = good_image();
    struct error err;

    ck_assert_int_eq(chdir(made->place), 0);
    ck_assert_msg(extract_to(made, "root", &err) == 0, "%s", err.text);
    expect_content(made, "dir/file", "dir/file");
}
END_TEST

START_TEST(mount_point_is_filled)
{
    struct made_image *made = good_image();
    bool there;

    ck_assert_int_eq(mkdir(made->root, 0755), 0);
    ck_assert_msg(mount("tmpfs", made->root, "tmpfs", 0, NULL) == 0, "mount: %m");
    expect_extracted(made);
    there = root_there(made, "dir/file");
    ck_assert_int_eq(umount2(made->root, 0), 0);
    ck_assert_msg(there && !root_there(made, "dir"), "wanted the file in what is mounted");
}
END_TEST

START_TEST(signal_leaves_nothing_behind)
{
    struct made_image *made = good_image();

    interrupt_catch();
    raise(SIGTERM);
    expect_refused(made, "interrupted by SIGTERM");
}
END_TEST

START_TEST(missing_blob_leaves_nothing_behind)
{
    struct made_image *made = good_image();

    made->layers[0].digest[20] ^= 1;
    expect_refused(made, "blobs/sha256/");
}
END_TEST

/* ---- what a killed one left */

static void leave(const struct made_image *made, const char *name)
{
    _cleanup_free_ char *path = formatted("%s/deep/file", name);

    put_file(made->place, path, "x");
}

START_TEST(what_a_killed_one_left_is_removed)
{
    struct made_image *made = good_image();

    leave(made, ".gocker-extract-00000000");
    expect_extracted(made); /* and nothing but the root and the canary is there */
}
END_TEST

START_TEST(what_another_one_is_making_stays)
{
    struct made_image *made = good_image();
    _cleanup_free_ char *path = formatted("%s/.gocker-extract-00000000", made->place);
    struct error err;

    leave(made, ".gocker-extract-00000000");
    _cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ck_assert_int_eq(flock(fd, LOCK_EX), 0);
    ck_assert_msg(extract_to(made, made->root, &err) == 0, "%s", err.text);
    ck_assert_str_eq(get_file(path, "deep/file"), "x");
}
END_TEST

/* ---- as an ordinary user */

/* From here on the test's process is nobody, and the place theirs. What is warned of, check_command.c reads. A
 * process that changed its user cannot be looked into, which the leak checker does; prctl(2). */
static void become_nobody(const struct made_image *made)
{
    _cleanup_close_ int null_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

    ck_assert_int_eq(dup2(null_fd, STDERR_FILENO), STDERR_FILENO);
    ck_assert_int_eq(chown(made->place, 65534, 65534), 0);
    ck_assert_int_eq(setresgid(65534, 65534, 65534), 0);
    ck_assert_int_eq(setresuid(65534, 65534, 65534), 0);
    ck_assert_int_eq(prctl(PR_SET_DUMPABLE, 1), 0);
}

START_TEST(what_an_ordinary_user_may_not_do_is_left_out)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = "su", .content = "x", .mode = 04755 },
          { .name = "null", .type = '3', .major = 1, .minor = 3 },
          { .name = "mine", .content = "", .uid = 65534, .gid = 65534, .mode = 04711 });
    become_nobody(made);
    expect_extracted(made);
    expect_absent(made, "null");
    ck_assert_uint_eq(root_stat(made, "su").st_uid, 65534);
    ck_assert_msg((root_stat(made, "su").st_mode & 07777) == 0755, "wanted no setuid bit for another owner");
    ck_assert_msg((root_stat(made, "mine").st_mode & 07777) == 04711, "wanted the setuid bit of an own file");
}
END_TEST

START_TEST(read_only_directories_are_filled_by_an_ordinary_user)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = ".", .type = '5', .mode = 0555 }, { .name = "bin", .type = '5', .mode = 0555 },
          { .name = "bin/sh", .content = "old", .mode = 0555 });
    LAYER(made, { .name = "bin/sh", .content = "new", .mode = 0555, .pax = PAX("SCHILY.xattr.user.x=1") },
          { .name = "bin/.wh.absent", .content = "" },
          { .name = "secret", .type = '5', .mode = 0300, .mtime = 9 });
    become_nobody(made);
    expect_extracted(made);
    expect_content(made, "bin/sh", "new");
    ck_assert_uint_eq(root_stat(made, ".").st_mode, S_IFDIR | 0555);
    ck_assert_uint_eq(root_stat(made, "bin").st_mode, S_IFDIR | 0555);
    ck_assert_uint_eq(root_stat(made, "secret").st_mode, S_IFDIR | 0300);
    ck_assert_int_eq(root_stat(made, "secret").st_mtime, 9);
}
END_TEST

START_TEST(failure_of_an_ordinary_user_leaves_nothing)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = "a", .type = '5', .mode = TAR_MODE_NONE }, FILE_("a/b"), FILE_("../x"));
    become_nobody(made);
    expect_refused(made, "leads out");
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { empty_directory_is_filled, 0, 0 },
        { failure_leaves_empty_directory_as_it_was, 0, 0 },
        { directory_with_a_file_is_refused_and_left_alone, 0, 0 },
        { file_is_refused, 0, 0 },
        { link_to_empty_directory_is_followed, 0, 0 },
        { link_to_nothing_is_refused, 0, 0 },
        { directory_in_a_missing_one_is_refused, 0, 0 },
        { slashes_at_the_end_do_not_count, 0, 0 },
        { name_without_a_directory_is_in_this_one, 0, 0 },
        { mount_point_is_filled, NEED_ROOT, 0 },
        { signal_leaves_nothing_behind, 0, 0 },
        { missing_blob_leaves_nothing_behind, 0, 0 },
        { what_a_killed_one_left_is_removed, 0, 0 },
        { what_another_one_is_making_stays, 0, 0 },
        { what_an_ordinary_user_may_not_do_is_left_out, NEED_USER, 0 },
        { read_only_directories_are_filled_by_an_ordinary_user, NEED_USER, 0 },
        { failure_of_an_ordinary_user_leaves_nothing, NEED_USER, 0 },
    };

    return RUN_TESTS("extract/places", tests, argc, argv);
}
