/* 04.3: shells that have something to do about signals, and what becomes of them. */
#include "exercise.h"

#include "keep.h"
#include "process.h"
#include "run_with_grace.h"
#include "str.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LONG_MS 60000 /* a grace period that no test waits for */
#define MOST_MS 3000  /* what should have ended long before */
#define STEP_MS 20

/* More than a process can exit with: what run_with_grace did wrong beside the status. */
#define CALL_FAILED 300
#define NEVER_ENDED 301

/* A process that is in run_with_grace, and the output of the program there. */
struct running_call {
    pid_t pid;
    int output;
};

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void pause_ms(int ms)
{
    const struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

    nanosleep(&time, NULL);
}

static void do_nothing(int number)
{
    (void)number;
}

/* In the child: call, and tell the result through REPORT, because 128 + n can be a death of our own. */
static void call_and_report(const char *script, int grace_ms, int report)
{
    char *argv[] = { keep(must_strdup("sh")), keep(must_strdup("-c")), keep(must_strdup(script)), NULL };
    sigset_t before, after;
    struct error err;
    struct sigaction act = { .sa_handler = do_nothing };
    int status = CALL_FAILED, changed = 0;

    reset_signals(); /* Check has handlers that would end the test's whole process group */
    /* What comes when the call has returned must not end this process before it has reported. */
    sigaction(SIGHUP, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
    sigemptyset(&before);
    sigaddset(&before, SIGUSR2); /* so that an empty mask is not the one from before */
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (run_with_grace(argv, grace_ms, &status, &err) < 0)
        status = CALL_FAILED;
    sigprocmask(SIG_SETMASK, NULL, &after);
    for (int number = 1; number < SIGRTMIN; number++)
        if (sigismember(&before, number) != sigismember(&after, number))
            changed = number;
    dprintf(report, "status %d changed %d\n", status, changed);
    _exit(0);
}

/* Start SCRIPT by run_with_grace in a process of its own, so that signals reach that one and not the test. */
static struct running_call call(const char *script, int grace_ms)
{
    struct running_call running;
    int ends[2];

    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    running.pid = fork();
    ck_assert_int_ge(running.pid, 0);
    if (running.pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        call_and_report(script, grace_ms, ends[1]);
    }
    close(ends[1]);
    running.output = ends[0];
    fcntl(running.output, F_SETFL, O_NONBLOCK);
    return running;
}

/* Read the output up to TEXT or for MOST_MS. Returns what follows TEXT, or NULL. It lasts as long as the test. */
static const char *output_after(const struct running_call *running, const char *text)
{
    int64_t end_ms = now_ms() + MOST_MS;
    struct str output = { 0 };
    const char *found = NULL;

    while (!found && now_ms() < end_ms) {
        char piece[256];
        ssize_t got = read(running->output, piece, sizeof piece);

        if (got == 0)
            break;
        if (got < 0)
            pause_ms(STEP_MS);
        else
            str_add_bytes(&output, piece, (size_t)got);
        found = strstr(str_text(&output), text);
        if (found && !strchr(found, '\n'))
            found = NULL;
    }
    if (!found)
        str_free(&output);
    else
        keep(output.text);
    return found ? found + strlen(text) : NULL;
}

/* The program has set its traps up, and says so. */
static void wait_until_ready(const struct running_call *running)
{
    ck_assert_msg(output_after(running, "ready"), "wanted the program to run, got no output of it");
}

/* The status that run_with_grace stored, NEVER_ENDED where it did not get to; in *CHANGED the number of a signal that
 * is blocked now and was not, or the other way about; 0 for none. */
static int status_of(struct running_call *running, int *changed)
{
    const char *text = output_after(running, "status ");
    char *rest = NULL;
    int status = text ? (int)strtol(text, &rest, 10) : NEVER_ENDED;

    *changed = text ? (int)strtol(rest + strlen(" changed "), NULL, 10) : 0;

    if (!text)
        kill(running->pid, SIGKILL);
    while (waitpid(running->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    close(running->output);
    return status;
}

/* STATUS in words. */
static const char *in_words(int status)
{
    if (status == NEVER_ENDED)
        return "none: it did not return";
    if (status == CALL_FAILED)
        return "none: it failed";
    return keep(formatted("status %d", status));
}

static void expect_status(struct running_call *running, int wanted, const char *what, const char *file,
                          int line)
{
    int changed, got = status_of(running, &changed);

    if (got != wanted)
        _ck_assert_failed(file, line, "Assertion failed", "%s: wanted status %d, got %s", what, wanted,
                          in_words(got));
}
#define EXPECT_STATUS(running, wanted, what) expect_status(running, wanted, what, __FILE__, __LINE__)

/* A program that lives for more than a second, and has set TRAPS. */
static const char *living(const char *traps)
{
    return keep(formatted("%s; echo ready; i=0; while [ $i -lt 24 ]; do sleep 0.05; i=$((i+1)); done; exit 9",
                          traps));
}

START_TEST(signal_reaches_the_program)
{
    struct running_call running = call(living("trap 'exit 3' TERM"), LONG_MS);

    wait_until_ready(&running);
    kill(running.pid, SIGTERM);
    EXPECT_STATUS(&running, 3, "SIGTERM, on which the program exits with 3");
}
END_TEST

START_TEST(every_signal_reaches_the_program)
{
    const int numbers[] = { SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGWINCH };

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const char *traps = keep(formatted("trap 'exit %zu' %s", 10 + i, sigabbrev_np(numbers[i])));
        struct running_call running = call(living(traps), LONG_MS);

        wait_until_ready(&running);
        kill(running.pid, numbers[i]);
        EXPECT_STATUS(&running, 10 + (int)i, sigabbrev_np(numbers[i]));
    }
}
END_TEST

START_TEST(second_signal_reaches_the_program)
{
    struct running_call running = call(living("trap 'echo first' HUP; trap 'exit 4' USR1"), LONG_MS);

    wait_until_ready(&running);
    kill(running.pid, SIGHUP);
    ck_assert_msg(output_after(&running, "first"), "wanted SIGHUP to reach the program, got nothing there");
    kill(running.pid, SIGUSR1);
    EXPECT_STATUS(&running, 4, "SIGUSR1 behind SIGHUP, on which the program exits with 4");
}
END_TEST

START_TEST(status_is_the_programs)
{
    struct running_call exits = call("exit 7", LONG_MS), ends = call(living(":"), LONG_MS);

    EXPECT_STATUS(&exits, 7, "exit 7");
    wait_until_ready(&ends);
    kill(ends.pid, SIGTERM);
    EXPECT_STATUS(&ends, 128 + SIGTERM, "SIGTERM, which ends the program");
}
END_TEST

START_TEST(program_starts_with_nothing_blocked)
{
    struct running_call running = call("kill -TERM $$; exit 5", LONG_MS);
    struct running_call other = call("kill -USR2 $$; exit 5", LONG_MS);

    EXPECT_STATUS(&running, 128 + SIGTERM, "a program that sends SIGTERM to itself");
    EXPECT_STATUS(&other, 128 + SIGUSR2, "a program that sends SIGUSR2 to itself");
}
END_TEST

START_TEST(callers_mask_is_as_before)
{
    struct running_call running = call("exit 0", LONG_MS);
    int changed, status = status_of(&running, &changed);

    want_int(status, 0);
    ck_assert_msg(changed == 0, "the caller's signal mask: wanted the one from before, got another for SIG%s",
                  sigabbrev_np(changed));
}
END_TEST

START_TEST(grace_period_ends_with_kill)
{
    struct running_call running = call(living("trap '' TERM"), 300);

    wait_until_ready(&running);
    kill(running.pid, SIGTERM);
    EXPECT_STATUS(&running, 128 + SIGKILL, "SIGTERM, which the program ignores");
}
END_TEST

START_TEST(program_has_its_grace_period)
{
    struct running_call running = call(living("trap 'sleep 0.3; exit 6' TERM"), 2000 * SLOWDOWN);

    wait_until_ready(&running);
    kill(running.pid, SIGTERM);
    EXPECT_STATUS(&running, 6, "SIGTERM, after which the program takes 0.3 s of its 2 s to exit with 6");
}
END_TEST

START_TEST(no_clock_runs_before_term)
{
    struct running_call running = call("trap : HUP; echo ready; sleep 0.5; sleep 0.5; exit 8", 100);

    wait_until_ready(&running);
    kill(running.pid, SIGHUP);
    EXPECT_STATUS(&running, 8, "SIGHUP only, and a grace period of 100 ms");
}
END_TEST

START_TEST(signals_give_no_more_time)
{
    struct running_call running = call(living("trap '' TERM HUP"), 400);
    int64_t end_ms;

    wait_until_ready(&running);
    kill(running.pid, SIGTERM);
    for (end_ms = now_ms() + MOST_MS; now_ms() < end_ms; pause_ms(100)) {
        siginfo_t ended = { 0 };

        if (waitid(P_PID, (id_t)running.pid, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid != 0)
            break;
        kill(running.pid, SIGHUP);
        kill(running.pid, SIGTERM);
    }
    EXPECT_STATUS(&running, 128 + SIGKILL, "SIGHUP and SIGTERM every 100 ms, all ignored");
}
END_TEST

int main(void)
{
    const struct test tests[] = {
        { signal_reaches_the_program, 0, 0 },          { every_signal_reaches_the_program, 0, 20 },
        { second_signal_reaches_the_program, 0, 0 },   { status_is_the_programs, 0, 0 },
        { program_starts_with_nothing_blocked, 0, 0 }, { callers_mask_is_as_before, 0, 0 },
        { grace_period_ends_with_kill, 0, 0 },         { program_has_its_grace_period, 0, 0 },
        { no_clock_runs_before_term, 0, 0 },           { signals_give_no_more_time, 0, 0 },
    };

    return RUN_EXERCISE(tests);
}
