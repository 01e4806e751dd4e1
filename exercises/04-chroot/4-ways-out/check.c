/* 04.4: a root directory, and descriptors from in it, above it and beside it. */
#include "exercise.h"

#include "cleanup.h"
#include "keep.h"
#include "str.h"
#include "ways_out.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* A directory that holds the root "rootfs", with directories in it, and "rootfs-old" beside it. */
static const char *prepared(void)
{
    const char *base = scratch();

    put_file(base, "rootfs/etc/ssl/file", "");
    put_file(base, "rootfs-old/file", "");
    return base;
}

/* A descriptor of PATH below BASE that gets through exec. It is open until the test's process ends. */
static int open_to_inherit(const char *base, const char *path, int flags)
{
    int fd = open(keep(formatted("%s/%s", base, path)), flags); // NOLINT(android-cloexec-open)

    ck_assert_msg(fd >= 0, "the check could not open %s", path);
    return fd;
}

static struct ways_out found_in(const char *base)
{
    int root_fd = open(keep(formatted("%s/rootfs", base)), O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct ways_out ways = { 0 };
    struct error err = { 0 };

    ck_assert_int_ge(root_fd, 0);
    ck_assert_msg(find_ways_out(root_fd, &ways, &err) == 0, "find_ways_out: wanted 0, got -1: %s", err.text);
    ck_assert_msg(ways.count <= MOST_WAYS_OUT, "count: wanted %d at most, got %zu", MOST_WAYS_OUT,
                  ways.count);
    close(root_fd);
    return ways;
}

/* Is FD found to lead out of BASE/rootfs, or not, as WANTED? WHAT it is goes into the message. */
static void expect(const char *base, int fd, bool wanted, const char *what, const char *file, int line)
{
    const struct ways_out ways = found_in(base);
    size_t times = 0;

    for (size_t i = 0; i < ways.count; i++)
        times += ways.fds[i] == fd;
    if (times != wanted)
        _ck_assert_failed(file, line, "Assertion failed",
                          "descriptor %d, %s: wanted it %s, got it %zu times in a list of %zu", fd, what,
                          wanted ? "once among the ways out" : "not among the ways out", times, ways.count);
}
#define EXPECT_WAY_OUT(base, fd, what)    expect(base, fd, true, what, __FILE__, __LINE__)
#define EXPECT_NO_WAY_OUT(base, fd, what) expect(base, fd, false, what, __FILE__, __LINE__)

START_TEST(descriptor_of_the_directory_above_leads_out)
{
    const char *base = prepared();

    EXPECT_WAY_OUT(base, open_to_inherit(base, ".", O_RDONLY), "the directory above the root");
    EXPECT_WAY_OUT(base, open_to_inherit("/", "", O_RDONLY), "the host's root");
}
END_TEST

START_TEST(descriptor_from_inside_does_not)
{
    const char *base = prepared();

    EXPECT_NO_WAY_OUT(base, open_to_inherit(base, "rootfs/etc", O_RDONLY), "etc in the root");
    EXPECT_NO_WAY_OUT(base, open_to_inherit(base, "rootfs/etc/ssl", O_RDONLY), "etc/ssl in the root");
}
END_TEST

START_TEST(root_itself_is_inside)
{
    const char *base = prepared();

    EXPECT_NO_WAY_OUT(base, open_to_inherit(base, "rootfs", O_RDONLY), "the root");
}
END_TEST

START_TEST(name_that_begins_like_the_roots_is_outside)
{
    const char *base = prepared();

    EXPECT_WAY_OUT(base, open_to_inherit(base, "rootfs-old", O_RDONLY), "rootfs-old beside rootfs");
}
END_TEST

START_TEST(close_on_exec_is_no_way_out)
{
    const char *base = prepared();

    EXPECT_NO_WAY_OUT(base, open_to_inherit(base, ".", O_RDONLY | O_CLOEXEC),
                      "the directory above, close-on-exec");
}
END_TEST

START_TEST(file_is_no_way_out)
{
    const char *base = prepared();
    int ends[2];

    EXPECT_NO_WAY_OUT(base, open_to_inherit(base, "rootfs-old/file", O_RDONLY), "a file outside");
    ck_assert_int_eq(pipe(ends), 0); // NOLINT(android-cloexec-pipe)
    EXPECT_NO_WAY_OUT(base, ends[0], "a pipe");
}
END_TEST

START_TEST(path_descriptor_leads_out)
{
    const char *base = prepared();

    EXPECT_WAY_OUT(base, open_to_inherit(base, ".", O_PATH), "the directory above, opened with O_PATH");
}
END_TEST

START_TEST(high_and_low_descriptors_are_found)
{
    const struct rlimit limit = { 2048, 2048 };
    const char *base = prepared();
    int fd = open_to_inherit(base, ".", O_RDONLY | O_CLOEXEC);

    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    ck_assert_int_eq(dup2(fd, 1999), 1999); /* dup2 clears close-on-exec */
    EXPECT_WAY_OUT(base, 1999, "the directory above");
    ck_assert_int_eq(dup2(fd, STDIN_FILENO), STDIN_FILENO);
    EXPECT_WAY_OUT(base, STDIN_FILENO, "the directory above");
}
END_TEST

START_TEST(moved_directory_is_where_it_is_now)
{
    const char *base = prepared();
    int fd = open_to_inherit(base, "rootfs/etc/ssl", O_RDONLY);

    EXPECT_NO_WAY_OUT(base, fd, "etc/ssl in the root");
    ck_assert_int_eq(rename(keep(formatted("%s/rootfs/etc", base)), keep(formatted("%s/etc", base))), 0);
    EXPECT_WAY_OUT(base, fd, "etc/ssl, moved out of the root");
}
END_TEST

/* More levels than the 64 steps of the lesson's escape. */
START_TEST(deep_directory_is_inside)
{
    const char *base = prepared();
    struct str path = { 0 };

    str_add(&path, "rootfs");
    for (int level = 0; level < 100; level++)
        str_add(&path, "/deep");
    put_file(base, keep(formatted("%s/file", str_text(&path))), "");
    EXPECT_NO_WAY_OUT(base, open_to_inherit(base, keep(str_take(&path)), O_RDONLY),
                      "100 levels below the root");
}
END_TEST

/* A path of more than PATH_MAX bytes: the directory is there, and the kernel has no name for it. The components are made
 * one in another, because no call takes such a path. */
START_TEST(directory_without_a_name_is_inside)
{
    const char *base = prepared();
    int fd = open_to_inherit(base, "rootfs/etc", O_RDONLY);
    char name[201] = "";

    memset(name, 'n', sizeof name - 1);
    for (size_t length = 0; length <= PATH_MAX; length += sizeof name) {
        _cleanup_close_ int above = fd;

        ck_assert_int_eq(mkdirat(above, name, 0755), 0);
        fd = openat(above, name, O_RDONLY | O_DIRECTORY); // NOLINT(android-cloexec-openat)
        ck_assert_int_ge(fd, 0);
    }
    EXPECT_NO_WAY_OUT(base, fd,
                      "below the root by a path longer than PATH_MAX, which readlink has no name for");
}
END_TEST

/* The root is seen a second time, beside itself: the same inode, and above it is another directory. The kernel stops .. at
 * the root of this mount, and not at that one. */
START_TEST(root_in_a_second_place_leads_out)
{
    const char *base = prepared();
    const char *root = keep(formatted("%s/rootfs", base)), *second = keep(formatted("%s/rootfs-old", base));

    ck_assert_msg(unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
                      mount(root, second, NULL, MS_BIND, NULL) == 0,
                  "the check could not make a bind mount");
    EXPECT_WAY_OUT(base, open_to_inherit(base, "rootfs-old", O_RDONLY),
                   "a bind mount of the root beside it, from which .. leads out");
    EXPECT_WAY_OUT(base, open_to_inherit(base, "rootfs-old/etc", O_RDONLY), "etc in that bind mount");
    EXPECT_NO_WAY_OUT(base, open_to_inherit(base, "rootfs/etc", O_RDONLY), "etc in the root");
    ck_assert_int_eq(umount2(second, MNT_DETACH), 0); /* detached, because descriptors are open in it */
}
END_TEST

/* With FREE descriptors left, no directory can be walked up from, or not far. An answer that needs none may find FD. */
static void expect_no_silence(const char *base, int fd, int free)
{
    int root_fd = open(keep(formatted("%s/rootfs", base)), O_PATH | O_DIRECTORY | O_CLOEXEC);
    int lowest = open("/", O_PATH | O_CLOEXEC), result;
    struct ways_out ways = { 0 };
    struct error err = { 0 };
    struct rlimit limit, less;
    bool found = false;

    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    less = (struct rlimit){ (rlim_t)(lowest + free), limit.rlim_max };
    close(lowest);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &less), 0);
    result = find_ways_out(root_fd, &ways, &err);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    for (size_t i = 0; i < ways.count && i < MOST_WAYS_OUT; i++)
        found = found || ways.fds[i] == fd;
    ck_assert_msg(
        result < 0 || found,
        "the directory above the root, with %d free descriptors (then openat fails by EMFILE): wanted "
        "-1, or the descriptor found, got 0 and a list without it",
        free);
    close(root_fd);
}

START_TEST(directory_that_cannot_be_judged_is_an_error)
{
    const char *base = prepared();
    int fd = open_to_inherit(base, ".", O_RDONLY);

    for (int free = 0; free < 4; free++)
        expect_no_silence(base, fd, free);
}
END_TEST

START_TEST(as_many_as_there_is_room_for_are_no_error)
{
    const char *base = prepared();

    for (int i = 0; i < MOST_WAYS_OUT; i++)
        open_to_inherit(base, ".", O_RDONLY);
    want_int(found_in(base).count, MOST_WAYS_OUT);
}
END_TEST

START_TEST(too_many_are_an_error)
{
    const char *base = prepared();
    int root_fd = open(keep(formatted("%s/rootfs", base)), O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct ways_out ways;
    struct error err = { 0 };

    for (int i = 0; i <= MOST_WAYS_OUT; i++)
        open_to_inherit(base, ".", O_RDONLY);
    want_int(find_ways_out(root_fd, &ways, &err), -1);
    want_int(err.number, E2BIG);
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
    int before;

    open_to_inherit(base, ".", O_RDONLY);
    open_to_inherit(base, "rootfs/etc/ssl", O_RDONLY);
    before = count_open();
    found_in(base);
    ck_assert_msg(count_open() == before, "open descriptors: wanted %d as before, got %d", before,
                  count_open());
}
END_TEST

int main(void)
{
    const struct test tests[] = {
        { descriptor_of_the_directory_above_leads_out, 0, 0 },
        { descriptor_from_inside_does_not, 0, 0 },
        { root_itself_is_inside, 0, 0 },
        { name_that_begins_like_the_roots_is_outside, 0, 0 },
        { close_on_exec_is_no_way_out, 0, 0 },
        { file_is_no_way_out, 0, 0 },
        { path_descriptor_leads_out, 0, 0 },
        { high_and_low_descriptors_are_found, 0, 0 },
        { moved_directory_is_where_it_is_now, 0, 0 },
        { deep_directory_is_inside, 0, 0 },
        { directory_without_a_name_is_inside, 0, 0 },
        { root_in_a_second_place_leads_out, NEED_ROOT, 0 },
        { directory_that_cannot_be_judged_is_an_error, 0, 0 },
        { as_many_as_there_is_room_for_are_no_error, 0, 0 },
        { too_many_are_an_error, 0, 0 },
        { no_descriptor_is_left_open, 0, 0 },
    };

    return RUN_EXERCISE(tests);
}
