/* The engine: the order of its steps, what it undoes when one fails, signals, exit statuses, descriptors. */
#include "container.h"
#include "process.h"
#include "testing.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* ---- isolations that write down what the engine does with them */

#define RECORD 63 /* a descriptor that the child has as well, and Check does not */

static void record(const char *what)
{
    ck_assert_int_eq(write(RECORD, what, strlen(what)), strlen(what));
}

#define RECORDER(letter)                                                                                     \
    static int prepare_##letter(struct container *c, struct error *err)                                      \
    {                                                                                                        \
        (void)c, (void)err;                                                                                  \
        record("p" #letter " ");                                                                             \
        return 0;                                                                                            \
    }                                                                                                        \
    static int attach_##letter(struct container *c, pid_t pid, struct error *err)                            \
    {                                                                                                        \
        (void)c, (void)pid, (void)err;                                                                       \
        record("a" #letter " ");                                                                             \
        return 0;                                                                                            \
    }                                                                                                        \
    static int enter_##letter(struct container *c, struct error *err)                                        \
    {                                                                                                        \
        (void)c, (void)err;                                                                                  \
        record("e" #letter " ");                                                                             \
        return 0;                                                                                            \
    }                                                                                                        \
    static void release_##letter(struct container *c)                                                        \
    {                                                                                                        \
        (void)c;                                                                                             \
        record("r" #letter " ");                                                                             \
    }                                                                                                        \
    static const struct isolation isolate_##letter = {                                                       \
        .name = #letter,                                                                                     \
        .prepare = prepare_##letter,                                                                         \
        .attach = attach_##letter,                                                                           \
        .enter = enter_##letter,                                                                             \
        .release = release_##letter,                                                                         \
    }

RECORDER(x);
RECORDER(y);

static int fail_prepare(struct container *c, struct error *err)
{
    (void)c;
    return fail(err, ENOSPC, "no room");
}

static int fail_attach(struct container *c, pid_t pid, struct error *err)
{
    (void)c, (void)pid;
    return fail(err, EBUSY, "not now");
}

static pid_t fork_for_test(const struct launch *launch, struct error *err)
{
    pid_t pid = fork();

    (void)err;
    if (pid == 0)
        container_child(launch);
    return pid;
}

static const struct launcher launcher = { .create = fork_for_test };

/* ---- running */

struct result {
    int returned, status;
    struct error err;
    char recorded[256];
};

/* Run SCRIPT by the host's /bin/sh, isolated by LIST. */
static struct result run_list(const struct isolation *const list[], const char *program, const char *script)
{
    struct container c = { 0 };
    struct result result = { 0 };
    int pipes[2];

    strv_add(&c.process.args, program);
    strv_add(&c.process.args, "-c");
    strv_add(&c.process.args, script);
    strv_add(&c.process.env, "PATH=/usr/bin:/bin");
    ck_assert_int_eq(pipe2(pipes, O_CLOEXEC), 0);
    ck_assert_int_eq(dup3(pipes[1], RECORD, O_CLOEXEC) == RECORD || pipes[1] == RECORD, 1);
    interrupt_catch();
    result.returned = container_run(&c, list, &launcher, &result.status, &result.err);
    fcntl(pipes[0], F_SETFL, O_NONBLOCK);
    if (read(pipes[0], result.recorded, sizeof result.recorded - 1) < 0)
        result.recorded[0] = '\0';
    ck_assert_msg(waitpid(-1, NULL, 0) == -1 && errno == ECHILD, "a process was left behind");
    container_free(&c);
    return result;
}

static const struct isolation *const nothing[] = { NULL };

START_TEST(steps_run_in_order_and_release_in_reverse)
{
    const struct isolation *const list[] = { &isolate_x, &isolate_y, NULL };
    struct result r = run_list(list, "sh", "exit 7");

    ck_assert_msg(r.returned == 0, "%s", r.err.text);
    ck_assert_int_eq(r.status, 7);
    ck_assert_str_eq(r.recorded, "px py ax ay ex ey ry rx ");
}
END_TEST

START_TEST(failed_prepare_releases_what_was_prepared)
{
    const struct isolation failing = { .name = "z", .prepare = fail_prepare };
    const struct isolation *const list[] = { &isolate_x, &failing, &isolate_y, NULL };
    struct result r = run_list(list, "sh", "exit 0");

    ck_assert_int_eq(r.returned, -1);
    ck_assert_str_eq(r.err.text, "prepare z: no room: No space left on device");
    ck_assert_str_eq(r.recorded, "px rx ");
}
END_TEST

START_TEST(failed_attach_ends_the_waiting_child)
{
    const struct isolation failing = { .name = "z", .attach = fail_attach };
    const struct isolation *const list[] = { &isolate_x, &failing, NULL };
    struct result r = run_list(list, "sh", "exit 0");

    ck_assert_int_eq(r.returned, -1);
    ck_assert_str_eq(r.err.text, "attach z: not now: Device or resource busy");
    ck_assert_str_eq(r.recorded, "px ax rx ");
}
END_TEST

START_TEST(failed_enter_is_reported_by_the_host)
{
    const struct isolation failing = { .name = "z", .enter = fail_prepare };
    const struct isolation *const list[] = { &isolate_x, &failing, NULL };
    struct result r = run_list(list, "sh", "exit 0");

    ck_assert_int_eq(r.returned, -1);
    ck_assert_str_eq(r.err.text, "enter z: no room: No space left on device");
    ck_assert_str_eq(r.recorded, "px ax ex rx ");
}
END_TEST

START_TEST(signal_becomes_128_plus_its_number)
{
    struct result r = run_list(nothing, "sh", "kill -TERM $$");

    ck_assert_msg(r.returned == 0, "%s", r.err.text);
    ck_assert_int_eq(r.status, 128 + SIGTERM);
}
END_TEST

START_TEST(unknown_program_is_127)
{
    struct result r = run_list(nothing, "no-such-program", "");

    ck_assert_int_eq(r.returned, -1);
    ck_assert_int_eq(r.err.exit_status, 127);
    ck_assert_contains(r.err.text, "not found in the container's PATH (/usr/bin:/bin)");
}
END_TEST

START_TEST(directory_as_program_is_126)
{
    struct result r = run_list(nothing, "/tmp", "");

    ck_assert_int_eq(r.returned, -1);
    ck_assert_int_eq(r.err.exit_status, 126);
}
END_TEST

START_TEST(script_without_x_is_126_and_says_chmod)
{
    const char *directory = scratch();
    _cleanup_free_ char *path = formatted("%s/script", directory);
    struct result r;

    put_file(directory, "script", "#!/bin/sh\n");
    r = run_list(nothing, path, "");
    ck_assert_int_eq(r.returned, -1);
    ck_assert_int_eq(r.err.exit_status, 126);
    ck_assert_contains(r.err.text, "chmod +x");
}
END_TEST

START_TEST(missing_interpreter_is_named_as_the_reason)
{
    const char *directory = scratch();
    _cleanup_free_ char *path = formatted("%s/script", directory);
    struct result r;

    put_file(directory, "script", "#!/no/such/interpreter\n");
    ck_assert_int_eq(chmod(path, 0755), 0);
    r = run_list(nothing, path, "");
    ck_assert_int_eq(r.returned, -1);
    ck_assert_int_eq(r.err.exit_status, 127);
    ck_assert_contains(r.err.text, "interpreter");
}
END_TEST

START_TEST(caller_descriptors_do_not_reach_the_program)
{
    struct result r;

    ck_assert_int_eq(dup2(0, 77), 77); /* without close-on-exec */
    r = run_list(nothing, "sh",
                 "for fd in /proc/self/fd/*; do case ${fd##*/} in 0|1|2) ;; *) "
                 "test ! -e $fd || exit 1;; esac; done");
    ck_assert_msg(r.returned == 0, "%s", r.err.text);
    ck_assert_int_eq(r.status, 0);
}
END_TEST

START_TEST(callers_environment_does_not_reach_the_program)
{
    struct result r;

    setenv("SECRET_OF_THE_HOST", "1", 1);
    r = run_list(nothing, "sh", "test -z \"$SECRET_OF_THE_HOST\"");
    ck_assert_msg(r.returned == 0, "%s", r.err.text);
    ck_assert_int_eq(r.status, 0);
}
END_TEST

START_TEST(ignored_and_blocked_signals_are_reset)
{
    const unsigned long ignore[4] = { (unsigned long)SIG_IGN };
    struct result r;
    sigset_t set;

    signal(SIGUSR1, SIG_IGN);
    syscall(SYS_rt_sigaction, 32, ignore, NULL, NSIG / 8); /* glibc's own, which posix_spawn(3) leaves so */
    sigfillset(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
    r = run_list(nothing, "sh",
                 "grep -q '^SigBlk:[[:space:]]*0*$' /proc/self/status && "
                 "grep -q '^SigIgn:[[:space:]]*0*$' /proc/self/status");
    ck_assert_msg(r.returned == 0, "%s", r.err.text);
    ck_assert_int_eq(r.status, 0);
}
END_TEST

START_TEST(signals_to_the_host_reach_the_program)
{
    struct result r;

    r = run_list(nothing, "sh", "trap 'exit 42' USR1; kill -USR1 $PPID; while :; do sleep 0.05; done");
    ck_assert_msg(r.returned == 0, "%s", r.err.text);
    ck_assert_int_eq(r.status, 42);
}
END_TEST

START_TEST(program_ends_when_gocker_is_killed)
{
    const char *directory = scratch();
    _cleanup_free_ char *script = formatted("echo $$ > %s/pid; exec sleep 30", directory);
    char *text;
    pid_t host = fork(), program;

    if (host == 0) {
        run_list(nothing, "sh", script);
        _exit(0);
    }
    for (int i = 0; i < 100; i++) {
        _cleanup_free_ char *path = formatted("%s/pid", directory);

        usleep(50000);
        if (access(path, F_OK) == 0)
            break;
    }
    usleep(50000);
    text = get_file(directory, "pid");
    program = (pid_t)strtol(text, NULL, 10);
    ck_assert_int_gt(program, 1);
    kill(host, SIGKILL);
    waitpid(host, NULL, 0);
    /* Orphans become this process's, see run_tests. */
    for (int i = 0; i < 200 && waitpid(program, NULL, WNOHANG) == 0; i++)
        usleep(10000);
    ck_assert_msg(kill(program, 0) == -1 && errno == ESRCH, "the program outlived gocker");
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { steps_run_in_order_and_release_in_reverse, NEED_ROOT, 0 },
        { failed_prepare_releases_what_was_prepared, 0, 0 },
        { failed_attach_ends_the_waiting_child, 0, 0 },
        { failed_enter_is_reported_by_the_host, 0, 0 },
        { signal_becomes_128_plus_its_number, NEED_ROOT, 0 },
        { unknown_program_is_127, NEED_ROOT, 0 },
        { directory_as_program_is_126, NEED_ROOT, 0 },
        { script_without_x_is_126_and_says_chmod, NEED_ROOT, 0 },
        { missing_interpreter_is_named_as_the_reason, NEED_ROOT, 0 },
        { caller_descriptors_do_not_reach_the_program, NEED_ROOT, 0 },
        { callers_environment_does_not_reach_the_program, NEED_ROOT, 0 },
        { ignored_and_blocked_signals_are_reset, NEED_ROOT, 0 },
        { signals_to_the_host_reach_the_program, NEED_ROOT, 0 },
        { program_ends_when_gocker_is_killed, NEED_ROOT, 0 },
    };

    return RUN_TESTS("common/container", tests, argc, argv);
}
