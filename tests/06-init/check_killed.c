/* gocker or its init killed: nothing of the container remains. */
#include "processes.h"

#include <errno.h>
#include <sys/wait.h>
#include <time.h>

static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* All that gocker started become our children when it ends (a subreaper, prctl(2)). Wait until none is left. */
static void assert_none_left_after(double limit_s)
{
    double began = now_s();

    while (waitpid(-1, NULL, WNOHANG) >= 0 && now_s() - began < limit_s)
        poll(NULL, 0, 2);
    ck_assert_msg(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD,
                  "wanted all of the container to end within %.1f s of gocker, but something remains",
                  limit_s);
}

/* Run SCRIPT with OPTION until it says "ready", kill gocker. %s is the mark. */
static void killed(const char *dockerfile, const char *script, void (*before)(pid_t init))
{
    struct site site = new_site(dockerfile);
    const char *mark = new_mark();
    _cleanup_free_ char *place = formatted("mark=%s; %s", mark, script);
    struct running *r = start_ready(&site, place);

    ck_assert_int_ge(marked(mark), 2); /* gocker, and the shell */
    if (before)
        before(child_of(running_pid(r)));
    kill(running_pid(r), SIGKILL);
    ck_assert_int_eq(finish(r).status, 137);
    assert_none_left_after(1);
    ck_assert_int_eq(marked(mark), 0);
}

START_TEST(nothing_outlives_gocker)
{
    killed("FROM busybox\n", "sleep $mark & setsid sleep $mark & (sleep $mark &); echo ready; wait", NULL);
}
END_TEST

START_TEST(nothing_outlives_gocker_that_ignores_signals)
{
    killed("FROM busybox\n", "trap '' HUP INT QUIT TERM PIPE USR1 USR2 ALRM; sleep $mark & echo ready; wait",
           NULL);
}
END_TEST

/* The kernel forgets PR_SET_PDEATHSIG for who changes its user; the init does not. */
START_TEST(nothing_outlives_gocker_that_is_somebody_else)
{
    killed("FROM busybox\nUSER learner\n", "sleep $mark & echo ready; wait", NULL);
}
END_TEST

static void stop_program(pid_t init)
{
    pid_t program = child_of(init);

    kill(program, SIGSTOP);
    expect_state(program, 'T');
}

static void stop_init(pid_t init)
{
    kill(init, SIGSTOP);
    expect_state(init, 'T');
}

START_TEST(nothing_outlives_gocker_that_is_stopped)
{
    killed("FROM busybox\n", "sleep $mark & echo ready; wait", stop_program);
    killed("FROM busybox\n", "sleep $mark & echo ready; wait", stop_init);
}
END_TEST

START_TEST(nothing_outlives_gocker_that_was_stopped_itself)
{
    struct site site = new_site("FROM busybox\n");
    struct running *r = start_ready(&site, WAIT_FOR_SIGNAL);

    kill(running_pid(r), SIGSTOP);
    expect_state(running_pid(r), 'T');
    kill(running_pid(r), SIGKILL);
    ck_assert_int_eq(finish(r).status, 137);
    assert_none_left_after(1);
}
END_TEST

START_TEST(the_moment_of_the_kill_does_not_matter)
{
    struct site site = new_site("FROM busybox\n");

    ck_assert_int_eq(IN_CONTAINER(&site, "", "true").status, 0); /* the image is there now */
    srandom(6);
    for (int i = 0; i < 40; i++) {
        struct running *r = start_script(&site, i % 2 ? "-t" : NULL, "exec sleep 60");
        long ms = random() % 150;

        poll(NULL, 0, (int)ms);
        kill(running_pid(r), SIGKILL);
        /* It fails where something holds the output open, and goes on writing. */
        ck_assert_msg(finish(r).status == 137, "after %ld ms: gocker had ended before", ms);
        assert_none_left_after(1);
    }
    ck_assert_int_eq(IN_CONTAINER(&site, "", "exit 3").status, 3);
    assert_nothing_left(&site); /* the last one has removed what the others left */
}
END_TEST

START_TEST(an_init_killed_from_outside_is_137)
{
    struct site site = new_site("FROM busybox\n");
    const char *mark = new_mark();
    _cleanup_free_ char *script =
        formatted("trap 'echo passed' USR1; sleep %s & echo ready; wait; wait", mark);
    struct running *r = start_ready(&site, script);

    kill(running_pid(r), SIGUSR1); /* once that is through, gocker knows that the program runs */
    ck_assert(wait_for_output(r, "passed", 10));
    kill(child_of(running_pid(r)), SIGKILL);
    ck_assert_int_eq(finish(r).status, 137);
    ck_assert_int_eq(marked(mark), 0);
    assert_nothing_left(&site);
}
END_TEST

/* An init that ends before the program began, by lack of memory say, is gocker's failure and not the
 * program's. */
START_TEST(an_init_killed_early_is_gockers_failure)
{
    struct site site = new_site("FROM busybox\nCMD [\"sleep\", \"0.2\"]\n");
    int early = 0;

    ck_assert_int_eq(RUN_SITE(&site, ".").status, 0); /* the image is there now */
    for (int i = 0; i < 10; i++) {
        struct running *r = START_SITE(&site, ".");
        struct outcome o;
        pid_t init;

        while ((init = child_of(running_pid(r))) == 0)
            ;
        poll(NULL, 0, i / 2);
        kill(init, SIGKILL);
        o = finish(r);
        if (o.status == 125) {
            early++;
            ck_assert_str_eq(o.err, "gocker: the container's init ended while it was starting the program\n");
        } else {
            ck_assert_int_eq(o.status, 137);
        }
        assert_nothing_left(&site);
    }
    ck_assert_int_gt(early, 0);
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { nothing_outlives_gocker, NEED_ROOT | NEED_REGISTRY, 0 },
        { nothing_outlives_gocker_that_ignores_signals, NEED_ROOT | NEED_REGISTRY, 0 },
        { nothing_outlives_gocker_that_is_somebody_else, NEED_ROOT | NEED_REGISTRY, 0 },
        { nothing_outlives_gocker_that_is_stopped, NEED_ROOT | NEED_REGISTRY, 0 },
        { nothing_outlives_gocker_that_was_stopped_itself, NEED_ROOT | NEED_REGISTRY, 0 },
        { the_moment_of_the_kill_does_not_matter, NEED_ROOT | NEED_REGISTRY, 90 },
        { an_init_killed_from_outside_is_137, NEED_ROOT | NEED_REGISTRY, 0 },
        { an_init_killed_early_is_gockers_failure, NEED_ROOT | NEED_REGISTRY, 60 },
    };

    return RUN_TESTS("06-init/killed", tests, argc, argv);
}
