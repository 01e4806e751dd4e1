/* Processes: which ones there are for a container, and what becomes of them. */
#define BINARY binary("05-proc")

#include "inside.h"

#include <signal.h>

START_TEST(the_program_is_process_1)
{
    struct site site = new_site("FROM busybox\n");

    expect_inside(&site, "", "echo $$", "1\n");
}
END_TEST

START_TEST(proc_lists_the_containers_processes_only)
{
    struct site site = new_site("FROM busybox\n");
    struct outcome o = IN_CONTAINER(
        &site, "", "sleep 1000 & for p in /proc/[0-9]*; do tr '\\0' ' ' <$p/cmdline; echo; done");
    int lines = 0;

    assert_outcome(&o, 0, o.out);
    ck_assert_contains(o.out, "sleep 1000");
    ck_assert_msg(!strstr(o.out, "check_processes"), "wanted no process of the host, got\n%s", o.out);
    for (const char *c = o.out; *c; c++)
        lines += *c == '\n';
    ck_assert_msg(lines <= 5, "wanted a few processes, got\n%s", o.out);
}
END_TEST

START_TEST(processes_of_the_host_cannot_be_signalled)
{
    struct site site = new_site("FROM busybox\n");

    expect_inside(&site, "", text("kill -0 %d 2>&1 || true", (int)getpid()),
                  text("sh: can't kill pid %d: No such process\n", (int)getpid()));
}
END_TEST

START_TEST(the_root_of_process_1_is_the_containers)
{
    struct site site = new_site("FROM busybox\nCOPY Dockerfile /of-the-image\n");

    put_file(site.context, "secret", "of the host\n");
    expect_inside(
        &site, "",
        text("cd /proc/1/root && ls of-the-image && ls .%s/secret 2>&1 | sed 's/.*: //'", site.context),
        "of-the-image\nNo such file or directory\n");
}
END_TEST

START_TEST(process_1_cannot_be_killed_from_inside)
{
    struct site site = new_site("FROM busybox\n");

    expect_inside(&site, "", "kill -9 1; echo still here", "still here\n");
}
END_TEST

START_TEST(orphans_become_children_of_process_1)
{
    struct site site = new_site("FROM busybox\n");

    expect_inside(&site, "",
                  "(sleep 1000 & echo $! >/pid); while :; do\n"
                  "parent=$(awk '/^PPid/ { print $2 }' /proc/$(cat /pid)/status)\n"
                  "[ $parent = 1 ] && break; sleep 0.1; done; echo $parent",
                  "1\n");
}
END_TEST

/* finish() fails the test when a process still holds the output open. */
START_TEST(all_end_with_process_1)
{
    struct site site = new_site("FROM busybox\n");

    expect_inside(&site, "", "setsid sleep 1000 & sleep 1000 & (trap '' TERM HUP; sleep 1000) & echo over",
                  "over\n");
}
END_TEST

START_TEST(all_end_when_gocker_is_killed)
{
    struct site site = new_site("FROM busybox\n");
    struct running *running =
        START_SITE(&site, ".", "--", "sh", "-c", "setsid sleep 1000 & sleep 1000 & echo ready; wait");
    struct outcome o;

    ck_assert_msg(wait_for_output(running, "ready", 20), "the program did not start");
    kill(running_pid(running), SIGKILL);
    o = finish(running);
    ck_assert_int_eq(o.status, 128 + SIGKILL);
}
END_TEST

START_TEST(each_step_is_explained_when_asked_for)
{
    struct site site = new_site("FROM busybox\nVOLUME /v\n");
    struct outcome o = IN_CONTAINER(&site, "--explain -v name:/n:ro --tmpfs /t --read-only", "true");
    const char *const wanted[] = {
        "CLONE_NEWNS|CLONE_NEWPID",    "MS_REC|MS_PRIVATE",
        "move_mount(proc, \"/proc\")", "move_mount(tmpfs, \"/dev\")",
        "mknod(\"/dev/null\"",         "move_mount(devpts, \"/dev/pts\")",
        "move_mount(sysfs, \"/sys\")", "/volumes/name/_data\", \"/n\")",
        "move_mount(tmpfs, \"/t\")",   "\"/v\")",
        "move_mount(/dev/null",        "mount_setattr(\"/proc/sys\"",
        "mount_setattr(\"/\"",         "pivot_root(",
        "umount2(\".\", MNT_DETACH)",  "execve(",
    };
    const char *at = o.err;

    assert_outcome(&o, 0, "");
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        at = strstr(at, wanted[i]);
        ck_assert_msg(at, "\"%s\" is missing, or too early, in\n%s", wanted[i], o.err);
    }
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { the_program_is_process_1, NEED_CONTAINER, 0 },
        { proc_lists_the_containers_processes_only, NEED_CONTAINER, 0 },
        { processes_of_the_host_cannot_be_signalled, NEED_CONTAINER, 0 },
        { the_root_of_process_1_is_the_containers, NEED_CONTAINER, 0 },
        { process_1_cannot_be_killed_from_inside, NEED_CONTAINER, 0 },
        { orphans_become_children_of_process_1, NEED_CONTAINER, 0 },
        { all_end_with_process_1, NEED_CONTAINER, 0 },
        { all_end_when_gocker_is_killed, NEED_CONTAINER, 0 },
        { each_step_is_explained_when_asked_for, NEED_CONTAINER, 0 },
    };

    return RUN_TESTS("05-proc/processes", tests, argc, argv);
}
