/* COPY into an image: where things go, what replaces what, what belongs to a file. */
#include "copying.h"
#include "error.h"

#include <sys/sysmacros.h>
#include <sys/xattr.h>

START_TEST(a_file_becomes_the_destination)
{
    struct place p = new_place();

    put_file(p.context, "index.js", "x");
    copy(&p, "index.js", "/app/main.js");
    assert_file(p.root, "app/main.js", "x");
}
END_TEST

START_TEST(a_file_goes_into_a_directory_that_is_there_or_written_so)
{
    struct place p = new_place();

    put_file(p.context, "sub/a", "x");
    copy(&p, "sub/a", "/new/");
    assert_file(p.root, "new/a", "x");
    make_dir(p.root, "old", 0755);
    copy(&p, "sub/a", "/old");
    assert_file(p.root, "old/a", "x");
    copy(&p, "sub/a", "/");
    assert_file(p.root, "a", "x");
}
END_TEST

START_TEST(of_a_directory_the_contents_are_copied)
{
    struct place p = new_place();

    put_file(p.context, "src/a", "1");
    put_file(p.context, "src/sub/b", "2");
    copy(&p, "src", "/app");
    assert_file(p.root, "app/a", "1");
    assert_file(p.root, "app/sub/b", "2");
    copy(&p, "src/", "/again/");
    assert_file(p.root, "again/sub/b", "2");
}
END_TEST

START_TEST(the_whole_context_can_be_copied)
{
    struct place p = new_place();

    put_file(p.context, "a", "1");
    put_file(p.context, ".hidden/b", "2");
    copy(&p, ".", "/app");
    assert_file(p.root, "app/a", "1");
    assert_file(p.root, "app/.hidden/b", "2");
}
END_TEST

START_TEST(directories_merge_and_files_replace)
{
    struct place p = new_place();

    put_file(p.root, "app/keep", "old");
    put_file(p.root, "app/sub/a", "old");
    put_file(p.context, "src/sub/a", "new");
    copy(&p, "src", "/app");
    assert_file(p.root, "app/keep", "old");
    assert_file(p.root, "app/sub/a", "new");
}
END_TEST

START_TEST(a_file_does_not_replace_a_directory)
{
    struct place p = new_place();

    put_file(p.context, "src/a", "x");
    make_dir(p.root, "app", 0755);
    make_dir(p.root, "app/a", 0755);
    copy_fails(&p, "src", "/app", "a directory is in its place");
    copy_fails(&p, "src/a", "/app/", "a directory is in its place");
}
END_TEST

START_TEST(a_directory_does_not_replace_a_file_or_link)
{
    struct place p = new_place();

    put_file(p.context, "src/sub/a", "x");
    put_file(p.root, "app/sub", "file");
    copy_fails(&p, "src", "/app", "a directory does not replace it");
    copy_fails(&p, "src", "/app/sub", "a file is in the place of the directory");
    copy_fails(&p, "src/sub/a", "/app/sub/", "Not a directory");
    make_dir(p.root, "target", 0755);
    make_dir(p.root, "linked", 0755);
    make_link(p.root, "linked/sub", "../target");
    copy_fails(&p, "src", "/linked", "a directory does not replace it");
    assert_absent(p.root, "target/a");
}
END_TEST

START_TEST(links_in_the_image_lead_to_places_inside_it)
{
    struct place p = new_place();
    const char *host = scratch();

    put_file(p.context, "a", "x");
    make_link(p.root, "lib", "usr/lib");
    copy(&p, "a", "/lib/a");
    assert_file(p.root, "usr/lib/a", "x");
    make_link(p.root, "out", host);
    copy(&p, "a", "/out/a");
    assert_absent(host, "a");
    make_link(p.root, "up", "../../../../../../etc");
    copy(&p, "a", "/up/a");
    assert_file(p.root, "etc/a", "x");
}
END_TEST

START_TEST(a_link_in_the_destinations_place_is_followed)
{
    struct place p = new_place();

    put_file(p.context, "a", "new");
    put_file(p.root, "etc/real", "old");
    make_link(p.root, "etc/link", "real");
    copy(&p, "a", "/etc/link");
    assert_link(p.root, "etc/link", "real");
    assert_file(p.root, "etc/real", "new");
    make_link(p.root, "dangling", "made/later");
    copy(&p, "a", "/dangling");
    assert_file(p.root, "made/later", "new");
    make_link(p.root, "dir", "etc");
    copy(&p, "a", "/dir");
    assert_file(p.root, "etc/a", "new");
}
END_TEST

START_TEST(links_in_a_circle_are_an_error)
{
    struct place p = new_place();

    put_file(p.context, "a", "x");
    make_link(p.root, "one", "two");
    make_link(p.root, "two", "one");
    copy_fails(&p, "a", "/one", "symbolic links");
}
END_TEST

START_TEST(a_link_below_a_directory_is_replaced)
{
    struct place p = new_place();

    put_file(p.context, "src/a", "new");
    put_file(p.root, "etc/real", "old");
    make_dir(p.root, "app", 0755);
    make_link(p.root, "app/a", "../etc/real");
    copy(&p, "src", "/app");
    assert_file(p.root, "app/a", "new");
    assert_file(p.root, "etc/real", "old");
}
END_TEST

START_TEST(mode_and_time_come_along)
{
    struct place p = new_place();
    const struct timespec times[] = { { 1000, 5 }, { 2000, 7 } };
    char path[PATH_MAX];
    struct stat file;

    put_file(p.context, "src/sub/a", "x");
    set_mode(p.context, "src/sub/a", 04751);
    ck_assert_int_eq(utimensat(AT_FDCWD, join(p.context, "src/sub/a", path), times, 0), 0);
    set_mode(p.context, "src/sub", 01770);
    ck_assert_int_eq(utimensat(AT_FDCWD, join(p.context, "src/sub", path), times, 0), 0);
    copy(&p, "src", "/app");
    file = look_at(p.root, "app/sub/a");
    ck_assert_uint_eq(file.st_mode, S_IFREG | 04751);
    ck_assert_int_eq(file.st_mtim.tv_sec, 2000);
    ck_assert_int_eq(file.st_mtim.tv_nsec, 7);
    file = look_at(p.root, "app/sub");
    ck_assert_uint_eq(file.st_mode, S_IFDIR | 01770);
    ck_assert_int_eq(file.st_mtim.tv_sec, 2000);
}
END_TEST

START_TEST(directories_on_the_way_are_made_0755_whatever_the_umask)
{
    struct place p = new_place();

    umask(0077);
    put_file(p.context, "a", "x");
    set_mode(p.context, "a", 0644);
    copy(&p, "a", "/x/y/a");
    ck_assert_uint_eq(look_at(p.root, "x/y").st_mode, S_IFDIR | 0755);
    ck_assert_uint_eq(look_at(p.root, "x/y/a").st_mode, S_IFREG | 0644);
}
END_TEST

START_TEST(everything_is_roots_or_the_one_of_chown)
{
    struct place p = new_place();
    char path[PATH_MAX];

    put_file(p.context, "src/sub/a", "x");
    ck_assert_int_eq(chown(join(p.context, "src/sub/a", path), 1234, 1234), 0);
    make_link(p.context, "src/link", "sub/a");
    copy(&p, "src", "/one");
    ck_assert_uint_eq(look_at(p.root, "one/sub/a").st_uid, 0);
    p.uid = 5;
    p.gid = 6;
    copy(&p, "src", "/new/two");
    ck_assert_uint_eq(look_at(p.root, "new").st_uid, 5);
    ck_assert_uint_eq(look_at(p.root, "new/two/sub").st_uid, 5);
    ck_assert_uint_eq(look_at(p.root, "new/two/sub/a").st_gid, 6);
    ck_assert_uint_eq(look_at(p.root, "new/two/link").st_uid, 5);
}
END_TEST

START_TEST(chmod_is_for_files_and_directories_but_not_links)
{
    struct place p = new_place();

    put_file(p.context, "src/sub/a", "x");
    make_link(p.context, "src/link", "sub/a");
    p.chmod = "u=rwX,go=rX";
    set_mode(p.context, "src/sub/a", 0600);
    copy(&p, "src", "/app");
    ck_assert_uint_eq(look_at(p.root, "app/sub/a").st_mode, S_IFREG | 0644);
    ck_assert_uint_eq(look_at(p.root, "app/sub").st_mode, S_IFDIR | 0755);
    ck_assert_msg(S_ISLNK(look_at(p.root, "app/link").st_mode), "the link is none any more");
    p.chmod = "bad";
    copy_fails(&p, "src", "/bad", "mode bad");
}
END_TEST

START_TEST(extended_attributes_and_capabilities_come_along)
{
    struct place p = new_place();
    const char capability[] =
        "\1\0\0\2\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0"; /* cap_net_bind_service+ep, vfs_cap_data */
    char path[PATH_MAX], value[64];

    put_file(p.context, "a", "x");
    join(p.context, "a", path);
    ck_assert_int_eq(setxattr(path, "user.note", "kept", 4, 0), 0);
    ck_assert_int_eq(setxattr(path, "security.capability", capability, sizeof capability, 0), 0);
    p.uid = 7;
    copy(&p, "a", "/a");
    join(p.root, "a", path);
    ck_assert_int_eq(getxattr(path, "user.note", value, sizeof value), 4);
    ck_assert_int_eq(getxattr(path, "security.capability", value, sizeof value), sizeof capability);
}
END_TEST

START_TEST(hard_links_stay_linked)
{
    struct place p = new_place();
    char one[PATH_MAX], two[PATH_MAX];

    put_file(p.context, "src/sub/a", "x");
    make_dir(p.context, "src/b", 0755);
    ck_assert_int_eq(link(join(p.context, "src/sub/a", one), join(p.context, "src/b/c", two)), 0);
    copy(&p, "src", "/app");
    ck_assert_uint_eq(look_at(p.root, "app/b/c").st_ino, look_at(p.root, "app/sub/a").st_ino);
    ck_assert_uint_ne(look_at(p.root, "app/b/c").st_ino, look_at(p.context, "src/b/c").st_ino);
}
END_TEST

START_TEST(devices_and_pipes_are_made_anew)
{
    struct place p = new_place();
    char path[PATH_MAX];

    make_dir(p.context, "src", 0755);
    ck_assert_int_eq(mkfifo(join(p.context, "src/pipe", path), 0640), 0);
    ck_assert_int_eq(mknod(join(p.context, "src/null", path), S_IFCHR | 0666, makedev(1, 3)), 0);
    copy(&p, "src", "/app");
    ck_assert_uint_eq(look_at(p.root, "app/pipe").st_mode, S_IFIFO | 0640);
    ck_assert_uint_eq(look_at(p.root, "app/null").st_rdev, makedev(1, 3));
}
END_TEST

START_TEST(a_root_inside_the_context_is_no_endless_copy)
{
    struct place p = new_place();
    char path[PATH_MAX];

    make_dir(p.context, "rootfs", 0755);
    p.root = must_strdup(join(p.context, "rootfs", path));
    copy_fails(&p, ".", "/app", "the new root filesystem itself");
    free((char *)p.root);
}
END_TEST

START_TEST(a_heredoc_becomes_a_file)
{
    struct place p = new_place();
    _cleanup_close_ int root = open(p.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct destination to = { .root_fd = root, .path = "/etc", .is_directory = true };
    struct copy_options options = { .uid = 3, .gid = 4 };
    struct error err = { 0 };

    ck_assert_msg(copy_heredoc("motd", "hello\n", &to, &options, &err) == 0, "%s", err.text);
    assert_file(p.root, "etc/motd", "hello\n");
    ck_assert_uint_eq(look_at(p.root, "etc/motd").st_mode, S_IFREG | 0644);
    ck_assert_uint_eq(look_at(p.root, "etc/motd").st_uid, 3);
}
END_TEST

/* Its name comes from the Dockerfile's author, and is used below a descriptor: nothing else keeps it inside. */
START_TEST(a_heredocs_name_cannot_lead_out)
{
    const char *outside = scratch();
    _cleanup_free_ char *absolute = formatted("%s/pwned", outside);
    const char *names[] = { "../pwned", absolute, "..", ".", "sub/file", "" };
    struct place p = new_place();
    _cleanup_close_ int root = open(p.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct destination to = { .root_fd = root, .path = "/", .is_directory = true };
    struct copy_options options = { 0 };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct error err = { 0 };

        ck_assert_msg(copy_heredoc(names[i], "x", &to, &options, &err) < 0, "<<%s is taken", names[i]);
        ck_assert_contains(err.text, "cannot be a file's name");
    }
    ck_assert_msg(access(absolute, F_OK) < 0, "%s was made", absolute);
}
END_TEST

START_TEST(holes_stay_holes)
{
    struct place p = new_place();
    char path[PATH_MAX];
    int fd = open(join(p.context, "sparse", path), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

    ck_assert_int_eq(ftruncate(fd, 1L << 30), 0);
    ck_assert_int_eq(pwrite(fd, "middle", 6, 1L << 29), 6);
    close(fd);
    copy(&p, "sparse", "/sparse");
    ck_assert_int_eq(look_at(p.root, "sparse").st_size, 1L << 30);
    ck_assert_int_lt(look_at(p.root, "sparse").st_blocks, 1 << 12);
    fd = open(join(p.root, "sparse", path), O_RDONLY | O_CLOEXEC);
    ck_assert_int_eq(pread(fd, path, 6, 1L << 29), 6);
    ck_assert_msg(memcmp(path, "middle", 6) == 0, "wanted middle, got %.6s", path);
    close(fd);
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { a_file_becomes_the_destination, NEED_ROOT, 0 },
        { a_file_goes_into_a_directory_that_is_there_or_written_so, NEED_ROOT, 0 },
        { of_a_directory_the_contents_are_copied, NEED_ROOT, 0 },
        { the_whole_context_can_be_copied, NEED_ROOT, 0 },
        { directories_merge_and_files_replace, NEED_ROOT, 0 },
        { a_file_does_not_replace_a_directory, NEED_ROOT, 0 },
        { a_directory_does_not_replace_a_file_or_link, NEED_ROOT, 0 },
        { links_in_the_image_lead_to_places_inside_it, NEED_ROOT, 0 },
        { a_link_in_the_destinations_place_is_followed, NEED_ROOT, 0 },
        { links_in_a_circle_are_an_error, NEED_ROOT, 0 },
        { a_link_below_a_directory_is_replaced, NEED_ROOT, 0 },
        { mode_and_time_come_along, NEED_ROOT, 0 },
        { directories_on_the_way_are_made_0755_whatever_the_umask, NEED_ROOT, 0 },
        { everything_is_roots_or_the_one_of_chown, NEED_ROOT, 0 },
        { chmod_is_for_files_and_directories_but_not_links, NEED_ROOT, 0 },
        { extended_attributes_and_capabilities_come_along, NEED_ROOT, 0 },
        { hard_links_stay_linked, NEED_ROOT, 0 },
        { devices_and_pipes_are_made_anew, NEED_ROOT, 0 },
        { a_root_inside_the_context_is_no_endless_copy, NEED_ROOT, 0 },
        { a_heredoc_becomes_a_file, NEED_ROOT, 0 },
        { a_heredocs_name_cannot_lead_out, NEED_ROOT, 0 },
        { holes_stay_holes, NEED_ROOT, 0 },
    };

    return RUN_TESTS("04-chroot/copy", tests, argc, argv);
}
