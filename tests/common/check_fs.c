/* Paths that stay inside their root, trees that are removed and nothing else. */
#include "fs.h"
#include "testing.h"

#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

static int open_dir(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    ck_assert_msg(fd >= 0, "open %s: %m", path);
    return fd;
}

static bool there(int dir_fd, const char *name)
{
    struct stat found;

    return fstatat(dir_fd, name, &found, AT_SYMLINK_NOFOLLOW) == 0;
}

static ino_t inode(int dir_fd, const char *path)
{
    struct stat found;

    ck_assert_msg(fstatat(dir_fd, path, &found, AT_EMPTY_PATH) == 0, "stat %s: %m", path);
    return found.st_ino;
}

static void make_link(const char *target, int dir_fd, const char *name)
{
    ck_assert_msg(symlinkat(target, dir_fd, name) == 0, "symlink %s: %m", name);
}

/* ---- opening */

static void expect_open(int (*opener)(int, const char *, int, mode_t, struct error *), const char *path,
                        int wanted)
{
    _cleanup_close_ int root = open_dir(scratch());
    struct error err = { 0 };

    mkdirat(root, "dir", 0755);
    make_link("/dir", root, "to-dir");
    make_link("../../../../../../../../etc", root, "to-etc");
    make_link("loop", root, "loop");

    _cleanup_close_ int fd = opener(root, path, O_PATH, 0, &err);
    int got = fd >= 0 ? 0 : err.number;

    ck_assert_msg(got == wanted, "%s: wanted %s, got %s", path, strerror(wanted), strerror(got));
}

START_TEST(open_below_ignores_leading_slash)
{
    expect_open(open_below, "//dir", 0);
}
END_TEST

START_TEST(open_below_takes_empty_path_for_the_root)
{
    expect_open(open_below, "/", 0);
}
END_TEST

START_TEST(open_below_refuses_link)
{
    expect_open(open_below, "to-dir", ELOOP);
}
END_TEST

START_TEST(open_below_refuses_way_out)
{
    expect_open(open_below, "dir/../../etc", EXDEV);
}
END_TEST

START_TEST(open_in_root_follows_absolute_link)
{
    expect_open(open_in_root, "to-dir", 0);
}
END_TEST

START_TEST(open_in_root_stops_at_root)
{
    expect_open(open_in_root, "to-etc", ENOENT);
}
END_TEST

START_TEST(open_in_root_refuses_endless_links)
{
    expect_open(open_in_root, "loop/x", ELOOP);
}
END_TEST

START_TEST(open_below_creates_with_mode)
{
    _cleanup_close_ int root = open_dir(scratch());
    struct error err;
    _cleanup_close_ int fd = open_below(root, "new", O_WRONLY | O_CREAT | O_EXCL, 0640, &err);
    struct stat made;

    ck_assert_msg(fd >= 0, "wanted it created, got %s", err.text);
    ck_assert_int_eq(fstat(fd, &made), 0);
    ck_assert_msg((made.st_mode & 07777) == 0640, "wanted mode 0640, got %o", made.st_mode & 07777);
    ck_assert_msg(fcntl(fd, F_GETFD) == FD_CLOEXEC, "wanted it close-on-exec");
}
END_TEST

/* ---- making directories */

static void expect_made(int root, const char *path, const char *wanted)
{
    struct error err;
    _cleanup_close_ int fd = make_directories(root, path, 02755, geteuid(), getegid(), &err);

    ck_assert_msg(fd >= 0, "%s: %s", path, err.text);
    ck_assert_msg(inode(fd, "") == inode(root, wanted), "%s: wanted the descriptor of %s", path, wanted);
}

START_TEST(directories_are_made_with_the_mode)
{
    _cleanup_close_ int root = open_dir(scratch());
    struct stat made;

    expect_made(root, "/a//b/./c/../d", "a/b/d");
    ck_assert_msg(fstatat(root, "a/b", &made, 0) == 0 && (made.st_mode & 07777) == 02755,
                  "wanted mode 2755, got %o", made.st_mode & 07777);
}
END_TEST

START_TEST(directories_are_made_through_dangling_link)
{
    _cleanup_close_ int root = open_dir(scratch());

    mkdirat(root, "var", 0755);
    make_link("/run", root, "var/run");
    expect_made(root, "var/run/lock", "run/lock");
}
END_TEST

START_TEST(directories_are_not_made_outside)
{
    const char *outer = scratch();
    _cleanup_free_ char *inner = formatted("%s/root", outer);

    ck_assert_int_eq(mkdir(inner, 0755), 0);
    _cleanup_close_ int outer_fd = open_dir(outer), root = open_dir(inner);

    make_link("../../out", root, "link");
    expect_made(root, "link/x/../../../y", "y");
    ck_assert_msg(there(root, "out/x"), "wanted out/x inside the root");
    ck_assert_msg(!there(outer_fd, "out") && !there(outer_fd, "y"), "wanted nothing made beside the root");
}
END_TEST

static void expect_not_made(int root, const char *path, int wanted)
{
    struct error err = { 0 };
    int fd = make_directories(root, path, 0755, geteuid(), getegid(), &err);

    ck_assert_msg(fd < 0, "wanted %s refused", path);
    ck_assert_msg(err.number == wanted, "wanted %s, got %s", strerror(wanted), err.text);
}

START_TEST(directory_below_file_is_refused)
{
    const char *path = scratch();
    _cleanup_close_ int root = open_dir(path);

    put_file(path, "file", "");
    expect_not_made(root, "file/x", ENOTDIR);
}
END_TEST

START_TEST(directory_behind_endless_links_is_refused)
{
    _cleanup_close_ int root = open_dir(scratch());

    make_link("b", root, "a");
    make_link("a", root, "b");
    expect_not_made(root, "a/x", ELOOP);
}
END_TEST

START_TEST(directories_beyond_the_limit_are_not_made)
{
    _cleanup_close_ int root = open_dir(scratch());
    uint64_t left = 3;
    struct error err = { 0 };

    mkdirat(root, "there", 0755);
    make_link("there/x/../y/../z", root, "link"); /* three, of which one is reached */
    int fd = make_directories_limited(root, "link/w", 0755, geteuid(), getegid(), &left, &err);

    ck_assert_msg(fd < 0 && err.number == EFBIG, "wanted EFBIG, got %s", err.text);
    ck_assert_msg(there(root, "there/z") && !there(root, "there/z/w"), "wanted three directories made");
}
END_TEST

START_TEST(host_directories_are_made_through_links)
{
    const char *path = scratch();
    _cleanup_close_ int root = open_dir(path);
    _cleanup_free_ char *wanted = formatted("%s/link/x//y/", path);
    struct error err;

    mkdirat(root, "real", 0755);
    make_link("real", root, "link");
    ck_assert_msg(make_host_directories(wanted, 0755, &err) == 0, "%s", err.text);
    ck_assert_msg(there(root, "real/x/y"), "wanted real/x/y");
}
END_TEST

/* ---- removing */

START_TEST(tree_deeper_than_path_max_is_removed)
{
    _cleanup_close_ int root = open_dir(scratch());
    int at = dup(root);
    struct error err;

    for (int depth = 0; depth < 3000; depth++) {
        ck_assert_int_eq(mkdirat(at, "deep", 0755), 0);
        int next = openat(at, "deep", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        close(at);
        at = next;
    }
    close(at);
    ck_assert_msg(remove_tree(root, "deep", &err) == 0, "%s", err.text);
    ck_assert_msg(!there(root, "deep"), "wanted it gone");
}
END_TEST

START_TEST(removal_follows_no_link)
{
    const char *path = scratch();
    _cleanup_close_ int root = open_dir(path);
    struct error err;

    put_file(path, "kept/file", "");
    mkdirat(root, "tree", 0755);
    make_link("../kept", root, "tree/link");
    ck_assert_msg(remove_tree(root, "tree", &err) == 0, "%s", err.text);
    ck_assert_msg(there(root, "kept/file"), "wanted what the link names to stay");
}
END_TEST

START_TEST(removal_leaves_mounted_file_system_alone)
{
    const char *path = scratch();
    _cleanup_close_ int root = open_dir(path);
    _cleanup_free_ char *from = formatted("%s/kept", path), *on = formatted("%s/tree/mnt", path);
    struct error err = { 0 };

    put_file(path, "kept/file", "");
    put_file(path, "tree/mnt/x", "");
    ck_assert_msg(mount(from, on, NULL, MS_BIND, NULL) == 0, "mount: %m");
    int result = remove_tree(root, "tree", &err);
    umount2(on, MNT_DETACH);
    ck_assert_msg(result < 0 && err.number == EBUSY, "wanted EBUSY, got %s", err.text);
    ck_assert_msg(there(root, "kept/file"), "wanted the mounted file to stay");
}
END_TEST

START_TEST(removal_of_nothing_is_no_error)
{
    _cleanup_close_ int root = open_dir(scratch());
    struct error err = { 0 };

    ck_assert_msg(remove_tree(root, "absent", &err) == 0, "%s", err.text);
}
END_TEST

START_TEST(closed_directories_are_removed_by_their_owner)
{
    const char *path = scratch();
    _cleanup_close_ int root = open_dir(path);
    struct error err;

    ck_assert_int_eq(fchown(root, 65534, 65534), 0);
    ck_assert_int_eq(seteuid(65534), 0);
    put_file(path, "tree/a/b/file", "");
    fchmodat(root, "tree/a/b", 0555, 0);
    fchmodat(root, "tree/a", 0, 0);
    fchmodat(root, "tree", 0111, 0);
    int result = remove_tree(root, "tree", &err);
    ck_assert_int_eq(seteuid(0), 0);
    ck_assert_msg(result == 0, "%s", err.text);
    ck_assert_msg(!there(root, "tree"), "wanted it gone");
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { open_below_ignores_leading_slash, 0, 0 },
        { open_below_takes_empty_path_for_the_root, 0, 0 },
        { open_below_refuses_link, 0, 0 },
        { open_below_refuses_way_out, 0, 0 },
        { open_in_root_follows_absolute_link, 0, 0 },
        { open_in_root_stops_at_root, 0, 0 },
        { open_in_root_refuses_endless_links, 0, 0 },
        { open_below_creates_with_mode, 0, 0 },
        { directories_are_made_with_the_mode, 0, 0 },
        { directories_are_made_through_dangling_link, 0, 0 },
        { directories_are_not_made_outside, 0, 0 },
        { directory_below_file_is_refused, 0, 0 },
        { directory_behind_endless_links_is_refused, 0, 0 },
        { directories_beyond_the_limit_are_not_made, 0, 0 },
        { host_directories_are_made_through_links, 0, 0 },
        { tree_deeper_than_path_max_is_removed, 0, 0 },
        { removal_follows_no_link, 0, 0 },
        { removal_leaves_mounted_file_system_alone, NEED_ROOT, 0 },
        { removal_of_nothing_is_no_error, 0, 0 },
        { closed_directories_are_removed_by_their_owner, NEED_USER, 0 },
    };

    return RUN_TESTS("common/fs", tests, argc, argv);
}
