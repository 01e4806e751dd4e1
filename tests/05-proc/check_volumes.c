/* -v with a name, VOLUME, and what an image's config has of them. */
#define BINARY binary("05-proc")

#include "inside.h"

#include <errno.h>
#include <signal.h>
#include <sys/xattr.h>
#include <unistd.h>

/* What the host has of the volume NAME. */
static const char *data_of(const struct site *site, const char *name)
{
    return text("%s/volumes/%s/_data", site->root, name);
}

START_TEST(a_named_volume_outlives_the_container)
{
    struct site site = new_site("FROM busybox\n");

    expect_inside(&site, "-v data.1_x-y:/v", "echo kept >/v/file", "");
    ck_assert_str_eq(get_file(data_of(&site, "data.1_x-y"), "file"), "kept\n");
    expect_inside(&site, "-v data.1_x-y:/elsewhere:ro", "cat /elsewhere/file; (: >/elsewhere/x) 2>&1; true",
                  "kept\nsh: can't create /elsewhere/x: Read-only file system\n");
    expect_inside(&site, "-v other:/v", "ls -A /v; stat -c %a:%u:%g /v", "755:0:0\n");
}
END_TEST

/* All that there is to say of /v. */
#define DESCRIBE                                                                                                         \
    "cd /v; stat -c '%n %F %a %u:%g %h %s %Y %t:%T' . * sub/*; readlink soft away; [ file -ef hard ] && echo one file\n" \
    "cat file sub/below"

START_TEST(a_new_one_gets_what_the_image_has_there)
{
    struct site site = site_made_by(
        "mkdir -p tree/v/sub; cd tree/v\n"
        "echo one >file; ln file hard; ln -s file soft; ln -s /etc away; mkfifo pipe; mknod null c 1 3; echo x >sub/below\n"
        "echo x >setuid; chown -h 12:34 soft; chown 1234:4321 . setuid; chmod 4755 setuid; chmod 1770 .; chmod 711 sub\n"
        "touch -d @1000 file sub .; tar -C .. -cf ../../tree.tar v",
        "FROM busybox\nADD tree.tar /\n");
    struct outcome in_image = IN_CONTAINER(&site, "", DESCRIBE);

    assert_outcome(&in_image, 0, in_image.out);
    ck_assert_contains(in_image.out, ". directory 1770 1234:4321 3 ");
    ck_assert_contains(in_image.out, "setuid regular file 4755 1234:4321 1 ");
    ck_assert_contains(in_image.out, "one file\none\nx\n");
    expect_inside(&site, "-v name:/v", DESCRIBE, in_image.out);
    expect_inside(&site, "-v name:/v", "rm -r /v/sub /v/file; echo two >/v/hard", "");
    expect_inside(&site, "-v name:/v", "ls /v; cat /v/hard", "away\nhard\nnull\npipe\nsetuid\nsoft\ntwo\n");
    expect_inside(&site, "-v second:/v", DESCRIBE, in_image.out);
}
END_TEST

START_TEST(a_new_one_gets_extended_attributes_too)
{
    struct site site = site_made_by("mkdir -p v/sub; echo x >v/file", "FROM busybox\nCOPY v /v\n");
    const char *const names[] = { "file", "sub" };
    char value[16];

    for (size_t i = 0; i < 2; i++) {
        int result =
            setxattr(text("%s/v/%s", site.context, names[i]), "user.note", names[i], strlen(names[i]), 0);

        ck_assert_msg(result == 0, "setxattr: %m");
    }
    expect_inside(&site, "-v name:/v", "true", "");
    for (size_t i = 0; i < 2; i++) {
        const char *path = text("%s/%s", data_of(&site, "name"), names[i]);

        ck_assert_int_eq(getxattr(path, "user.note", value, sizeof value), (int)strlen(names[i]));
        ck_assert_mem_eq(value, names[i], strlen(names[i]));
    }
}
END_TEST

/* The link is the image's: it leads to a place in it, for the contents as for the mount. */
START_TEST(a_new_one_is_filled_through_links_of_the_image)
{
    const char *host = scratch();
    struct site site = site_made_by(
        text(
            "mkdir -p tree/etc; cd tree; ln -s /etc v; ln -s %s out; ln -s nowhere dangling; echo of the image >etc/mark",
            host),
        "FROM busybox\nCOPY tree /\n");

    put_file(host, "secret", "of the host\n");
    expect_inside(&site, "-v name:/v", "cat /v/mark /etc/mark; grep -c ' /etc ' /proc/mounts",
                  "of the image\nof the image\n1\n");
    expect_inside(&site, "-v outside:/out", "ls -A /out", "");
    expect_inside(&site, "-v dangling:/dangling", "ls -A /dangling; echo x >/nowhere/file", "");
    ck_assert_str_eq(get_file(data_of(&site, "dangling"), "file"), "x\n");
    ck_assert_str_eq(RUN("ls", "-A", host).out, "secret\n");
}
END_TEST

START_TEST(a_half_filled_one_is_filled_anew)
{
    struct site site = site_made_by("mkdir v; echo whole >v/file", "FROM busybox\nCOPY v /v\n");

    put_file(site.root, "volumes/name/_data.new/half", "x");
    put_file(site.root, "volumes/name/_data.new/file", "ha");
    expect_inside(&site, "-v name:/v", "ls /v; cat /v/file", "file\nwhole\n");
    ck_assert_str_eq(RUN("ls", "-A", text("%s/volumes/name", site.root)).out, "_data\n");
}
END_TEST

START_TEST(one_that_cannot_be_filled_is_not_made)
{
    struct site site = new_site("FROM busybox\n");

    expect_refused(&site, "-v name:/etc/passwd",
                   "volume name: fill it with what the image has in /etc/passwd: ");
    ck_assert_msg(access(data_of(&site, "name"), F_OK) < 0 && errno == ENOENT, "wanted no half volume");
    expect_inside(&site, "-v name:/root", "echo x >/root/file", "");
}
END_TEST

/* 200 files, and both gockers begin at the same moment: one fills it, both see all. */
START_TEST(two_gockers_at_once_share_a_new_one)
{
    struct site site =
        site_made_by("mkdir v; for i in $(seq 200); do echo $i >v/$i; done", "FROM busybox\nCOPY v /v\n");
    struct running *running[4];

    expect_inside(&site, "", "true", ""); /* the image is there from now on */
    for (size_t i = 0; i < 4; i++)
        running[i] =
            START_SITE(&site, "-v", "name:/v", ".", "--", "sh", "-c", "ls /v | wc -l; echo x >>/v/all");
    for (size_t i = 0; i < 4; i++) {
        struct outcome o = finish(running[i]);

        ck_assert_msg(o.status == 0 && strtol(o.out, NULL, 10) >= 200, "wanted 200 files or more, got %s%s",
                      o.out, o.err);
    }
    ck_assert_str_eq(get_file(data_of(&site, "name"), "all"), "x\nx\nx\nx\n");
    assert_nothing_left(&site);
}
END_TEST

/* It is killed some time after it began to make the volume: then there is none, or a whole one. */
START_TEST(no_kill_leaves_half_a_volume)
{
    struct site site =
        site_made_by("mkdir v; for i in $(seq 300); do echo $i >v/$i; done", "FROM busybox\nCOPY v /v\n");
    const char *place = text("%s/volumes/name", site.root), *data = data_of(&site, "name");

    for (unsigned delay_us = 0; delay_us < 20000; delay_us += 2000) {
        struct running *running = START_SITE(&site, "-v", "name:/v", ".", "--", "true");

        while (access(place, F_OK) < 0 && kill(running_pid(running), 0) == 0)
            usleep(100);
        usleep(delay_us);
        kill(running_pid(running), SIGKILL);
        finish(running);
        if (access(data, F_OK) == 0)
            ck_assert_str_eq(RUN("sh", "-c", "ls \"$0\" | wc -l", data).out, "300\n");
        ck_assert_int_eq(RUN("rm", "-r", place).status, 0);
    }
    expect_inside(&site, "-v name:/v", "ls /v | wc -l", "300\n");
}
END_TEST

/* What a container puts there with its owner's rights (setuid) must be nothing to the host's other users. */
START_TEST(other_users_of_the_host_cannot_enter_it)
{
    struct site site = new_site("FROM busybox\nUSER 1234\n");
    struct outcome o;

    ck_assert_int_eq(chmod(site.root, 0755), 0);
    expect_inside(&site, "-v name:/v", "ls -d /v", "/v\n");
    o = run_how(&(struct how){ .uid = 65534 }, (const char *const[]){ "ls", data_of(&site, "name"), NULL });
    ck_assert_contains(o.err, "Permission denied");
}
END_TEST

/* ---- without a name */

START_TEST(a_volume_without_a_name_is_the_images_directory)
{
    struct site site = site_made_by("mkdir v; echo of the image >v/file; chown 1234:4321 v; chmod 700 v",
                                    "FROM busybox\nADD v.tar /\nVOLUME /v /new/deep\n");

    RUN("tar", "-C", site.context, "-cf", text("%s/v.tar", site.context), "v");
    expect_inside(
        &site, "--read-only -v /third/",
        "cat /v/file; stat -c %a:%u:%g /v; for d in /v /new/deep /third; do echo x >$d/x && echo $d; done; "
        "(: >/x) 2>&1; true",
        "of the image\n700:1234:4321\n/v\n/new/deep\n/third\nsh: can't create /x: Read-only file system\n");
    expect_inside(&site, "", "ls /v /new/deep", "/new/deep:\n\n/v:\nfile\n"); /* the next one has its own */
}
END_TEST

START_TEST(v_takes_the_place_of_volume)
{
    struct site site =
        site_made_by("mkdir host; echo host >host/file",
                     "FROM busybox\nWORKDIR /w\nVOLUME v\nVOLUME [\"/w/v\", \"/w//v/../v/\"]\n");

    expect_inside(&site, "-v ./host:/w/v/:ro", "cat /w/v/file; grep -c ' /w/v ' /proc/mounts", "host\n1\n");
    expect_inside(&site, "-v name:/w/v", "echo x >/w/v/x", "");
    ck_assert_str_eq(get_file(data_of(&site, "name"), "x"), "x\n");
    expect_inside(&site, "--tmpfs /w/v", "grep -c 'tmpfs /w/v tmpfs' /proc/mounts", "1\n");
    expect_inside(&site, "", "grep -c ' /w/v ' /proc/mounts", "1\n");
}
END_TEST

START_TEST(below_v_it_is_the_images_directory_still)
{
    struct site site = new_site("FROM busybox\nCOPY Dockerfile /v/own/image\nVOLUME /v/own\n");

    put_file(site.context, "host/own/hosts", "");
    expect_inside(&site, "-v ./host:/v", "ls /v/own; echo x >/v/own/new", "image\n");
    ck_assert_int_lt(access(text("%s/host/own/new", site.context), F_OK), 0);
    expect_inside(&site, "-v /v", "ls /v/own", "image\n");
}
END_TEST

START_TEST(volume_in_an_odd_place_is_refused)
{
    const struct {
        const char *dockerfile, *words;
    } bad[] = {
        { "VOLUME /\n", "VOLUME: nothing can be mounted on / of a container" },
        { "VOLUME /proc/x\n", "VOLUME: nothing can be mounted on /proc/x of a container" },
        { "COPY tree /\nVOLUME /file\n", "mount a volume on /file: it is a file" },
        { "COPY tree /\nVOLUME /to-root\n", "mount a volume on /to-root: it is the root directory itself" },
        { "COPY tree /\nVOLUME /to-proc/x\n", "mount a volume on /to-proc/x: " },
    };
    struct site site = site_made_by(
        "mkdir tree; cd tree; echo x >file; ln -s / to-root; ln -s /proc to-proc; ln -s /etc to-etc", "");

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        put_file(site.context, "Dockerfile", text("FROM busybox\n%s", bad[i].dockerfile));
        expect_refused(&site, "", bad[i].words);
    }
    put_file(site.context, "Dockerfile", "FROM busybox\nCOPY tree /\nVOLUME /to-etc /new\n");
    expect_inside(&site, "--read-only", "echo x >/etc/new; ls /to-etc/new", "/to-etc/new\n");
}
END_TEST

/* Its config has Volumes /data, and User learner. */
START_TEST(the_base_images_volumes_count)
{
    struct site site = new_site("");

    put_file(site.context, "Dockerfile",
             text("FROM %s/configured\nUSER root\nENTRYPOINT []\n", registry_address()));
    expect_inside(&site, "--read-only", "echo x >/data/x && ls /data", "x\n");
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { a_named_volume_outlives_the_container, NEED_CONTAINER, 0 },
        { a_new_one_gets_what_the_image_has_there, NEED_CONTAINER, 0 },
        { a_new_one_gets_extended_attributes_too, NEED_CONTAINER, 0 },
        { a_new_one_is_filled_through_links_of_the_image, NEED_CONTAINER, 0 },
        { a_half_filled_one_is_filled_anew, NEED_CONTAINER, 0 },
        { one_that_cannot_be_filled_is_not_made, NEED_CONTAINER, 0 },
        { two_gockers_at_once_share_a_new_one, NEED_CONTAINER, 0 },
        { no_kill_leaves_half_a_volume, NEED_CONTAINER, 60 },
        { other_users_of_the_host_cannot_enter_it, NEED_CONTAINER | NEED_USER, 0 },
        { a_volume_without_a_name_is_the_images_directory, NEED_CONTAINER, 0 },
        { v_takes_the_place_of_volume, NEED_CONTAINER, 0 },
        { below_v_it_is_the_images_directory_still, NEED_ROOT | NEED_REGISTRY, 0 },
        { volume_in_an_odd_place_is_refused, NEED_CONTAINER, 0 },
        { the_base_images_volumes_count, NEED_CONTAINER, 0 },
    };

    return RUN_TESTS("05-proc/volumes", tests, argc, argv);
}
