/* The tree of files: what a container sees of the host's, and the host of the container's. */
#define BINARY binary("05-proc")

#include "chroot.h"
#include "clone.h"
#include "inside.h"
#include "mounts.h"

#define main escape_main
#include "escape/escape.c" /* NOLINT(bugprone-suspicious-include): the lesson's program itself */
#undef main

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

/* Run UNTIL_TERM with OPTIONS, and compare the mounts of this process before, meanwhile and afterwards. */
static void expect_no_mount_here(const struct site *site, const char *options)
{
    const char *before = mounts_of_this_process(), *during;
    struct running *running =
        start(&site->how, (const char *const[]){ "sh", "-c", "exec $0 run --quiet $1 . -- sh -c \"$2\"",
                                                 BINARY, options, UNTIL_TERM, NULL });
    struct outcome o;

    ck_assert_msg(wait_for_output(running, "ready", 20), "the program did not start");
    during = mounts_of_this_process();
    kill(running_pid(running), SIGTERM);
    o = finish(running);
    assert_outcome(&o, 3, "ready\n");
    ck_assert_str_eq(during, before);
    ck_assert_str_eq(mounts_of_this_process(), before);
    assert_nothing_left(site);
}

START_TEST(no_mount_shows_on_the_host)
{
    struct site site = new_site("FROM busybox\nVOLUME /volume\n");

    become_a_host();
    expect_no_mount_here(&site, text("-v %s:/context -v name:/named --tmpfs /tmp --read-only", site.context));
}
END_TEST

START_TEST(gockers_own_directory_may_be_a_mount_that_others_share)
{
    struct site site = new_site("FROM busybox\n");

    become_a_host();
    ck_assert_msg(mount("tmpfs", site.root, "tmpfs", 0, "size=64m") == 0, "mount: %m");
    expect_no_mount_here(&site, "");
    ck_assert_msg(umount(site.root) == 0, "wanted nothing left that holds the mount: %m");
}
END_TEST

START_TEST(gockers_own_directory_may_have_any_name)
{
    struct site site = new_site("FROM busybox\n");

    site.root = text("%s/a b,c:d\\e\tf", site.root);
    setenv("GOCKER_ROOT", site.root, 1);
    expect_inside(&site, "-v name:/v:ro", "ls -d /v", "/v\n");
    setenv("GOCKER_ROOT", "relative", 1);
    site.root = text("%s/relative", site.context);
    expect_inside(&site, "-v name:/v:ro", "ls -d /v", "/v\n");
}
END_TEST

/* In the lines of mountinfo the fifth word is the mount point (proc_pid_mountinfo(5)). */
START_TEST(nothing_of_the_host_is_mounted_in_it)
{
    struct site site = new_site("FROM busybox\n");

    put_file(site.context, "secret", "of the host\n");
    expect_inside(&site, "", "cut -d ' ' -f 5 /proc/self/mountinfo | grep -Ev '^/(proc|sys|dev)(/|$)'",
                  "/\n");
    expect_inside(&site, "",
                  text("cat %s/secret 2>&1 | sed 's/.*: //'; cd /; cd ../../..; pwd", site.context),
                  "No such file or directory\n/\n");
}
END_TEST

/* ---- chapter 4's escape */

static struct {
    const char *secret;
    int out;
} escape;

/* What escape.c does, in the container, before the program: it becomes `cat SECRET`. */
static int enter_escape(struct container *c, struct error *err)
{
    char *argv[] = { "escape", "cat", (char *)escape.secret, NULL };

    (void)c;
    dup2(escape.out, STDOUT_FILENO);
    dup2(escape.out, STDERR_FILENO);
    escape_main(3, argv);
    return fail(err, errno, "exec");
}

static const struct isolation isolate_escape = { .name = "escape", .enter = enter_escape };

/* All that comes of it in a container that LIST makes out of busybox. */
static const char *escape_from(const struct isolation *const list[], const struct launcher *launcher)
{
    _cleanup_(container_free) struct container c = { 0 };
    const char *place = scratch();
    struct error err = { 0 };
    struct outcome o;
    int status;

    c.root.path = formatted("%s/root", place);
    o = RUN(BINARY, "extract", "--quiet", "busybox", c.root.path);
    ck_assert_msg(o.status == 0, "%s", o.err);
    strv_add(&c.process.args, "true");
    escape.out = open(text("%s/out", place), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ck_assert_msg(container_run(&c, list, launcher, &status, &err) == 0, "%s", err.text);
    close(escape.out);
    return get_file(place, "out");
}

START_TEST(chapter_4s_escape_finds_the_host_from_a_chroot_and_not_from_here)
{
    static const struct isolation *const chapter_4[] = { &isolate_chroot, &isolate_escape, NULL };
    static const struct isolation *const chapter_5[] = { &isolate_pids, &isolate_mounts, &isolate_escape,
                                                         NULL };
    struct site site = new_site("FROM busybox\n");

    escape.secret = text("%s/secret", site.context);
    put_file(site.context, "secret", "of the host\n");
    ck_assert_str_eq(escape_from(chapter_4, &fork_launcher), "of the host\n");
    ck_assert_str_eq(escape_from(chapter_5, &clone_launcher),
                     text("cat: can't open '%s': No such file or directory\n", escape.secret));
}
END_TEST

/* ---- the caller's things */

/* Which descriptors a shell has beside the three. Not by a list of /proc/$$/fd, which takes one to read. */
#define OTHER_DESCRIPTORS "for fd in 3 4 5 6 7 8 9; do [ -e /proc/$$/fd/$fd ] && echo $fd; done; true"

/* The shell on the host hands on what it has open; run_how alone would close it. */
START_TEST(descriptors_of_the_caller_stay_outside)
{
    struct site site = new_site("FROM busybox\n");
    const char *open_some = "exec 3</ 7<Dockerfile 9>>Dockerfile; exec \"$@\"";
    struct outcome o =
        run_how(&site.how, (const char *const[]){ "sh", "-c", open_some, "sh", BINARY, "run", "--quiet", ".",
                                                  "--", "sh", "-c", OTHER_DESCRIPTORS, NULL });

    assert_outcome(&o, 0, "");
    o = run_how(&site.how,
                (const char *const[]){ "sh", "-c", open_some, "sh", "sh", "-c", OTHER_DESCRIPTORS, NULL });
    ck_assert_str_eq(o.out, "3\n7\n9\n"); /* it would be seen */
}
END_TEST

START_TEST(a_caller_without_standard_descriptors_gets_a_container)
{
    struct site site = new_site("FROM busybox\n");
    const char *volume = scratch(), *option = text("%s:/v", volume);
    const char *script = "(" OTHER_DESCRIPTORS ") >/v/others; readlink /proc/$$/fd/0 >/v/input";
    struct outcome o = run_how(&site.how, (const char *const[]){ "sh", "-c", "exec \"$@\" <&- >&- 2>&-", "sh",
                                                                 BINARY, "run", "--quiet", "-v", option, ".",
                                                                 "--", "sh", "-c", script, NULL });

    assert_outcome(&o, 0, "");
    ck_assert_str_eq(get_file(volume, "input"), "/dev/null\n");
    ck_assert_str_eq(get_file(volume, "others"), "");
}
END_TEST

START_TEST(the_umask_of_the_caller_does_not_matter)
{
    const char *script = "stat -c '%n %a' / /dev /dev/null /dev/shm /proc /w /w/d /v /t /file /n; umask";
    const char *wanted =
        "/ 755\n/dev 755\n/dev/null 666\n/dev/shm 1777\n/proc 555\n/w 755\n/w/d 755\n/v 755\n"
        "/t 1777\n/file 644\n/n 755\n0022\n";
    struct site site = new_site("FROM busybox\nWORKDIR /w/d\nVOLUME /v\n");

    umask(0077);
    expect_inside(&site, "--tmpfs /t -v named:/n -v ./Dockerfile:/file", script, wanted);
}
END_TEST

/* ---- the working directory */

START_TEST(a_working_directory_that_a_volume_hides_is_made)
{
    struct site site = new_site("FROM busybox\nWORKDIR /work/deep\n");
    const char *volume = scratch();

    expect_inside(&site, text("-v %s:/work", volume), "pwd", "/work/deep\n");
    expect_refused(&site, text("-v %s:/work:ro", scratch()), "make the working directory");
}
END_TEST

/* CVE-2024-21626: at that moment gocker has the directories of its containers open. */
START_TEST(a_working_directory_through_a_descriptor_is_refused)
{
    for (int fd = 3; fd < 12; fd++) {
        struct site site = new_site(text("FROM busybox\nWORKDIR /proc/self/fd/%d\n", fd));

        expect_refused(&site, "", "the working directory");
    }
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { no_mount_shows_on_the_host, NEED_CONTAINER, 0 },
        { gockers_own_directory_may_be_a_mount_that_others_share, NEED_CONTAINER, 0 },
        { gockers_own_directory_may_have_any_name, NEED_CONTAINER, 0 },
        { nothing_of_the_host_is_mounted_in_it, NEED_CONTAINER, 0 },
        { chapter_4s_escape_finds_the_host_from_a_chroot_and_not_from_here, NEED_CONTAINER, 0 },
        { descriptors_of_the_caller_stay_outside, NEED_CONTAINER, 0 },
        { a_caller_without_standard_descriptors_gets_a_container, NEED_CONTAINER, 0 },
        { the_umask_of_the_caller_does_not_matter, NEED_CONTAINER, 0 },
        { a_working_directory_that_a_volume_hides_is_made, NEED_CONTAINER, 0 },
        { a_working_directory_through_a_descriptor_is_refused, NEED_CONTAINER, 0 },
    };

    return RUN_TESTS("05-proc/tree", tests, argc, argv);
}
