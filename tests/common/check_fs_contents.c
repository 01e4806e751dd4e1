/* Files read whole, written whole, copied; and where gocker keeps its own. */
#include "fs.h"
#include "testing.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static int open_dir(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    ck_assert_msg(fd >= 0, "open %s: %m", path);
    return fd;
}

START_TEST(atomic_write_replaces_link_not_its_target)
{
    const char *path = scratch();
    _cleanup_close_ int root = open_dir(path);
    struct error err;

    put_file(path, "target", "old");
    ck_assert_int_eq(symlinkat("target", root, "name"), 0);
    ck_assert_msg(write_file_atomic(root, "name", "new", 3, 0644, &err) == 0, "%s", err.text);
    ck_assert_str_eq(get_file(path, "name"), "new");
    ck_assert_str_eq(get_file(path, "target"), "old");
}
END_TEST

START_TEST(failed_atomic_write_leaves_nothing)
{
    const char *path = scratch();
    _cleanup_close_ int root = open_dir(path);
    struct error err;

    mkdirat(root, "name", 0755); /* no file can take its place */
    ck_assert_msg(write_file_atomic(root, "name", "new", 3, 0644, &err) < 0, "wanted a failure");
    ck_assert_str_eq(RUN("ls", "-A", path).out, "name\n");
}
END_TEST

START_TEST(file_beyond_the_limit_is_refused)
{
    const char *path = scratch();
    _cleanup_close_ int root = open_dir(path);
    _cleanup_str_ struct str text = { 0 };
    struct error err = { 0 };

    put_file(path, "file", "12345");
    ck_assert_msg(read_file(root, "file", 5, &text, &err) == 0, "%s", err.text);
    ck_assert_str_eq(text.text, "12345");
    ck_assert_int_eq(read_file(root, "file", 4, &text, &err), -1);
    ck_assert_msg(err.number == EFBIG, "wanted EFBIG, got %s", err.text);
}
END_TEST

START_TEST(copy_begins_at_the_current_position)
{
    const char *path = scratch();
    _cleanup_close_ int root = open_dir(path);
    struct error err;

    put_file(path, "from", "0123456789");
    _cleanup_close_ int from = openat(root, "from", O_RDONLY | O_CLOEXEC);
    _cleanup_close_ int to = openat(root, "to", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

    lseek(from, 4, SEEK_SET);
    ck_assert_msg(copy_contents(from, to, &err) == 0, "%s", err.text);
    ck_assert_str_eq(get_file(path, "to"), "456789");
}
END_TEST

START_TEST(file_that_says_it_is_empty_is_copied)
{
    const char *path = scratch();
    _cleanup_close_ int root = open_dir(path);
    _cleanup_close_ int from = open("/proc/version", O_RDONLY | O_CLOEXEC);
    _cleanup_close_ int to = openat(root, "to", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    struct error err;

    ck_assert_msg(copy_contents(from, to, &err) == 0, "%s", err.text);
    ck_assert_contains(get_file(path, "to"), "Linux");
}
END_TEST

START_TEST(data_lives_where_the_environment_says)
{
    setenv("GOCKER_ROOT", "/x", 1);
    _cleanup_free_ char *path = gocker_path("images");
    ck_assert_str_eq(path, "/x/images");
}
END_TEST

START_TEST(who_has_no_home_is_told_what_to_set)
{
    struct error err = { 0 };

    ck_assert_int_eq(gocker_path_check(&err), 0);
    ck_assert_int_eq(setresuid(65534, 65534, 65534), 0);
    unsetenv("GOCKER_ROOT");
    ck_assert_int_eq(gocker_path_check(&err), 0);
    unsetenv("HOME");
    ck_assert_int_eq(gocker_path_check(&err), -1);
    ck_assert_contains(err.text, "HOME is not set");
    ck_assert_contains(err.text, "GOCKER_ROOT");
    setenv("XDG_DATA_HOME", "relative", 1);
    ck_assert_int_eq(gocker_path_check(&err), -1);
    setenv("XDG_DATA_HOME", "/data", 1);
    ck_assert_int_eq(gocker_path_check(&err), 0);
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { atomic_write_replaces_link_not_its_target, 0, 0 },
        { failed_atomic_write_leaves_nothing, 0, 0 },
        { file_beyond_the_limit_is_refused, 0, 0 },
        { copy_begins_at_the_current_position, 0, 0 },
        { file_that_says_it_is_empty_is_copied, 0, 0 },
        { data_lives_where_the_environment_says, 0, 0 },
        { who_has_no_home_is_told_what_to_set, NEED_USER, 0 },
    };

    return RUN_TESTS("common/fs_contents", tests, argc, argv);
}
