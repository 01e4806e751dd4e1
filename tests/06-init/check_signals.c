/* Signals: what is sent to gocker is for the program, from the first moment to the last. */
#include "processes.h"

#include <poll.h>
#include <signal.h>
#include <time.h>

/* Ends by itself after a while, so that a signal that gets lost fails the test by the exit status. */
#define WAIT "i=0; while [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done; exit 99"

static void ends_by(const char *script, int number, int status)
{
    struct site site = new_site("FROM busybox\n");
    struct running *r = start_ready(&site, script);
    struct outcome o;

    kill(running_pid(r), number);
    o = finish(r);
    ck_assert_msg(o.status == status, "%s, signal %d: wanted exit status %d, got %d; standard error:\n%s",
                  script, number, status, o.status, o.err);
    assert_nothing_left(&site);
}

/* Process 1 of chapter 5 would not have noticed. */
START_TEST(a_program_that_does_nothing_about_signals_is_ended_by_them)
{
    ends_by(WAIT_FOR_SIGNAL, SIGTERM, 128 + SIGTERM);
    ends_by(WAIT_FOR_SIGNAL, SIGINT, 128 + SIGINT);
    ends_by(WAIT_FOR_SIGNAL, SIGHUP, 128 + SIGHUP);
    ends_by(WAIT_FOR_SIGNAL, SIGQUIT, 128 + SIGQUIT);
    ends_by(WAIT_FOR_SIGNAL, SIGUSR1, 128 + SIGUSR1);
    ends_by(WAIT_FOR_SIGNAL, SIGRTMIN + 3, 128 + SIGRTMIN + 3);
    ends_by(WAIT_FOR_SIGNAL, SIGRTMAX, 128 + SIGRTMAX);
}
END_TEST

START_TEST(a_program_that_handles_signals_gets_each)
{
    static const int numbers[] = { SIGHUP,  SIGINT,  SIGQUIT,  SIGUSR1,  SIGUSR2,
                                   SIGTERM, SIGALRM, SIGWINCH, SIGVTALRM };
    struct site site = new_site("FROM busybox\n");
    struct running *r = start_ready(
        &site, "for s in HUP INT QUIT USR1 USR2 TERM ALRM WINCH VTALRM; do trap \"echo got $s.\" $s; done;"
               "trap 'exit 0' PWR; echo ready; " WAIT);

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        char wanted[32];

        snprintf(wanted, sizeof wanted, "got %s.", sigabbrev_np(numbers[i]));
        kill(running_pid(r), numbers[i]);
        ck_assert_msg(wait_for_output(r, wanted, 10), "SIG%s did not arrive", sigabbrev_np(numbers[i]));
    }
    kill(running_pid(r), SIGPWR);
    ck_assert_int_eq(finish(r).status, 0);
    assert_nothing_left(&site);
}
END_TEST

START_TEST(a_signal_arrives_once)
{
    struct site site = new_site("FROM busybox\n");
    struct running *r =
        start_ready(&site, "trap 'echo got USR1' USR1; trap 'exit 0' TERM; echo ready; " WAIT);
    struct outcome o;

    kill(running_pid(r), SIGUSR1);
    ck_assert(wait_for_output(r, "got USR1", 10));
    poll(NULL, 0, 200);
    kill(running_pid(r), SIGTERM);
    o = finish(r);
    assert_outcome(&o, 0, "ready\ngot USR1\n");
}
END_TEST

START_TEST(a_storm_of_signals_ends_nothing)
{
    struct site site = new_site("FROM busybox\n");
    struct running *r =
        start_ready(&site, "trap : USR1; trap : USR2; trap : HUP; trap 'exit 5' TERM; echo ready; " WAIT);
    struct outcome o;

    for (int i = 0; i < 20000; i++) {
        kill(running_pid(r), i % 3 == 0 ? SIGUSR1 : i % 3 == 1 ? SIGUSR2 : SIGHUP);
        if (i % 100 == 0)
            kill(running_pid(r), SIGCHLD); /* a child's end is looked for, not believed */
    }
    kill(running_pid(r), SIGTERM);
    o = finish(r);
    assert_outcome(&o, 5, "ready\n");
    assert_nothing_left(&site);
}
END_TEST

START_TEST(a_program_that_ignores_sigterm_stays)
{
    struct site site = new_site("FROM busybox\n");
    struct running *r = start_ready(&site, "trap '' TERM; echo ready; read x; sleep 0.5; echo still; exit 3");
    struct outcome o;

    kill(running_pid(r), SIGTERM);
    o = finish(r);
    assert_outcome(&o, 3, "ready\nstill\n");
}
END_TEST

/* Wherever gocker is on its way, it ends in time: by the signal itself, or the program by it. */
START_TEST(a_signal_at_any_moment_of_the_start_ends_it)
{
    struct site site = new_site("FROM busybox\n");

    sigset_t term;

    ck_assert_int_eq(IN_CONTAINER(&site, "", "true").status, 0); /* the image is there now */
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, NULL); /* until the new process has gocker's way with it, and not Check's */
    for (int i = 0; i < 25; i++) {
        struct running *r = start_script(&site, NULL, "exec sleep 30");
        struct outcome o;

        poll(NULL, 0, i * 6);
        kill(running_pid(r), SIGTERM);
        o = finish(r);
        ck_assert_msg(o.status == 128 + SIGTERM,
                      "after %d ms: wanted exit status 143, got %d; standard error:\n%s", i * 6, o.status,
                      o.err);
        assert_nothing_left(&site);
    }
}
END_TEST

/* timeout(1) and a shell's `kill %1` mean a process group; the init is not in it, and the program gets the
 * signal once. */
START_TEST(a_signal_to_the_process_group_arrives_once)
{
    static const char script[] = "trap 'echo got USR1' USR1; trap 'exit 0' TERM; echo ready; " WAIT;
    struct site site = new_site("FROM busybox\n");
    struct running *r = start(&site.how, (const char *const[]){ "setsid", BINARY, "run", "-q", ".", "--",
                                                                "sh", "-c", script, NULL });
    pid_t group = running_pid(r);
    struct outcome o;

    ck_assert(wait_for_output(r, "ready", 20));
    kill(-group, SIGUSR1);
    ck_assert(wait_for_output(r, "got USR1", 10));
    poll(NULL, 0, 200);
    kill(-group, SIGTERM);
    o = finish(r);
    assert_outcome(&o, 0, "ready\ngot USR1\n");
}
END_TEST

/* kill(0, …) means the caller's process group. Were it gocker's, a container could end what runs outside. */
START_TEST(the_container_cannot_signal_gockers_process_group)
{
    struct site site = new_site("FROM busybox\n");
    const char *const argv[] = {
        "setsid", "-w", "sh", "-c", "\"$0\" run --quiet . -- sh -c 'kill -KILL 0'; echo outside: $?",
        BINARY,   NULL
    };
    struct outcome o = run_how(&site.how, argv);

    assert_outcome(&o, 0, "outside: 137\n");
}
END_TEST

/* What the caller ignores or blocks, the program does not (nohup(1) wants SIGHUP to stay ignored by gocker
 * alone). */
START_TEST(the_program_begins_with_signals_as_usual)
{
    struct site site = new_site("FROM busybox\n");
    struct outcome o = outside(&site, "sh",
                               "trap '' HUP INT PIPE USR1 CHLD; exec \"$0\" run --quiet . -- "
                               "grep -E 'Sig(Blk|Ign)' /proc/self/status");

    assert_outcome(&o, 0, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}
END_TEST

/* As a shell's job control does it. The program is in a session of its own and goes on meanwhile. */
START_TEST(gocker_may_be_stopped_and_continued)
{
    struct site site = new_site("FROM busybox\n");
    struct running *r = start_ready(&site, "echo ready; sleep 0.3; echo later; exit 9");
    pid_t pid = running_pid(r);
    struct outcome o;

    kill(pid, SIGSTOP);
    expect_state(pid, 'T');
    ck_assert(wait_for_output(r, "later", 10));
    kill(pid, SIGCONT);
    o = finish(r);
    assert_outcome(&o, 9, "ready\nlater\n");
    assert_nothing_left(&site);
}
END_TEST

START_TEST(signals_sent_while_gocker_is_stopped_arrive_when_it_goes_on)
{
    struct site site = new_site("FROM busybox\n");
    struct running *r = start_ready(&site, "trap 'exit 4' TERM; echo ready; " WAIT);
    pid_t pid = running_pid(r);

    kill(pid, SIGTSTP);
    expect_state(pid, 'T');
    kill(pid, SIGTERM);
    kill(pid, SIGCONT);
    ck_assert_int_eq(finish(r).status, 4);
}
END_TEST

START_TEST(a_stopped_program_can_be_continued_and_ended)
{
    struct site site = new_site("FROM busybox\n");
    struct running *r = start_ready(&site, "trap 'exit 6' TERM; echo ready; kill -STOP $$; echo on; " WAIT);
    pid_t program = child_of(child_of(running_pid(r)));

    expect_state(program, 'T');
    kill(running_pid(r), SIGTERM); /* waits */
    poll(NULL, 0, 100);
    ck_assert_int_eq(state_of(program), 'T');
    kill(program, SIGCONT);
    ck_assert_int_eq(finish(r).status, 6);
    assert_nothing_left(&site);
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { a_program_that_does_nothing_about_signals_is_ended_by_them, NEED_ROOT | NEED_REGISTRY, 60 },
        { a_program_that_handles_signals_gets_each, NEED_ROOT | NEED_REGISTRY, 60 },
        { a_signal_arrives_once, NEED_ROOT | NEED_REGISTRY, 0 },
        { a_storm_of_signals_ends_nothing, NEED_ROOT | NEED_REGISTRY, 0 },
        { a_program_that_ignores_sigterm_stays, NEED_ROOT | NEED_REGISTRY, 0 },
        { a_signal_at_any_moment_of_the_start_ends_it, NEED_ROOT | NEED_REGISTRY, 90 },
        { a_signal_to_the_process_group_arrives_once, NEED_ROOT | NEED_REGISTRY, 0 },
        { the_container_cannot_signal_gockers_process_group, NEED_ROOT | NEED_REGISTRY, 0 },
        { the_program_begins_with_signals_as_usual, NEED_ROOT | NEED_REGISTRY, 0 },
        { gocker_may_be_stopped_and_continued, NEED_ROOT | NEED_REGISTRY, 0 },
        { signals_sent_while_gocker_is_stopped_arrive_when_it_goes_on, NEED_ROOT | NEED_REGISTRY, 0 },
        { a_stopped_program_can_be_continued_and_ended, NEED_ROOT | NEED_REGISTRY, 0 },
    };

    return RUN_TESTS("06-init/signals", tests, argc, argv);
}
