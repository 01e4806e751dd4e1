/* -v with a path of the host's. */
#define BINARY binary("05-proc")

#include "inside.h"

#include <unistd.h>

START_TEST(a_directory_of_the_host_is_in_both_places)
{
    struct site site = new_site("FROM busybox\n");
    const char *host = scratch();

    put_file(host, "sub/file", "from the host\n");
    expect_inside(&site, text("-v %s:/a/b/c", host),
                  "cat /a/b/c/sub/file; echo back >/a/b/c/new; stat -c %a /a /a/b",
                  "from the host\n755\n755\n");
    ck_assert_str_eq(get_file(host, "new"), "back\n");
}
END_TEST

START_TEST(a_file_of_the_host_can_be_mounted)
{
    struct site site = new_site("FROM busybox\n");
    const char *host = scratch();

    put_file(host, "file", "from the host\n");
    expect_inside(
        &site, text("-v %s/file:/new/place -v %s/file:/etc/passwd:ro", host, host),
        "cat /etc/passwd; echo changed >/new/place; cat /etc/passwd; (echo x >/etc/passwd) 2>&1; true",
        "from the host\nchanged\nsh: can't create /etc/passwd: Read-only file system\n");
    ck_assert_str_eq(get_file(host, "file"), "changed\n");
}
END_TEST

START_TEST(a_source_may_be_relative_or_a_link)
{
    struct site site = site_made_by("mkdir dir; echo one >dir/file; ln -s dir link; ln -s dir/file file-link",
                                    "FROM busybox\n");

    expect_inside(&site,
                  "-v ./dir:/a -v .:/b -v ./link:/c -v ./file-link:/d -v ../../../../..//etc/../etc:/e",
                  "cat /a/file /b/dir/file /c/file /d; ls -d /e/passwd", "one\none\none\none\n/e/passwd\n");
}
END_TEST

/* mount_setattr(2), recursively: remounting the topmost alone, as mount(8) long did, leaves the rest writable. */
START_TEST(read_only_holds_for_what_is_mounted_below)
{
    struct site site = new_site("FROM busybox\n");
    const char *host = scratch(), *below = text("%s/below", host);

    become_a_host();
    put_file(host, "below/hidden", "not to be seen");
    ck_assert_msg(mount("tmpfs", below, "tmpfs", 0, "") == 0, "mount: %m");
    put_file(below, "file", "on the tmpfs\n");
    expect_inside(
        &site, text("-v %s:/v:ro", host),
        "cat /v/below/file; ls /v/below; for f in /v/x /v/below/x /v/below/file; do (: >>$f) 2>&1; done; true",
        "on the tmpfs\nfile\n"
        "sh: can't create /v/x: Read-only file system\nsh: can't create /v/below/x: Read-only file system\n"
        "sh: can't create /v/below/file: Read-only file system\n");
    put_file(below, "file", "the host can write still\n");
    expect_inside(&site, text("-v %s:/v", host), "echo so can a container >/v/below/file", "");
    ck_assert_str_eq(get_file(below, "file"), "so can a container\n");
    ck_assert_msg(umount(below) == 0, "wanted nothing left that holds the mount: %m");
}
END_TEST

START_TEST(options_of_a_mount_are_obeyed)
{
    struct site site = site_made_by("mkdir dir; printf '#!/bin/sh\\necho ran\\n' >dir/run; chmod 755 dir/run",
                                    "FROM busybox\n");

    expect_inside(&site, "-v ./dir:/v:noexec,nosuid,nodev -v ./dir:/w:ro,rw -v ./dir:/x:",
                  "grep -o ' /v [^ ]* rw,nosuid,nodev,noexec' /proc/mounts | cut -d ' ' -f 2; "
                  "/v/run 2>&1; /w/run; : >/w/new; /x/run",
                  "/v\nsh: /v/run: Permission denied\nran\nran\n");
}
END_TEST

/* ---- where the target is */

START_TEST(links_in_the_image_lead_to_places_in_the_image)
{
    struct site site = site_made_by(
        "mkdir -p tree/deep dir; cd tree; echo mounted >../dir/file\n"
        "ln -s /etc to-etc; ln -s ../../../../../../etc up; ln -s ../to-etc deep/twice; ln -s nowhere dangling\n"
        "ln -s ../run/resolv.conf deep/resolv.conf; ln -s ../../../tmp/../srv/new deep/far",
        "FROM busybox\nCOPY tree /\n");

    expect_inside(&site, "-v ./dir:/to-etc/a -v ./dir:/up/b -v ./dir:/deep/twice/c",
                  "cat /etc/a/file /etc/b/file /etc/c/file", "mounted\nmounted\nmounted\n");
    expect_inside(&site, "-v ./dir:/to-etc", "ls /etc", "file\n");
    expect_inside(&site, "-v ./dir:/dangling -v ./dir:/deep/far", "cat /nowhere/file /srv/new/file",
                  "mounted\nmounted\n");
    expect_inside(&site, "-v ./dir/file:/deep/resolv.conf",
                  "cat /run/resolv.conf; readlink /deep/resolv.conf", "mounted\n../run/resolv.conf\n");
    expect_inside(&site, "-v ./dir:/../../x/../y", "cat /y/file", "mounted\n");
}
END_TEST

/* The same paths are there on the host, and stay as they were: nothing is made, nothing is mounted on them. */
START_TEST(no_target_is_on_the_host)
{
    const char *host = scratch();
    struct site site = site_made_by(
        text("mkdir tree dir; echo x >file; ln -s %s tree/abs; ln -s ../../../../../../../../..%s tree/up",
             host, host),
        "FROM busybox\nCOPY tree /\n");
    const char *before;

    put_file(host, "a/b/of-the-host", "");
    put_file(host, "e", "of the host\n");
    become_a_host();
    before = mounts_of_this_process();
    expect_inside(&site, "-v ./dir:/abs/a/b -v ./file:/abs/c -v ./dir:/up/d -v ./file:/up/e",
                  text("ls %s", host), "a\nc\nd\ne\n");
    ck_assert_str_eq(RUN("ls", "-A", host, text("%s/a/b", host)).out,
                     text("%s:\na\ne\n\n%s/a/b:\nof-the-host\n", host, host));
    ck_assert_str_eq(mounts_of_this_process(), before);
}
END_TEST

START_TEST(a_target_of_the_wrong_kind_is_refused)
{
    struct site site = site_made_by("mkdir dir; echo x >file", "FROM busybox\n");

    expect_refused(&site, "-v ./dir:/etc/passwd",
                   "mount ./dir on /etc/passwd: it is a file, and a directory is to be mounted there");
    expect_refused(&site, "-v ./file:/etc",
                   "mount ./file on /etc: it is a directory, and a file is to be mounted there");
    expect_refused(&site, "-v ./dir:/etc/passwd/x", "Not a directory");
    expect_refused(&site, "-v ./file:/etc/passwd/x", "Not a directory");
    expect_refused(&site, "--tmpfs /etc/passwd", "it is a file");
}
END_TEST

/* CVE-2019-16884: a mount over part of /proc makes it lie, to security modules too. */
START_TEST(nothing_is_mounted_on_proc_or_the_root)
{
    struct site site = site_made_by(
        "mkdir tree dir; cd tree; ln -s /proc/self/attr p; ln -s /proc q; ln -s / r; ln -s r/. s; ln -s self/cwd t",
        "FROM busybox\nCOPY tree /\n");
    const char *const spelled[] = { "/proc", "/proc/", "/proc/self/attr", "/x/../proc/sys", "/", "/..",
                                    "//",    "/." };
    const char *const linked[] = { "/p", "/p/x", "/q", "/q/1", "/q/1/root", "/q/self/cwd", "/q/sys" };

    for (size_t i = 0; i < sizeof spelled / sizeof *spelled; i++)
        expect_refused(&site, text("-v ./dir:%s", spelled[i]), "nothing can be mounted on /");
    for (size_t i = 0; i < sizeof linked / sizeof *linked; i++)
        expect_refused(&site, text("-v ./dir:%s", linked[i]),
                       text("enter mounts: mount ./dir on %s: ", linked[i]));
    expect_refused(&site, "-v ./dir:/r", "it is the root directory itself");
    expect_refused(&site, "-v ./dir:/s/", "it is the root directory itself");
    expect_refused(&site, "--tmpfs /r", "it is the root directory itself");
    expect_inside(&site, "-v ./dir:/process", "ls -d /process", "/process\n");
}
END_TEST

START_TEST(mounts_are_in_each_other_whatever_their_order)
{
    struct site site =
        site_made_by("mkdir -p a b/c d; echo a >a/file; echo b >b/file; echo d >d/file", "FROM busybox\n");

    expect_inside(&site, "-v ./d:/v/b/c -v ./b:/v/b -v ./a:/v", "cat /v/file /v/b/file /v/b/c/file",
                  "a\nb\nd\n");
    expect_inside(&site, "-v ./a:/v/a --tmpfs /v -v ./d:/v/a/b", "ls /v /v/a; cat /v/a/b/file",
                  "/v:\na\n\n/v/a:\nb\nfile\nd\n");
}
END_TEST

START_TEST(a_volume_may_be_where_the_systems_are)
{
    struct site site = site_made_by("mkdir dir; echo x >dir/file", "FROM busybox\n");

    expect_inside(&site, "-v ./dir:/dev/shm -v ./dir:/dev/mine -v ./dir/file:/dev/file -v ./dir:/sys/kernel",
                  "cat /dev/shm/file /dev/mine/file /dev/file /sys/kernel/file", "x\nx\nx\nx\n");
    expect_refused(&site, "-v ./dir:/sys/new", "Read-only file system");
}
END_TEST

/* ---- bad words */

START_TEST(what_is_no_volume_is_refused_and_said_why)
{
    static const struct {
        const char *option, *words;
    } bad[] = {
        { "/no/such:/x", "look for /no/such on the host: No such file or directory" },
        { "./nope:/x", "look for ./nope on the host" },
        { "/etc:relative", "the place in the container, \"relative\", is no absolute path" },
        { "/etc:", "the place in the container, \"\", is no absolute path" },
        { "name", "\"name\", is no absolute path" },
        { ":/x", "\"\" is no name of a volume" },
        { ":", "is no absolute path" },
        { "dir/sub:/x", "a path on the host begins with / or ./" },
        { "-x:/x", "\"-x\" is no name of a volume" },
        { "_x:/x", "\"_x\" is no name of a volume" },
        { "a*:/x", "\"a*\" is no name of a volume" },
        { "\303\251:/x", "is no name of a volume" },
        { "/etc:/x:rw,bad", "unknown option \"bad\"" },
        { "/etc:/x:ro:rw", "unknown option \"ro:rw\"" },
        { "/etc:/x:size=1k", "unknown option \"size=1k\"" },
        { "name:/x:bad", "unknown option \"bad\"" },
        { "/etc:/x/ --tmpfs /x", "another option mounts something on /x already" },
        { "name:/x -v /etc:/x", "another option mounts something on /x already" },
    };
    struct site site = new_site("FROM busybox\n");

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        expect_refused(&site, text("-v %s", bad[i].option), bad[i].words);
    ck_assert_msg(access(text("%s/images", site.root), F_OK) < 0, "wanted nothing downloaded before that");
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { a_directory_of_the_host_is_in_both_places, NEED_CONTAINER, 0 },
        { a_file_of_the_host_can_be_mounted, NEED_CONTAINER, 0 },
        { a_source_may_be_relative_or_a_link, NEED_CONTAINER, 0 },
        { read_only_holds_for_what_is_mounted_below, NEED_CONTAINER, 0 },
        { options_of_a_mount_are_obeyed, NEED_CONTAINER, 0 },
        { links_in_the_image_lead_to_places_in_the_image, NEED_CONTAINER, 0 },
        { no_target_is_on_the_host, NEED_CONTAINER, 0 },
        { a_target_of_the_wrong_kind_is_refused, NEED_CONTAINER, 0 },
        { nothing_is_mounted_on_proc_or_the_root, NEED_CONTAINER, 0 },
        { mounts_are_in_each_other_whatever_their_order, NEED_CONTAINER, 0 },
        { a_volume_may_be_where_the_systems_are, NEED_CONTAINER, 0 },
        { what_is_no_volume_is_refused_and_said_why, NEED_CONTAINER, 0 },
    };

    return RUN_TESTS("05-proc/binds", tests, argc, argv);
}
