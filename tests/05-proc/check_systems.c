/* /dev, /proc and /sys: what is there, what is hidden, and images that have something in their place.
 *
 * Up to chapter 8 the container's root has CAP_SYS_ADMIN, and may unmount and remount as it likes: what is hidden here
 * is hidden from those who do not try. */
#define BINARY binary("05-proc")

#include "inside.h"

#include <fcntl.h>
#include <unistd.h>

START_TEST(the_devices_are_those_of_the_specification)
{
    struct site site = new_site("FROM busybox\n");

    expect_inside(&site, "", "cd /dev; stat -c '%n %F %a %t:%T %u:%g' null zero full random urandom tty",
                  "null character special file 666 1:3 0:0\n"
                  "zero character special file 666 1:5 0:0\n"
                  "full character special file 666 1:7 0:0\n"
                  "random character special file 666 1:8 0:0\n"
                  "urandom character special file 666 1:9 0:0\n"
                  "tty character special file 666 5:0 0:0\n");
    expect_inside(&site, "",
                  "cd /dev; for l in fd stdin stdout stderr ptmx; do echo $l $(readlink $l); done; ls",
                  "fd /proc/self/fd\nstdin /proc/self/fd/0\nstdout /proc/self/fd/1\nstderr /proc/self/fd/2\n"
                  "ptmx pts/ptmx\n"
                  "fd\nfull\nnull\nptmx\npts\nrandom\nshm\nstderr\nstdin\nstdout\ntty\nurandom\nzero\n");
}
END_TEST

START_TEST(the_devices_work_for_every_user)
{
    const char *script = "echo gone >/dev/null; wc -c </dev/null; head -c 4 /dev/zero | od -An -tx1\n"
                         "echo x 2>/dev/null >/dev/full || echo full; head -c 9 /dev/urandom | wc -c\n"
                         "echo by a link | cat /dev/stdin; id -u";
    struct site site = new_site("FROM busybox\nUSER 1234\n");

    expect_inside(&site, "", script, "0\n 00 00 00 00\nfull\n9\nby a link\n1234\n");
}
END_TEST

/* A pseudo-terminal that is opened on the host is /dev/pts/N there: number 0 of the container's is another. */
START_TEST(its_terminals_are_its_own)
{
    struct site site = new_site("FROM busybox\nUSER 1234\n");
    _cleanup_close_ int hosts = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

    ck_assert_msg(hosts >= 0, "posix_openpt: %m");
    expect_inside(&site, "", "ls /dev/pts; exec 3<>/dev/ptmx; ls /dev/pts; stat -c %a:%u:%g /dev/pts/0",
                  "ptmx\n0\nptmx\n620:1234:5\n");
}
END_TEST

START_TEST(shared_memory_is_for_every_user_and_limited)
{
    struct site site = new_site("FROM busybox\nUSER 1234\n");

    expect_inside(
        &site, "",
        "stat -c %a:%u /dev/shm; echo text >/dev/shm/file; cat /dev/shm/file\n"
        "grep -o ' /dev/shm tmpfs rw,nosuid,nodev,noexec' /proc/mounts; df -k /dev/shm | awk 'END { print $2 }'",
        "1777:0\ntext\n /dev/shm tmpfs rw,nosuid,nodev,noexec\n65536\n");
}
END_TEST

/* Opened for writing only, with nothing written: where that works it does no harm. */
START_TEST(what_would_change_the_machine_is_read_only)
{
    struct site site = new_site("FROM busybox\n");

    expect_inside(
        &site, "",
        "for f in /sys/kernel/profiling /sys/kernel/mm/ksm/run /proc/sys/kernel/hostname /proc/sys/vm/swappiness "
        "/proc/sysrq-trigger /proc/irq/default_smp_affinity; do\n"
        "[ ! -e $f ] || (: >>$f) 2>/dev/null && [ -e $f ] && echo $f; done; (: >>/proc/sys/kernel/hostname) 2>&1; true",
        "sh: can't create /proc/sys/kernel/hostname: Read-only file system\n");
}
END_TEST

START_TEST(what_would_tell_about_the_machine_is_masked)
{
    const char *script =
        "for f in /proc/acpi /proc/asound /proc/interrupts /proc/kcore /proc/keys /proc/latency_stats "
        "/proc/sched_debug /proc/scsi /proc/timer_list /proc/timer_stats /sys/firmware "
        "/sys/devices/virtual/powercap; do\n"
        "if [ -d $f ]; then ls -A $f; elif [ -e $f ]; then cat $f; fi; done; ls /proc/interrupts";
    struct site site = new_site("FROM busybox\n");

    ck_assert_str_ne(get_file("/proc", "interrupts"), "");
    expect_inside(&site, "", script, "/proc/interrupts\n");
}
END_TEST

/* ---- images that have something there */

START_TEST(an_image_that_lacks_the_directories_gets_them)
{
    struct site site = new_site("FROM busybox\n");
    struct outcome o = RUN(BINARY, "extract", "--quiet", "busybox", text("%s/root", site.context));

    ck_assert_msg(o.status == 0, "%s", o.err);
    o = RUN("ls", text("%s/root", site.context));
    ck_assert_msg(!strstr(o.out, "proc") && !strstr(o.out, "dev"), "wanted an image without, got\n%s", o.out);
    expect_inside(&site, "", "stat -c '%n %a' /proc /dev /sys", "/proc 555\n/dev 755\n/sys 555\n");
}
END_TEST

START_TEST(what_an_image_has_in_them_is_hidden)
{
    struct site site =
        site_made_by("mkdir -p tree/dev tree/proc tree/sys; cd tree\n"
                     "ln -s /etc dev/pts; ln -s /etc dev/shm; echo fake >dev/null; ln -s /etc dev/fd\n"
                     "ln -s / proc/acpi; echo fake >proc/keys; ln -s /etc sys/firmware",
                     "FROM busybox\nCOPY tree /\n");

    expect_inside(
        &site, "",
        "[ -c /dev/null ] && cat /dev/null; ls -d /dev/pts/ptmx /proc/1; readlink /dev/fd; ls /dev/shm; cat /proc/keys",
        "/dev/pts/ptmx\n/proc/1\n/proc/self/fd\n");
}
END_TEST

/* CVE-2019-19921, and its like. */
START_TEST(an_image_with_a_link_or_file_in_their_place_is_refused)
{
    const char *const places[] = { "proc", "sys", "dev" };
    const char *const made[] = { "ln -s /etc",       "ln -s ../../etc", "ln -s /nowhere", "ln -s .",
                                 "ln -s /proc/self", "touch",           "mkfifo" };

    become_a_host();
    const char *before = mounts_of_this_process();
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        for (size_t j = 0; j < sizeof made / sizeof *made; j++) {
            struct site site = site_made_by(text("mkdir tree; cd tree; %s %s", made[j], places[i]),
                                            "FROM busybox\nCOPY tree /\n");

            expect_refused(
                &site, "",
                text("gocker: enter mounts: mount /%s: the image has a link or file in the place of "
                     "the directory /%s: ",
                     places[i], places[i]));
        }
    ck_assert_str_eq(mounts_of_this_process(), before);
}
END_TEST

/* CVE-2025-31133: the mask for files is the container's /dev/null. */
START_TEST(another_dev_null_is_refused)
{
    struct site site = site_made_by("mkdir dev; echo text >file; ln -s /dev/zero dev/null; mknod zero c 1 5",
                                    "FROM busybox\n");

    expect_refused(&site, "-v ./file:/dev/null", "the container's /dev/null is not the null device");
    expect_refused(&site, "-v /tmp:/dev",
                   "find /dev/null, to mask files with (is a volume mounted on /dev?)");
    expect_refused(&site, "-v ./zero:/dev/null", "the container's /dev/null is not the null device");
    expect_refused(&site, "-v ./dev:/dev", "open \"/dev/null\": ");
    expect_refused(&site, "--tmpfs /dev", "open \"/dev/null\": ");
    expect_inside(&site, "-v /dev/null:/dev/null", "wc -c </dev/null", "0\n");
}
END_TEST

START_TEST(a_failed_mount_leaves_nothing)
{
    struct site site = new_site("FROM busybox\nVOLUME /v\n");
    const char *before;

    become_a_host();
    before = mounts_of_this_process();
    expect_refused(&site, "-v name:/n --tmpfs /t:size=x",
                   "mount a tmpfs on /t: size=x: tmpfs: Bad value for 'size'");
    ck_assert_str_eq(mounts_of_this_process(), before);
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { the_devices_are_those_of_the_specification, NEED_CONTAINER, 0 },
        { the_devices_work_for_every_user, NEED_CONTAINER, 0 },
        { its_terminals_are_its_own, NEED_CONTAINER, 0 },
        { shared_memory_is_for_every_user_and_limited, NEED_CONTAINER, 0 },
        { what_would_change_the_machine_is_read_only, NEED_CONTAINER, 0 },
        { what_would_tell_about_the_machine_is_masked, NEED_CONTAINER, 0 },
        { an_image_that_lacks_the_directories_gets_them, NEED_CONTAINER, 0 },
        { what_an_image_has_in_them_is_hidden, NEED_CONTAINER, 0 },
        { an_image_with_a_link_or_file_in_their_place_is_refused, NEED_CONTAINER, 0 },
        { another_dev_null_is_refused, NEED_CONTAINER, 0 },
        { a_failed_mount_leaves_nothing, NEED_CONTAINER, 0 },
    };

    return RUN_TESTS("05-proc/systems", tests, argc, argv);
}
