/* 03.3: a root with traps in it, and a file outside that must stay as it is. */
#include "exercise.h"

#include "keep.h"
#include "replace_file.h"
#include "str.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* A directory that holds "root", and beside it "host/hosts", which is the host's. */
static const char *prepared(void)
{
    const char *base = scratch();

    put_file(base, "host/hosts", "the host's");
    put_file(base, "root/etc/hosts", "old");
    return base;
}

static char *path_in(const char *base, const char *path)
{
    return keep(formatted("%s/%s", base, path));
}

static int replace(const char *base, const char *path, const char *text, struct error *err)
{
    int root_fd = open(path_in(base, "root"), O_PATH | O_DIRECTORY | O_CLOEXEC);
    int result;

    ck_assert_int_ge(root_fd, 0);
    result = replace_file(root_fd, path, text, err);
    close(root_fd);
    return result;
}

static void expect_replaced(const char *base, const char *path)
{
    struct error err = { 0 };

    if (replace(base, path, "new", &err) < 0)
        ck_abort_msg("replace_file of %s: wanted 0, got -1: %s", path, err.text);
}

/* The names in root/etc, one a line. */
static const char *names_in_etc(const char *base)
{
    return RUN("ls", "-A", path_in(base, "root/etc")).out;
}

START_TEST(way_up_stops_at_the_root)
{
    const char *base = prepared();

    put_file(base, "root/host/hosts", "old");
    ck_assert_int_eq(symlink("../host", path_in(base, "root/way")), 0);
    expect_replaced(base, "way/hosts");
    want_text(get_file(base, "host/hosts"), "the host's");
    want_text(get_file(base, "root/host/hosts"), "new");
}
END_TEST

START_TEST(absolute_link_starts_at_the_root)
{
    const char *base = prepared();
    const char *inside = keep(formatted("root%s/host/hosts", base)); /* the same path, below the root */

    put_file(base, inside, "old");
    ck_assert_int_eq(symlink(path_in(base, "host"), path_in(base, "root/way")), 0);
    expect_replaced(base, "way/hosts");
    want_text(get_file(base, "host/hosts"), "the host's");
    want_text(get_file(base, inside), "new");
}
END_TEST

START_TEST(link_in_the_last_place_gives_way)
{
    const char *base = prepared(), *file = path_in(base, "root/etc/resolv.conf");
    struct stat found;

    ck_assert_int_eq(symlink("../../host/hosts", file), 0);
    expect_replaced(base, "etc/resolv.conf");
    want_text(get_file(base, "host/hosts"), "the host's");
    ck_assert_int_eq(lstat(file, &found), 0);
    ck_assert_msg(S_ISREG(found.st_mode), "etc/resolv.conf: wanted a regular file, got %s",
                  S_ISLNK(found.st_mode) ? "the link still" : "something else");
    want_text(get_file(base, "root/etc/resolv.conf"), "new");
}
END_TEST

START_TEST(other_names_of_the_file_keep_the_old_text)
{
    const char *base = prepared();

    ck_assert_int_eq(link(path_in(base, "host/hosts"), path_in(base, "root/etc/hard")), 0);
    expect_replaced(base, "etc/hard");
    want_text(get_file(base, "root/etc/hard"), "new");
    want_text(get_file(base, "host/hosts"), "the host's");
}
END_TEST

START_TEST(file_in_the_root_itself_is_written)
{
    const char *base = prepared();

    expect_replaced(base, "marker");
    want_text(get_file(base, "root/marker"), "new");
}
END_TEST

/* The disk is full, as far as this process is concerned: no file may become longer than 2 bytes. */
START_TEST(failure_leaves_everything_as_it_was)
{
    const char *base = prepared();
    struct error err = { 0 };
    struct rlimit before, small;
    int result;

    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = (struct rlimit){ 2, before.rlim_max };
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    result = replace(base, "etc/hosts", "longer", &err);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    ck_assert_msg(result == -1, "replace_file on a full disk: wanted -1, got %d", result);
    want_text(names_in_etc(base), "hosts\n");
    want_text(get_file(base, "root/etc/hosts"), "old");
}
END_TEST

int main(void)
{
    const struct test tests[] = {
        { way_up_stops_at_the_root, 0, 0 },           { absolute_link_starts_at_the_root, 0, 0 },
        { link_in_the_last_place_gives_way, 0, 0 },   { other_names_of_the_file_keep_the_old_text, 0, 0 },
        { file_in_the_root_itself_is_written, 0, 0 }, { failure_leaves_everything_as_it_was, 0, 0 },
    };

    return RUN_EXERCISE(tests);
}
