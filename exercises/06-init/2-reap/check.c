/* 06.2: shells that leave processes behind, and what becomes of these. */
#include "exercise.h"

#include "keep.h"
#include "process.h"
#include "run_and_reap.h"
#include "str.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_MS 3000 /* what should have returned long before */

/* What a caller of run_and_reap found out. It is written to a pipe as it is. */
struct found {
    int result, status, orphans;
    int zombies;   /* that the call has left */
    int subreaper; /* afterwards */
    long switches; /* how often the caller gave the processor away by itself during the call */
    struct error err;
};

/* A process that is in run_and_reap. */
struct caller {
    pid_t pid;
    int answer; /* comes through here */
};

static void pause_ms(int ms)
{
    const struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

    nanosleep(&time, NULL);
}

static void do_nothing(int number)
{
    (void)number;
}

static long switches(void)
{
    struct rusage used;

    getrusage(RUSAGE_SELF, &used);
    return used.ru_nvcsw;
}

/* In the child: call, look round, and tell. SUBREAPER is what it is before. */
static void call_and_tell(char *const argv[], int subreaper, int answer)
{
    const struct sigaction act = { .sa_handler = do_nothing }; /* no SA_RESTART */
    struct found found = { .status = -1, .orphans = -1 };
    long before;

    reset_signals(); /* Check has handlers that would end the test's whole process group */
    sigaction(SIGUSR1, &act, NULL);
    prctl(PR_SET_CHILD_SUBREAPER, subreaper);
    before = switches();
    found.result = run_and_reap(argv, &found.status, &found.orphans, &found.err);
    found.switches = switches() - before;
    prctl(PR_GET_CHILD_SUBREAPER, &found.subreaper);
    while (waitpid(-1, NULL, WNOHANG) > 0)
        found.zombies++;
    if (write(answer, &found, sizeof found) != sizeof found)
        _exit(1);
    _exit(0);
}

/* Call it for ARGV in a process of its own, which has no other children, and can be signalled. */
static struct caller call_program(char *const argv[], int subreaper)
{
    struct caller caller;
    int ends[2];

    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    caller.pid = fork();
    ck_assert_int_ge(caller.pid, 0);
    if (caller.pid == 0)
        call_and_tell(argv, subreaper, ends[1]);
    close(ends[1]);
    caller.answer = ends[0];
    return caller;
}

static struct caller call(const char *script)
{
    char *argv[] = { keep(must_strdup("sh")), keep(must_strdup("-c")), keep(must_strdup(script)), NULL };

    return call_program(argv, 0);
}

/* What CALLER found, once its call has returned. Fails the test where that takes too long. */
static struct found found_by(struct caller caller)
{
    struct found found;
    int left_ms = MOST_MS * SLOWDOWN;

    fcntl(caller.answer, F_SETFL, O_NONBLOCK);
    while (read(caller.answer, &found, sizeof found) != sizeof found) {
        int ended;

        if (left_ms <= 0 || waitpid(caller.pid, &ended, WNOHANG) == caller.pid) {
            if (left_ms <= 0) {
                kill(caller.pid, SIGKILL);
                waitpid(caller.pid, NULL, 0);
            }
            ck_abort_msg("wanted run_and_reap to return, got a caller that %s",
                         left_ms <= 0 ? "waits and waits" : "has ended in the call");
        }
        pause_ms(20);
        left_ms -= 20;
    }
    while (waitpid(caller.pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    close(caller.answer);
    ck_assert_msg(found.result == 0, "run_and_reap: wanted 0, got %d: %s", found.result, found.err.text);
    return found;
}

/* A number of orphans, each of which ends after some time. The shell between waits for none of them. */
static const char *orphans(int count, const char *seconds)
{
    struct str text = { 0 };

    str_add(&text, "(");
    for (int i = 0; i < count; i++)
        str_addf(&text, "sleep %s & ", seconds);
    str_add(&text, ")");
    return keep(text.text);
}

START_TEST(orphan_is_taken_in)
{
    struct found found = found_by(call(keep(formatted("%s; sleep 0.6", orphans(1, "0.1")))));

    want_int(found.orphans, 1);
    want_int(found.zombies, 0);
}
END_TEST

START_TEST(status_is_the_programs)
{
    want_int(found_by(call("exit 7")).status, 7);
    want_int(found_by(call(keep(formatted("%s; sleep 0.6; exit 7", orphans(2, "0.1"))))).status, 7);
    want_int(found_by(call("kill -TERM $$")).status, 128 + SIGTERM);
}
END_TEST

START_TEST(orphan_of_an_orphan_is_taken_in)
{
    /* Its parent is an orphan, and ends first. */
    want_int(found_by(call("(sh -c 'sleep 0.4 & exec sleep 0.2' &); sleep 1")).orphans, 2);
}
END_TEST

START_TEST(orphan_that_runs_on_is_not_waited_for)
{
    /* It goes when its input ends, which this test holds open. */
    int ends[2];

    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    ck_assert_msg(ends[0] < 10, "the check needs a descriptor of one digit, got %d", ends[0]);
    const char *script = keep(formatted("(cat <&%d >/dev/null 2>&1 &); exit 4", ends[0]));
    fcntl(ends[0], F_SETFD, 0);
    struct found found = found_by(call(script));
    close(ends[0]);
    close(ends[1]);

    want_int(found.status, 4);
    want_int(found.orphans, 0);
}
END_TEST

START_TEST(children_that_end_together_are_all_taken)
{
    /* The caller is stopped before anybody ends, and all have ended before it goes on. Of five SIGCHLD there is one then. */
    struct caller caller = call(keep(formatted("kill -STOP $PPID; %s; sleep 0.3; exit 5", orphans(5, "0"))));
    int stopped;

    ck_assert_int_eq(waitpid(caller.pid, &stopped, WUNTRACED), caller.pid);
    ck_assert_msg(WIFSTOPPED(stopped), "the caller has ended before the program");
    pause_ms(1000);
    kill(caller.pid, SIGCONT);
    struct found found = found_by(caller);
    want_int(found.status, 5);
    want_int(found.zombies, 0);
    want_int(found.orphans, 5);
}
END_TEST

/* Is PID waiting for something, rather than running or ready to run? */
static bool sleeps(pid_t pid)
{
    const char *stat = keep(get_file("/proc", keep(formatted("%d/stat", pid))));
    const char *state = strrchr(stat, ')');

    return state && state[1] == ' ' && state[2] == 'S';
}

START_TEST(waiting_is_sleeping)
{
    struct caller caller = call("sleep 1");
    int asleep = 0;

    pause_ms(300);
    for (int i = 0; i < 10; i++, pause_ms(40))
        asleep += sleeps(caller.pid);
    struct found found = found_by(caller);
    ck_assert_msg(asleep > 5, "wanted a caller that sleeps while it waits, got one that runs %d times of 10",
                  10 - asleep);
    ck_assert_msg(found.switches < 50,
                  "wanted a caller that is woken when there is something to do, got one that "
                  "woke up %ld times in a second",
                  found.switches);
}
END_TEST

START_TEST(wait_goes_on_after_an_interruption)
{
    want_int(found_by(call("sleep 0.1; kill -USR1 $PPID; sleep 0.1; exit 6")).status, 6);
}
END_TEST

START_TEST(caller_is_as_before)
{
    char *argv[] = { keep(must_strdup("true")), NULL };

    ck_assert_msg(found_by(call_program(argv, 0)).subreaper == 0,
                  "the caller was no subreaper before: wanted that it is none afterwards, got one");
    ck_assert_msg(found_by(call_program(argv, 1)).subreaper == 1,
                  "the caller was a subreaper before: wanted that it is one afterwards, got none");
}
END_TEST

int main(void)
{
    const struct test tests[] = {
        { orphan_is_taken_in, 0, 0 },
        { status_is_the_programs, 0, 0 },
        { orphan_of_an_orphan_is_taken_in, 0, 0 },
        { orphan_that_runs_on_is_not_waited_for, 0, 0 },
        { children_that_end_together_are_all_taken, 0, 0 },
        { waiting_is_sleeping, 0, 0 },
        { wait_goes_on_after_an_interruption, 0, 0 },
        { caller_is_as_before, 0, 0 },
    };

    return RUN_EXERCISE(tests);
}
