/* ADD of archives: what is one, and where its files go. */
#include "add.h"
#include "copying.h"

#include <stdlib.h>

/* Make NAME in the context by a shell COMMAND, in which $1 is a directory that holds d/f ("x") and l -> d. */
static void make_archive(const struct place *p, const char *name, const char *command)
{
    const char *files = scratch();
    char path[PATH_MAX], line[2 * PATH_MAX];
    struct outcome o;

    put_file(files, "d/f", "x");
    set_mode(files, "d/f", 0640);
    make_link(files, "l", "d");
    snprintf(line, sizeof line, "cd '%s' && %s > '%s'", files, command, join(p->context, name, path));
    o = RUN("sh", "-c", line);
    ck_assert_msg(o.status == 0, "%s: %s", line, o.err);
}

static int try_add(const struct place *p, const char *source, const char *dest, bool has_owner,
                   struct error *err)
{
    const struct copy_options options = { .uid = p->uid, .gid = p->gid, .has_owner = has_owner };
    _cleanup_close_ int root = open(p->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _cleanup_(context_close) struct context context = { .fd = -1 };
    const struct destination to = { .root_fd = root, .path = dest };

    ck_assert_msg(context_open(p->context, "-", &context, err) == 0, "%s", err->text);
    return add_source(&context, source, &to, &options, err);
}

static void add(const struct place *p, const char *source, const char *dest)
{
    struct error err = { 0 };

    ck_assert_msg(try_add(p, source, dest, p->uid > 0, &err) == 0, "ADD %s %s: %s", source, dest, err.text);
}

static void assert_unpacked(const char *compression)
{
    struct place p = new_place();
    char command[256];

    snprintf(command, sizeof command, "tar -c --owner=5 --group=6 d l %s", compression);
    make_archive(&p, "archive", command);
    add(&p, "archive", "/new/place");
    assert_file(p.root, "new/place/d/f", "x");
    assert_link(p.root, "new/place/l", "d");
    ck_assert_uint_eq(look_at(p.root, "new/place/d/f").st_mode, S_IFREG | 0640);
    ck_assert_uint_eq(look_at(p.root, "new/place/d/f").st_uid, 5);
    ck_assert_uint_eq(look_at(p.root, "new/place").st_uid, 0);
}

START_TEST(a_tar_is_unpacked_however_compressed)
{
    assert_unpacked("");
    assert_unpacked("| gzip");
    assert_unpacked("| bzip2");
    assert_unpacked("| xz");
    assert_unpacked("| zstd -q");
}
END_TEST

START_TEST(what_is_no_tar_is_copied)
{
    struct place p = new_place();

    put_file(p.context, "text.tar", "no tar at all");
    put_file(p.context, "empty", "");
    make_archive(&p, "f.gz", "gzip < d/f");
    make_archive(&p, "f.xz", "xz < d/f");
    add(&p, "text.tar", "/a");
    assert_file(p.root, "a", "no tar at all");
    add(&p, "empty", "/b");
    assert_file(p.root, "b", "");
    add(&p, "f.gz", "/c");
    ck_assert_int_eq(look_at(p.root, "c").st_size, look_at(p.context, "f.gz").st_size);
    add(&p, "f.xz", "/d");
    ck_assert_int_eq(look_at(p.root, "d").st_size, look_at(p.context, "f.xz").st_size);
}
END_TEST

START_TEST(chown_is_for_what_is_in_the_archive_too)
{
    struct place p = new_place();

    make_archive(&p, "archive", "tar -c --owner=5 d");
    p.uid = 7;
    p.gid = 8;
    add(&p, "archive", "/x");
    ck_assert_uint_eq(look_at(p.root, "x/d/f").st_uid, 7);
    ck_assert_uint_eq(look_at(p.root, "x").st_gid, 8);
}
END_TEST

START_TEST(a_destination_behind_a_link_stays_behind_it)
{
    struct place p = new_place();

    make_archive(&p, "archive", "tar -c .");
    make_dir(p.root, "usr", 0755);
    make_dir(p.root, "usr/lib", 0755);
    make_link(p.root, "lib", "usr/lib");
    add(&p, "archive", "/lib");
    assert_link(p.root, "lib", "usr/lib");
    assert_file(p.root, "usr/lib/d/f", "x");
}
END_TEST

START_TEST(hard_links_in_an_archive_are_relative_to_it)
{
    struct place p = new_place();

    make_archive(&p, "archive", "ln d/f h && tar -c d h");
    add(&p, "archive", "/x");
    ck_assert_uint_eq(look_at(p.root, "x/d/f").st_ino, look_at(p.root, "x/h").st_ino);
    assert_absent(p.root, "d");
}
END_TEST

START_TEST(an_archive_does_not_write_outside_the_image)
{
    struct place p = new_place();
    const char *host = scratch();
    char command[PATH_MAX];

    snprintf(command, sizeof command,
             "ln -s %s out && mkdir t && cd t && mkdir out && echo x > out/f && cd .. && "
             "tar -c out && tar -c -C t out/f",
             host);
    make_archive(&p, "archive", command);
    add(&p, "archive", "/");
    assert_absent(host, "f");
}
END_TEST

START_TEST(whiteouts_are_files_like_any_other_in_an_archive)
{
    struct place p = new_place();

    put_file(p.root, "x/victim", "1");
    make_archive(&p, "archive", "touch d/.wh.victim && tar -c -C d .wh.victim");
    add(&p, "archive", "/x");
    assert_file(p.root, "x/victim", "1");
    assert_file(p.root, "x/.wh.victim", "");
}
END_TEST

START_TEST(a_damaged_archive_is_an_error)
{
    struct place p = new_place();
    struct error err = { 0 };

    make_archive(&p, "archive", "head -c 200000 /dev/urandom > big && tar -c d big | gzip | head -c 100000");
    ck_assert_int_eq(try_add(&p, "archive", "/x", false, &err), -1);
    ck_assert_contains(err.text, "unpack archive to /x");
    make_archive(&p, "other", "head -c 200000 /dev/urandom > big && tar -c d big | xz | head -c 100000");
    ck_assert_int_eq(try_add(&p, "other", "/x", false, &err), -1);
    ck_assert_contains(err.text, "other: decompress");
}
END_TEST

START_TEST(directories_are_copied_as_by_copy)
{
    struct place p = new_place();

    put_file(p.context, "src/a", "1");
    add(&p, "src", "/app");
    assert_file(p.root, "app/a", "1");
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { a_tar_is_unpacked_however_compressed, NEED_ROOT, 0 },
        { what_is_no_tar_is_copied, NEED_ROOT, 0 },
        { chown_is_for_what_is_in_the_archive_too, NEED_ROOT, 0 },
        { a_destination_behind_a_link_stays_behind_it, NEED_ROOT, 0 },
        { hard_links_in_an_archive_are_relative_to_it, NEED_ROOT, 0 },
        { an_archive_does_not_write_outside_the_image, NEED_ROOT, 0 },
        { whiteouts_are_files_like_any_other_in_an_archive, NEED_ROOT, 0 },
        { a_damaged_archive_is_an_error, NEED_ROOT, 0 },
        { directories_are_copied_as_by_copy, NEED_ROOT, 0 },
    };

    return RUN_TESTS("04-chroot/add", tests, argc, argv);
}
