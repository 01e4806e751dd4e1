/* 04.3: shells that have something to do about signals, and what becomes of them. */
#include "exercise.h"

#include "keep.h"
#include "process.h"
#include "run_with_grace.h"
#include "str.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LONG_MS 60000 /* a grace period that no test waits for */
#define MOST_MS 3000  /* what ends by itself should have ended long before */

/* How long to wait for what should happen at once: more where the machine was slow to start the program. */
#define PATIENCE_MS     300
#define PATIENCE_FACTOR 10

/* More than a process can exit with: what run_with_grace did wrong beside the status. */
#define CALL_FAILED 300
#define NEVER_ENDED 301

#define LET_GO       77 /* what living programs exit with when nothing else ended them */
#define OTHERS       55 /* what the caller's other child exits with */
#define CHECK_FAILED 99 /* the check could not make what it is about */

/* What a process does with run_with_grace. */
struct request {
    const char *program, *script; /* PROGRAM -c SCRIPT */
    int grace_ms;
    bool without_processes; /* fork fails in it */
    bool with_other_child;  /* the caller has one already, other_child */
};

/* A process that is in run_with_grace, and the program there. */
struct running_call {
    pid_t pid;
    int output;        /* the program's */
    int report;        /* what became of the call; ends with the process */
    const char *alive; /* the program lives as long as this file is there; NULL: it ends by itself */
    int patience_ms;
    int changed; /* a signal that was blocked before the call and not after it, or the other way about; 0: none */
    int others; /* the status of the caller's other child, as the caller gets it after the call; -1: none */
};

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void do_nothing(int number)
{
    (void)number;
}

/* A child of the caller's own, which has ended already and waits for the caller to ask. */
static pid_t other_child(void)
{
    siginfo_t ended;
    pid_t pid = fork();

    if (pid == 0)
        _exit(OTHERS);
    if (pid < 0 || waitid(P_PID, (id_t)pid, &ended, WEXITED | WNOWAIT) < 0)
        _exit(CHECK_FAILED);
    return pid;
}

/* Become somebody who may have no process. Root may always, so it is not root afterwards. */
static void give_up_processes(void)
{
    struct rlimit limit = { 0, 0 };
    pid_t pid;

    if (setrlimit(RLIMIT_NPROC, &limit) < 0 || (geteuid() == 0 && setresuid(65534, 65534, 65534) < 0))
        _exit(CHECK_FAILED);
    pid = fork();
    if (pid >= 0) /* in both: the limit does not hold here */
        _exit(CHECK_FAILED);
}

/* In the child: call, and tell the result through REPORT, because 128 + n can be a death of our own. */
static void call_and_report(const struct request *request, int report)
{
    char *argv[] = { keep(must_strdup(request->program)), keep(must_strdup("-c")),
                     keep(must_strdup(request->script)), NULL };
    sigset_t before, after;
    struct error err;
    struct sigaction act = { .sa_handler = do_nothing };
    int status = CALL_FAILED, changed = 0, others = 0;
    pid_t other = -1;

    reset_signals(); /* Check has handlers that would end the test's whole process group */
    /* What comes when the call has returned must not end this process before it has reported. */
    sigaction(SIGHUP, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
    sigemptyset(&before);
    sigaddset(&before, SIGUSR2); /* so that an empty mask is not the one from before */
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (request->with_other_child)
        other = other_child();
    if (request->without_processes)
        give_up_processes();
    if (run_with_grace(argv, request->grace_ms, &status, &err) < 0)
        status = CALL_FAILED;
    sigprocmask(SIG_SETMASK, NULL, &after);
    for (int number = 1; number < SIGRTMIN; number++)
        if (sigismember(&before, number) != sigismember(&after, number))
            changed = number;
    if (other < 0 || waitpid(other, &others, WNOHANG) != other)
        others = -1;
    dprintf(report, "status %d changed %d others %d\n", status, changed,
            others < 0 ? others : WEXITSTATUS(others));
    _exit(0);
}

/* Do what REQUEST says in a process of its own, so that signals reach that one and not the test. */
static struct running_call call_as(const struct request *request)
{
    struct running_call running = { .patience_ms = MOST_MS };
    int output[2], report[2];

    ck_assert_int_eq(pipe2(output, O_CLOEXEC), 0);
    ck_assert_int_eq(pipe2(report, O_CLOEXEC), 0);
    running.pid = fork();
    ck_assert_int_ge(running.pid, 0);
    if (running.pid == 0) {
        dup2(output[1], STDOUT_FILENO);
        call_and_report(request, report[1]);
    }
    close(output[1]);
    close(report[1]);
    running.output = output[0];
    running.report = report[0];
    return running;
}

/* Start SCRIPT by run_with_grace. */
static struct running_call call(const char *script, int grace_ms)
{
    return call_as(&(struct request){ .program = "sh", .script = script, .grace_ms = grace_ms });
}

/* Read FD up to a line with TEXT in it, to its end, or for MS milliseconds. Returns what follows TEXT, or NULL. It lasts
 * as long as the test. */
static const char *text_after(int fd, const char *text, int ms)
{
    struct pollfd ready = { .fd = fd, .events = POLLIN };
    int64_t end_ms = now_ms() + ms;
    struct str read_so_far = { 0 };
    const char *found = NULL;

    while (!found || !strchr(found, '\n')) {
        int64_t left_ms = end_ms - now_ms();
        char piece[256];
        ssize_t got = left_ms > 0 && poll(&ready, 1, (int)left_ms) == 1 ? read(fd, piece, sizeof piece) : 0;

        if (got <= 0) {
            str_free(&read_so_far);
            return NULL;
        }
        str_add_bytes(&read_so_far, piece, (size_t)got);
        found = strstr(str_text(&read_so_far), text);
    }
    keep(read_so_far.text);
    return found + strlen(text);
}

/* Start a program that does SETUP, says "ready", and then lives until it is let go. Returns when it says so. */
static struct running_call call_living(const char *setup, int grace_ms)
{
    const char *directory = scratch();
    const char *script = keep(formatted("%s; echo ready; while [ -e %s/alive ]; do sleep 0.02; done; exit %d",
                                        setup, directory, LET_GO));
    int64_t start_ms = now_ms();
    struct running_call running;

    put_file(directory, "alive", "");
    running = call(script, grace_ms);
    running.alive = keep(formatted("%s/alive", directory));
    ck_assert_msg(text_after(running.output, "ready", MOST_MS),
                  "wanted the program to run, got no output of it");
    running.patience_ms = PATIENCE_MS + PATIENCE_FACTOR * (int)(now_ms() - start_ms);
    return running;
}

/* The status that run_with_grace stored, NEVER_ENDED where it did not get to; with what else was reported in RUNNING. A
 * program that nothing ends within WAIT_MS is let go. */
static int status_of(struct running_call *running, int wait_ms)
{
    const char *text = text_after(running->report, "status ", wait_ms);
    char *rest = NULL;
    int status = NEVER_ENDED, own = 0;

    if (!text && running->alive && unlink(running->alive) == 0)
        text = text_after(running->report, "status ", running->patience_ms);
    if (text) {
        status = (int)strtol(text, &rest, 10);
        running->changed = (int)strtol(rest + strlen(" changed "), &rest, 10);
        running->others = (int)strtol(rest + strlen(" others "), NULL, 10);
    } else {
        kill(running->pid, SIGKILL);
    }
    while (waitpid(running->pid, &own, 0) < 0 && errno == EINTR)
        continue;
    close(running->output);
    close(running->report);
    ck_assert_msg(!WIFEXITED(own) || WEXITSTATUS(own) != CHECK_FAILED,
                  "the check could not prepare its caller, or run_with_grace ended it");
    return status;
}

/* STATUS of RUNNING in words. */
static const char *in_words(const struct running_call *running, int status)
{
    if (status == NEVER_ENDED)
        return "none: it did not return";
    if (status == CALL_FAILED)
        return "none: it failed";
    if (running->alive && status == LET_GO)
        return keep(formatted("status %d, the program's own end: no signal ended it", status));
    return keep(formatted("status %d", status));
}

static void expect_status(struct running_call *running, int wait_ms, int wanted, const char *what,
                          const char *file, int line)
{
    int got = status_of(running, wait_ms);

    if (got != wanted)
        _ck_assert_failed(file, line, "Assertion failed", "%s: wanted %s, got %s", what,
                          in_words(running, wanted), in_words(running, got));
}
#define EXPECT_STATUS(running, wanted, what)                                                                 \
    expect_status(running, (running)->patience_ms, wanted, what, __FILE__, __LINE__)
#define EXPECT_STATUS_WITHIN(running, ms, wanted, what)                                                      \
    expect_status(running, (running)->patience_ms + (ms), wanted, what, __FILE__, __LINE__)

START_TEST(signal_reaches_the_program)
{
    struct running_call running = call_living("trap 'exit 3' TERM", LONG_MS);

    kill(running.pid, SIGTERM);
    EXPECT_STATUS(&running, 3, "SIGTERM, on which the program exits with 3");
}
END_TEST

START_TEST(every_signal_reaches_the_program)
{
    const int numbers[] = { SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGWINCH };
    struct running_call running[sizeof numbers / sizeof *numbers];

    for (int i = 0; i < (int)(sizeof numbers / sizeof *numbers); i++)
        running[i] =
            call_living(keep(formatted("trap 'exit %d' %s", 10 + i, sigabbrev_np(numbers[i]))), LONG_MS);
    for (int i = 0; i < (int)(sizeof numbers / sizeof *numbers); i++)
        kill(running[i].pid, numbers[i]);
    for (int i = 0; i < (int)(sizeof numbers / sizeof *numbers); i++)
        EXPECT_STATUS(
            &running[i], 10 + i,
            keep(formatted("SIG%s, on which the program exits with %d", sigabbrev_np(numbers[i]), 10 + i)));
}
END_TEST

START_TEST(second_signal_reaches_the_program)
{
    struct running_call running = call_living("trap 'echo first' HUP; trap 'exit 4' USR1", LONG_MS);

    kill(running.pid, SIGHUP);
    ck_assert_msg(text_after(running.output, "first", running.patience_ms),
                  "wanted SIGHUP to reach the program, got nothing there");
    kill(running.pid, SIGUSR1);
    EXPECT_STATUS(&running, 4, "SIGUSR1 behind SIGHUP, on which the program exits with 4");
}
END_TEST

START_TEST(status_is_the_programs)
{
    struct running_call exits = call("exit 7", LONG_MS), ends = call_living(":", LONG_MS);

    EXPECT_STATUS(&exits, 7, "exit 7");
    kill(ends.pid, SIGTERM);
    EXPECT_STATUS(&ends, 128 + SIGTERM, "SIGTERM, which ends the program");
}
END_TEST

START_TEST(program_starts_with_nothing_blocked)
{
    struct running_call running = call("kill -TERM $$; exit 5", LONG_MS);
    struct running_call other = call("kill -USR2 $$; exit 5", LONG_MS);

    EXPECT_STATUS(&running, 128 + SIGTERM,
                  "a program that sends SIGTERM to itself, which ends it unless SIGTERM is blocked in it; "
                  "then it would exit with 5");
    EXPECT_STATUS(
        &other, 128 + SIGUSR2,
        "a program that sends SIGUSR2 to itself, which ends it unless SIGUSR2 is blocked in it, as it is in "
        "the caller since before the call; then it would exit with 5");
}
END_TEST

static void expect_same_mask(const struct running_call *running, const char *after)
{
    ck_assert_msg(running->changed == 0,
                  "the caller's signal mask after %s: wanted the one from before, got another for SIG%s",
                  after, sigabbrev_np(running->changed));
}

START_TEST(callers_mask_is_as_before)
{
    struct running_call running = call("exit 0", LONG_MS);

    EXPECT_STATUS(&running, 0, "exit 0");
    expect_same_mask(&running, "a call");
}
END_TEST

START_TEST(callers_mask_is_as_before_where_fork_fails)
{
    struct running_call running = call_as(&(struct request){
        .program = "sh", .script = "exit 0", .grace_ms = LONG_MS, .without_processes = true });

    EXPECT_STATUS(&running, CALL_FAILED, "a caller that may have no process, so that fork fails by EAGAIN");
    expect_same_mask(&running, "a call in which fork failed");
}
END_TEST

START_TEST(program_that_cannot_be_executed_is_127)
{
    struct running_call running =
        call_as(&(struct request){ .program = "/no/such/program", .script = "", .grace_ms = LONG_MS });

    EXPECT_STATUS(&running, 127, "/no/such/program");
}
END_TEST

/* The caller may have other children, and ask for their status itself. */
START_TEST(callers_other_child_is_left_to_it)
{
    struct running_call running = call_as(&(struct request){
        .program = "sh", .script = "exit 7", .grace_ms = LONG_MS, .with_other_child = true });

    EXPECT_STATUS(&running, 7, "exit 7, while another child of the caller's has ended with 55");
    ck_assert_msg(running.others == OTHERS,
                  "another child of the caller's, which has ended: wanted its status %d for the caller's own "
                  "waitpid afterwards, got %s",
                  OTHERS, running.others < 0 ? "no such child" : in_words(&running, running.others));
}
END_TEST

/* The line of /proc/PID/status that begins with NAME, behind the name; it lasts as long as the test. */
static const char *status_line(pid_t pid, const char *name)
{
    const char *status = get_file(keep(formatted("/proc/%d", (int)pid)), "status");
    const char *line = strstr(status, keep(formatted("\n%s:", name)));

    ck_assert_msg(line, "/proc/%d/status has no %s", (int)pid, name);
    return line + strlen(name) + 2;
}

/* The one child of PID. proc_pid_task(5) */
static pid_t child_of(pid_t pid)
{
    const char *directory = keep(formatted("/proc/%d/task/%d", (int)pid, (int)pid));
    pid_t child = (pid_t)strtol(get_file(directory, "children"), NULL, 10);

    ck_assert_msg(child > 0, "wanted the program to be a child of the caller, got none");
    return child;
}

static bool is_stopped(pid_t pid)
{
    return status_line(pid, "State")[1] == 'T';
}

static bool has_taken_sigchld(pid_t pid)
{
    return (strtoull(status_line(pid, "ShdPnd"), NULL, 16) & 1ULL << (SIGCHLD - 1)) == 0;
}

static void wait_until(bool (*is_so)(pid_t pid), pid_t pid, const char *what)
{
    const struct timespec step = { .tv_nsec = 5000000 };
    int64_t end_ms = now_ms() + MOST_MS;

    while (!is_so(pid)) {
        ck_assert_msg(now_ms() < end_ms, "wanted %s, got nothing of the kind", what);
        nanosleep(&step, NULL);
    }
}

/* SIGCHLD says that the program was stopped, and not that it has ended. */
START_TEST(stopped_program_gets_its_signals)
{
    struct running_call running = call_living("trap 'exit 3' TERM", LONG_MS);
    pid_t program = child_of(running.pid);

    kill(program, SIGSTOP);
    wait_until(is_stopped, program, "the program to be stopped");
    wait_until(has_taken_sigchld, running.pid, "the caller to take SIGCHLD");
    kill(running.pid, SIGTERM);
    kill(program, SIGCONT);
    EXPECT_STATUS(&running, 3,
                  "SIGTERM, on which the program exits with 3, after it was stopped and before it goes on");
}
END_TEST

START_TEST(grace_period_ends_with_kill)
{
    struct running_call running = call_living("trap '' TERM", 100);

    kill(running.pid, SIGTERM);
    EXPECT_STATUS_WITHIN(&running, 100, 128 + SIGKILL,
                         "SIGTERM, which the program ignores, and 100 ms of grace");
}
END_TEST

START_TEST(program_has_its_grace_period)
{
    struct running_call running = call_living("trap 'sleep 0.1; exit 6' TERM", 2000 * SLOWDOWN);

    kill(running.pid, SIGTERM);
    EXPECT_STATUS_WITHIN(&running, 100, 6,
                         "SIGTERM, after which the program takes 0.1 s of its 2 s to exit with 6");
}
END_TEST

START_TEST(no_clock_runs_before_term)
{
    struct running_call running = call_living("trap : HUP", 50);

    kill(running.pid, SIGHUP);
    EXPECT_STATUS_WITHIN(&running, 50, LET_GO,
                         "SIGHUP only, which the program survives, and 50 ms of grace for SIGTERM");
}
END_TEST

START_TEST(signals_give_no_more_time)
{
    const struct timespec step = { .tv_nsec = 50000000 };
    struct running_call running = call_living("trap '' TERM HUP", 200);
    int64_t end_ms = now_ms() + 200 + running.patience_ms;
    siginfo_t ended = { 0 };

    while (ended.si_pid == 0 && now_ms() < end_ms) {
        kill(running.pid, SIGHUP);
        kill(running.pid, SIGTERM);
        nanosleep(&step, NULL);
        waitid(P_PID, (id_t)running.pid, &ended, WEXITED | WNOHANG | WNOWAIT);
    }
    unlink(running.alive);
    EXPECT_STATUS(&running, 128 + SIGKILL,
                  "SIGHUP and SIGTERM every 50 ms, all ignored, and 200 ms of grace");
}
END_TEST

int main(void)
{
    const unsigned to_be_refused = geteuid() == 0 ? NEED_USER : 0; /* root may always fork */
    const struct test tests[] = {
        { signal_reaches_the_program, 0, 0 },
        { every_signal_reaches_the_program, 0, 0 },
        { second_signal_reaches_the_program, 0, 0 },
        { status_is_the_programs, 0, 0 },
        { program_starts_with_nothing_blocked, 0, 0 },
        { callers_mask_is_as_before, 0, 0 },
        { callers_mask_is_as_before_where_fork_fails, to_be_refused, 0 },
        { program_that_cannot_be_executed_is_127, 0, 0 },
        { callers_other_child_is_left_to_it, 0, 0 },
        { stopped_program_gets_its_signals, 0, 0 },
        { grace_period_ends_with_kill, 0, 0 },
        { program_has_its_grace_period, 0, 0 },
        { no_clock_runs_before_term, 0, 0 },
        { signals_give_no_more_time, 0, 0 },
    };

    return RUN_EXERCISE(tests);
}
