/* Names of users and groups, looked up in an image's own files; permissions as --chmod writes them. */
#include "mode.h"
#include "testing.h"
#include "user.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PASSWD                                                                                               \
    "root:x:0:0:root:/root:/bin/sh\n"                                                                        \
    "# a comment\n"                                                                                          \
    "node:x:1000:1001:Node:/home/node:/bin/sh\n"                                                             \
    "nohome:x:1002:1002::\n"                                                                                 \
    "bad:x:minus:3::/:\n"                                                                                    \
    "1234:x:77:77:a name of digits:/d:/bin/sh\n"
#define GROUP "root:x:0:\nwheel:x:10:root,node\nnode:x:1001:\nvideo:x:27:node\nempty:x:28:\n"

static int image(const char *passwd, const char *group)
{
    const char *root = scratch();

    if (passwd)
        put_file(root, "etc/passwd", passwd);
    if (group)
        put_file(root, "etc/group", group);
    return open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static struct user find(const char *text)
{
    int root = image(PASSWD, GROUP);
    struct user user;
    struct error err = { 0 };

    ck_assert_msg(user_find(root, text, &user, &err) == 0, "%s: %s", text, err.text);
    close(root);
    return user;
}

static void assert_error(int root, const char *text, const char *wanted)
{
    struct user user;
    struct error err = { 0 };

    ck_assert_msg(user_find(root, text, &user, &err) == -1, "%s: wanted an error", text);
    ck_assert_contains(err.text, wanted);
    user_free(&user);
    close(root);
}

START_TEST(a_name_brings_its_group_home_and_additional_groups)
{
    struct user user = find("node");

    ck_assert_uint_eq(user.uid, 1000);
    ck_assert_uint_eq(user.gid, 1001);
    ck_assert_str_eq(user.home, "/home/node");
    ck_assert_uint_eq(user.additional_gid_count, 2);
    ck_assert_uint_eq(user.additional_gids[0], 10);
    ck_assert_uint_eq(user.additional_gids[1], 27);
    user_free(&user);
}
END_TEST

START_TEST(a_known_number_is_as_good_as_its_name)
{
    struct user user = find("1000");

    ck_assert_uint_eq(user.gid, 1001);
    ck_assert_str_eq(user.home, "/home/node");
    ck_assert_uint_eq(user.additional_gid_count, 2);
    user_free(&user);
}
END_TEST

START_TEST(an_unknown_number_is_in_group_0_without_a_home)
{
    struct user user = find("4711");

    ck_assert_uint_eq(user.uid, 4711);
    ck_assert_uint_eq(user.gid, 0);
    ck_assert_str_eq(user.home, "/");
    ck_assert_uint_eq(user.additional_gid_count, 0);
    user_free(&user);
}
END_TEST

START_TEST(digits_are_never_a_name)
{
    struct user user = find("1234");

    ck_assert_uint_eq(user.uid, 1234);
    user_free(&user);
}
END_TEST

START_TEST(nothing_means_root)
{
    struct user user = find("");

    ck_assert_uint_eq(user.uid, 0);
    ck_assert_str_eq(user.home, "/root");
    user_free(&user);
}
END_TEST

START_TEST(a_group_replaces_all_others)
{
    struct user user = find("node:video");

    ck_assert_uint_eq(user.uid, 1000);
    ck_assert_uint_eq(user.gid, 27);
    ck_assert_uint_eq(user.additional_gid_count, 0);
    user_free(&user);
    user = find("4711:4712");
    ck_assert_uint_eq(user.gid, 4712);
    user_free(&user);
}
END_TEST

START_TEST(an_entry_without_a_home_has_the_root_directory)
{
    struct user user = find("nohome");

    ck_assert_str_eq(user.home, "/");
    user_free(&user);
}
END_TEST

START_TEST(unknown_names_are_told_with_the_file)
{
    assert_error(image(PASSWD, GROUP), "nobody", "user nobody: no such name in the image's /etc/passwd");
    assert_error(image(PASSWD, GROUP), "node:disk", "group disk: no such name in the image's /etc/group");
    assert_error(image(NULL, NULL), "node", "user node: no such name");
    assert_error(image(PASSWD, GROUP), "bad", "user bad: no such name");
}
END_TEST

START_TEST(a_number_that_is_too_large_is_refused)
{
    assert_error(image(PASSWD, GROUP), "2147483648", "at most 2147483647");
    assert_error(image(PASSWD, GROUP), "99999999999999999999", "at most 2147483647");
    assert_error(image(PASSWD, GROUP), "0:4294967295", "at most 2147483647");
}
END_TEST

START_TEST(an_image_without_files_has_numbers_still)
{
    int root = image(NULL, NULL);
    struct user user;
    struct error err = { 0 };

    ck_assert_msg(user_find(root, "5:6", &user, &err) == 0, "%s", err.text);
    ck_assert_uint_eq(user.gid, 6);
    user_free(&user);
    close(root);
}
END_TEST

START_TEST(the_hosts_files_are_not_read_through_a_link)
{
    const char *root = scratch(), *host = scratch();
    char target[512], link[512];

    put_file(host, "passwd", "spy:x:7:7::/:\n");
    put_file(root, "etc/group", "");
    snprintf(target, sizeof target, "%s/passwd", host);
    snprintf(link, sizeof link, "%s/etc/passwd", root);
    ck_assert_int_eq(symlink(target, link), 0);
    assert_error(open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC), "spy", "no such name");
}
END_TEST

START_TEST(a_named_pipe_for_passwd_is_refused_at_once)
{
    const char *root = scratch();
    char path[512];

    put_file(root, "etc/group", "");
    snprintf(path, sizeof path, "%s/etc/passwd", root);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    assert_error(open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC), "x", "no regular file");
}
END_TEST

static void assert_owner(const char *text, uid_t wanted_uid, gid_t wanted_gid)
{
    int root = image(PASSWD, GROUP);
    struct error err = { 0 };
    uid_t uid;
    gid_t gid;

    ck_assert_msg(owner_find(root, text, &uid, &gid, &err) == 0, "%s: %s", text, err.text);
    ck_assert_msg(uid == wanted_uid && gid == wanted_gid, "%s: wanted %u:%u, got %u:%u", text, wanted_uid,
                  wanted_gid, uid, gid);
    close(root);
}

START_TEST(an_owner_by_number_alone_is_its_own_group)
{
    assert_owner("1000", 1000, 1000);
    assert_owner("4711", 4711, 4711);
    assert_owner("node", 1000, 1001);
    assert_owner("node:video", 1000, 27);
    assert_owner("55:video", 55, 27);
    assert_owner("10:11", 10, 11);
}
END_TEST

static void assert_mode(const char *text, mode_t before, mode_t wanted)
{
    struct error err = { 0 };
    mode_t got;

    ck_assert_msg(mode_change(text, before, &got, &err) == 0, "%s: %s", text, err.text);
    ck_assert_msg(got == wanted, "%s of %o: wanted %o, got %o", text, before, wanted, got);
}

START_TEST(octal_modes_replace_all_permissions)
{
    assert_mode("755", S_IFREG | 0600, S_IFREG | 0755);
    assert_mode("0644", S_IFREG | 04777, S_IFREG | 0644);
    assert_mode("4755", S_IFREG, S_IFREG | 04755);
    assert_mode("0", S_IFDIR | 0755, S_IFDIR);
}
END_TEST

START_TEST(symbolic_modes_change_what_they_name)
{
    assert_mode("+x", S_IFREG | 0644, S_IFREG | 0755);
    assert_mode("u=rwX,go=rX", S_IFREG | 0666, S_IFREG | 0644);
    assert_mode("u=rwX,go=rX", S_IFREG | 0700, S_IFREG | 0755);
    assert_mode("u=rwX,go=rX", S_IFDIR | 0600, S_IFDIR | 0755);
    assert_mode("g=u", S_IFREG | 0640, S_IFREG | 0660);
    assert_mode("go-w", S_IFREG | 0666, S_IFREG | 0644);
    assert_mode("a=r", S_IFREG | 04777, S_IFREG | 0444);
    assert_mode("u+s", S_IFREG | 0755, S_IFREG | 04755);
    assert_mode("+t", S_IFDIR | 0777, S_IFDIR | 01777);
    assert_mode("u+r-w", S_IFREG | 0200, S_IFREG | 0400);
}
END_TEST

START_TEST(bad_modes_are_told)
{
    const char *const bad[] = { "", "8", "17777", "rwx", "u", "u+y", "+x,", "755x", "99999999999999999999" };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct error err = { 0 };
        mode_t got;

        ck_assert_msg(mode_change(bad[i], S_IFREG | 0644, &got, &err) == -1, "\"%s\" was taken", bad[i]);
        ck_assert_contains(err.text, "mode");
    }
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { a_name_brings_its_group_home_and_additional_groups, 0, 0 },
        { a_known_number_is_as_good_as_its_name, 0, 0 },
        { an_unknown_number_is_in_group_0_without_a_home, 0, 0 },
        { digits_are_never_a_name, 0, 0 },
        { nothing_means_root, 0, 0 },
        { a_group_replaces_all_others, 0, 0 },
        { an_entry_without_a_home_has_the_root_directory, 0, 0 },
        { unknown_names_are_told_with_the_file, 0, 0 },
        { a_number_that_is_too_large_is_refused, 0, 0 },
        { an_image_without_files_has_numbers_still, 0, 0 },
        { the_hosts_files_are_not_read_through_a_link, 0, 0 },
        { a_named_pipe_for_passwd_is_refused_at_once, 0, 0 },
        { an_owner_by_number_alone_is_its_own_group, 0, 0 },
        { octal_modes_replace_all_permissions, 0, 0 },
        { symbolic_modes_change_what_they_name, 0, 0 },
        { bad_modes_are_told, 0, 0 },
    };

    return RUN_TESTS("04-chroot/user", tests, argc, argv);
}
