/* 03.3: a root with traps in it, and a file outside that must stay as it is. */
#include "exercise.h"

#include "keep.h"
#include "replace_file.h"
#include "str.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
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

/* The files that are made in the root or in etc while etc/hosts is replaced, but for itself: paths below BASE. */
static struct strv temporary_files(const char *base)
{
    static const char *const directories[] = { "root", "root/etc" };
    _cleanup_close_ int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    _Alignas(struct inotify_event) char events[4096];
    const struct inotify_event *event;
    struct strv paths = { 0 };
    int watches[2];
    ssize_t length;

    for (size_t i = 0; i < 2; i++) {
        watches[i] = inotify_add_watch(watch, path_in(base, directories[i]), IN_CREATE);
        ck_assert_int_ge(watches[i], 0);
    }
    expect_replaced(base, "etc/hosts");
    length = read(watch, events, sizeof events);
    for (ssize_t at = 0; at < length; at += (ssize_t)(sizeof *event + event->len)) {
        event = (const struct inotify_event *)(const void *)(events + at);
        const char *path = keep(formatted("%s/%s", directories[event->wd == watches[1]], event->name));

        if (strcmp(event->name, "hosts") != 0 && !strv_has(&paths, path))
            strv_add(&paths, path);
    }
    return paths;
}

/* Who has seen one name knows the next, unless it is random. An image may come with a link of that name to a file
 * outside. A name that differs each time does not meet the link, and an error does no harm. */
static void expect_no_way_out(int (*make_link)(const char *, const char *), const char *kind)
{
    const char *base = prepared(), *outside = path_in(base, "host/hosts"), *got;
    _cleanup_strv_ struct strv paths = temporary_files(base);
    struct error err = { 0 };
    int result;

    for (size_t i = 0; i < paths.count; i++)
        ck_assert_msg(make_link(outside, path_in(base, paths.items[i])) == 0,
                      "%s, made on the way to a new etc/hosts: wanted it gone afterwards, got it still",
                      paths.items[i]);
    result = replace(base, "etc/hosts", "newer", &err);
    got = get_file(base, "host/hosts");
    ck_assert_msg(
        strcmp(got, "the host's") == 0,
        "a file outside, to which the image has the %s link %s: wanted \"the host's\" as before, got "
        "\"%s\"",
        kind, paths.count > 0 ? paths.items[0] : "root/etc/hosts", got);
    if (result == 0)
        want_text(get_file(base, "root/etc/hosts"), "newer");
}

START_TEST(image_may_know_the_temporary_name)
{
    expect_no_way_out(symlink, "symbolic");
    expect_no_way_out(link, "hard");
}
END_TEST

static unsigned mode_of(const char *path)
{
    struct stat found = { 0 };

    ck_assert_int_eq(stat(path, &found), 0);
    return found.st_mode & 07777;
}

/* Programs of every user in the container have to read it, and a temporary file is made for one user only. */
START_TEST(everybody_may_read_it)
{
    const char *base = prepared();

    ck_assert_int_eq(chmod(path_in(base, "root/etc/hosts"), 0600), 0);
    expect_replaced(base, "etc/hosts");
    ck_assert_msg(mode_of(path_in(base, "root/etc/hosts")) == 0644,
                  "mode of a file that was there with mode 0600: wanted 0644, got %#o",
                  mode_of(path_in(base, "root/etc/hosts")));
    umask(0077); /* the caller's is no business of the image's */
    expect_replaced(base, "etc/resolv.conf");
    ck_assert_msg(mode_of(path_in(base, "root/etc/resolv.conf")) == 0644,
                  "mode of a file that was not there, made under umask 0077: wanted 0644, got %#o",
                  mode_of(path_in(base, "root/etc/resolv.conf")));
}
END_TEST

START_TEST(file_in_the_root_itself_is_written)
{
    const char *base = prepared();

    expect_replaced(base, "marker");
    want_text(get_file(base, "root/marker"), "new");
}
END_TEST

/* replace_file on a full disk, as far as this process is concerned: no file may become longer than 2 bytes. */
static int replace_on_full_disk(const char *base, const char *path, const char *text, struct error *err)
{
    struct rlimit before, small;
    int result;

    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = (struct rlimit){ 2, before.rlim_max };
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    result = replace(base, path, text, err);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    return result;
}

START_TEST(failure_leaves_everything_as_it_was)
{
    const char *base = prepared(), *hosts;
    struct error err = { 0 };
    int result = replace_on_full_disk(base, "etc/hosts", "longer", &err);

    ck_assert_msg(result == -1, "replace_file with a disk that is full after 2 bytes: wanted -1, got %d",
                  result);
    hosts = get_file(base, "root/etc/hosts");
    ck_assert_msg(
        strcmp(hosts, "old") == 0,
        "etc/hosts, when the disk was full after 2 bytes of \"longer\": wanted the old text \"old\", "
        "got \"%s\"",
        hosts);
    ck_assert_msg(strcmp(names_in_etc(base), "hosts\n") == 0,
                  "names in etc, when the disk was full: wanted hosts alone as before, got: %s",
                  names_in_etc(base));
}
END_TEST

static int count_open(void)
{
    DIR *open_ones = opendir("/proc/self/fd");
    int count = 0;

    ck_assert_ptr_nonnull(open_ones);
    while (readdir(open_ones))
        count++;
    closedir(open_ones);
    return count;
}

START_TEST(no_descriptor_is_left_open)
{
    const char *base = prepared();
    struct error err = { 0 };
    int before = count_open();

    expect_replaced(base, "etc/hosts");
    ck_assert_msg(count_open() == before, "open descriptors after a success: wanted %d as before, got %d",
                  before, count_open());
    replace(base, "etc/missing/hosts", "new", &err);
    replace_on_full_disk(base, "etc/hosts", "longer", &err);
    ck_assert_msg(count_open() == before, "open descriptors after two failures: wanted %d as before, got %d",
                  before, count_open());
}
END_TEST

int main(void)
{
    const struct test tests[] = {
        { way_up_stops_at_the_root, 0, 0 },
        { absolute_link_starts_at_the_root, 0, 0 },
        { link_in_the_last_place_gives_way, 0, 0 },
        { other_names_of_the_file_keep_the_old_text, 0, 0 },
        { image_may_know_the_temporary_name, 0, 0 },
        { file_in_the_root_itself_is_written, 0, 0 },
        { everybody_may_read_it, 0, 0 },
        { failure_leaves_everything_as_it_was, 0, 0 },
        { no_descriptor_is_left_open, 0, 0 },
    };

    return RUN_EXERCISE(tests);
}
