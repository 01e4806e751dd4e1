/* --read-only and --tmpfs. */
#define BINARY binary("05-proc")

#include "inside.h"

#include <signal.h>

START_TEST(a_read_only_container_writes_nowhere_but_where_it_may)
{
    struct site site = site_made_by("mkdir dir", "FROM busybox\nVOLUME /volume\n");

    expect_inside(
        &site, "--read-only -v ./dir:/host -v name:/named --tmpfs /memory",
        "for d in / /etc /tmp /root /bin /host /named /volume /memory /dev /dev/shm; do\n"
        "(echo x >$d/x) 2>/dev/null && echo $d; done; (echo >/etc/passwd) 2>&1; mkdir /x 2>&1; true",
        "/host\n/named\n/volume\n/memory\n/dev\n/dev/shm\n"
        "sh: can't create /etc/passwd: Read-only file system\n"
        "mkdir: can't create directory '/x': Read-only file system\n");
}
END_TEST

START_TEST(without_it_the_root_can_be_written)
{
    struct site site = new_site("FROM busybox\n");

    expect_inside(&site, "", "echo x >/new && echo y >/etc/passwd && cat /new /etc/passwd", "x\ny\n");
    expect_inside(&site, "", "ls /new 2>&1; true", "ls: /new: No such file or directory\n");
}
END_TEST

/* Only the container's mount is read-only: the file system on the host is not. */
START_TEST(read_only_is_the_containers_alone)
{
    struct site site = new_site("FROM busybox\n");
    struct running *running = START_SITE(&site, "--read-only", ".", "--", "sh", "-c", UNTIL_TERM);
    struct outcome o;

    ck_assert_msg(wait_for_output(running, "ready", 20), "the program did not start");
    put_file(site.root, "written", "by the host");
    put_file(site.context, "written", "by the host");
    kill(running_pid(running), SIGTERM);
    o = finish(running);
    assert_outcome(&o, 3, "ready\n");
    assert_nothing_left(&site);
}
END_TEST

START_TEST(tmpfs_is_empty_for_everybody_and_without_programs)
{
    struct site site = new_site("FROM busybox\nUSER 1234\n");

    expect_inside(
        &site, "--tmpfs /etc --tmpfs /new/deep",
        "ls -A /etc; stat -c '%n %a %u:%g' /etc /new/deep; grep -o ' /etc tmpfs rw,nosuid,nodev,noexec' /proc/mounts\n"
        "cp /bin/busybox /etc/echo && /etc/echo x 2>&1; true",
        "/etc 1777 0:0\n/new/deep 1777 0:0\n /etc tmpfs rw,nosuid,nodev,noexec\nsh: /etc/echo: Permission denied\n");
}
END_TEST

START_TEST(tmpfs_takes_size_mode_and_flags)
{
    struct site site = new_site("FROM busybox\n");

    expect_inside(
        &site, "--tmpfs /t:size=64k,mode=0750,exec,uid=12",
        "stat -c %a:%u /t; printf '#!/bin/sh\necho ran\n' >/t/run; chmod 755 /t/run; /t/run\n"
        "head -c 60000 /dev/zero >/t/fits && head -c 5000 /dev/zero 2>/dev/null >/t/more || echo full",
        "750:12\nran\nfull\n");
    expect_inside(&site, "--tmpfs /t:ro", "(: >/t/x) 2>&1; true",
                  "sh: can't create /t/x: Read-only file system\n");
}
END_TEST

START_TEST(bad_options_are_refused_in_the_kernels_words)
{
    static const struct {
        const char *option, *words;
    } bad[] = {
        { "/t:size=much", "mount a tmpfs on /t: size=much: tmpfs: Bad value for 'size'" },
        { "/t:mode=9", "mode=9: tmpfs: Bad value for 'mode'" },
        { "/t:nonsense", "nonsense: tmpfs: Unknown parameter 'nonsense'" },
        { "/t:size", "size: tmpfs: " },
        { "/t:ro:rw", "ro:rw: tmpfs: Unknown parameter 'ro:rw'" },
        { "relative", "the place in the container, \"relative\", is no absolute path" },
        { ":size=1k", "is no absolute path" },
        { "/", "nothing can be mounted on / of a container" },
        { "/proc", "nothing can be mounted on /proc of a container" },
        { "/dev/../proc/", "nothing can be mounted on /proc of a container" },
    };
    struct site site = new_site("FROM busybox\n");

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        expect_refused(&site, text("--tmpfs %s", bad[i].option), bad[i].words);
    expect_refused(&site, text("--tmpfs /t:size=%0300d", 1), "mount a tmpfs on /t: size=0");
}
END_TEST

START_TEST(tmpfs_can_give_more_shared_memory)
{
    struct site site = new_site("FROM busybox\n");

    expect_inside(&site, "--tmpfs /dev/shm:size=1m", "df -k /dev/shm | awk 'END { print $2 }'", "1024\n");
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { a_read_only_container_writes_nowhere_but_where_it_may, NEED_CONTAINER, 0 },
        { without_it_the_root_can_be_written, NEED_CONTAINER, 0 },
        { read_only_is_the_containers_alone, NEED_CONTAINER, 0 },
        { tmpfs_is_empty_for_everybody_and_without_programs, NEED_CONTAINER, 0 },
        { tmpfs_takes_size_mode_and_flags, NEED_CONTAINER, 0 },
        { bad_options_are_refused_in_the_kernels_words, NEED_CONTAINER, 0 },
        { tmpfs_can_give_more_shared_memory, NEED_CONTAINER, 0 },
    };

    return RUN_TESTS("05-proc/read_only", tests, argc, argv);
}
