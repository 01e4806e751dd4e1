/* -t and every way out: our terminal is as it was, and nothing goes on. */
#include "processes.h"
#include "window.h"

#include <errno.h>
#include <sys/wait.h>

static struct window *on_terminal(const struct site *site, const char *script)
{
    return start_in_window(
        &site->how, (const char *const[]){ BINARY, "run", "-q", "-it", ".", "--", "sh", "-c", script, NULL });
}

/* A program that runs, and a terminal that is raw. */
static struct window *running_on_terminal(const struct site *site, const char *script)
{
    struct window *t = on_terminal(site, script);

    expect(t, "ready");
    expect_raw(t, true);
    return t;
}

static void assert_restored(struct window *t, int status)
{
    struct outcome o = leave_window(t);

    ck_assert_msg(o.status == status, "wanted exit status %d, got %d; the terminal shows\n%s", status,
                  o.status, o.out);
    ck_assert_msg(!window_is_raw(t), "wanted the terminal as it was, it is raw");
}

START_TEST(restored_after_the_programs_end)
{
    struct site site = new_site("FROM busybox\n");
    struct window *t = running_on_terminal(&site, "echo ready; read x; exit 3");

    type(t, "\r");
    assert_restored(t, 3);
}
END_TEST

START_TEST(restored_after_an_error)
{
    struct site site = new_site("FROM busybox\nENTRYPOINT [\"/no/such\"]\n");
    struct window *t = on_terminal(&site, "");

    expect(t, "gocker: exec /no/such: No such file or directory");
    assert_restored(t, 127);
}
END_TEST

static void signalled(int number, int status)
{
    struct site site = new_site("FROM busybox\n");
    struct window *t = running_on_terminal(&site, WAIT_FOR_SIGNAL);

    kill(window_pid(t), number);
    assert_restored(t, status);
    assert_nothing_left(&site);
}

START_TEST(restored_after_a_signal)
{
    signalled(SIGTERM, 143);
    signalled(SIGINT, 130);
    signalled(SIGHUP, 129);
    signalled(SIGQUIT, 131);
}
END_TEST

START_TEST(restored_after_the_container_is_killed)
{
    struct site site = new_site("FROM busybox\n");
    struct window *t = running_on_terminal(&site, "trap '' TERM; echo ready; sleep 30");

    kill(child_of(window_pid(t)), SIGKILL);
    assert_restored(t, 137);
    assert_nothing_left(&site);
}
END_TEST

/* As `kill -TSTP` from another window does. Who looks at the terminal meanwhile, a shell, finds it usable. */
START_TEST(restored_while_gocker_is_stopped)
{
    struct site site = new_site("FROM busybox\n");
    struct window *t = running_on_terminal(
        &site, "trap 'stty size' WINCH; echo ready; until read x; do :; done; echo got $x");
    pid_t pid = window_pid(t);

    for (int i = 0; i < 2; i++) {
        kill(pid, SIGTSTP);
        expect_state(pid, 'T');
        ck_assert(!window_is_raw(t));
        resize(t, 30 + i, 90);
        kill(pid, SIGCONT);
        expect_raw(t, true);
    }
    type(t, "a\r");
    expect(t, "got a");
    assert_restored(t, 0);
}
END_TEST

/* SIGSTOP cannot be seen coming; but the terminal is right again after SIGCONT. */
START_TEST(goes_on_after_sigstop)
{
    struct site site = new_site("FROM busybox\n");
    struct window *t = running_on_terminal(&site, "echo ready; read x; stty size; exit 5");
    pid_t pid = window_pid(t);

    kill(pid, SIGSTOP);
    expect_state(pid, 'T');
    resize(t, 40, 100);
    kill(pid, SIGCONT);
    expect_raw(t, true);
    type(t, "x\r");
    expect(t, "40 100");
    assert_restored(t, 5);
}
END_TEST

/* Whoever it is that closes its window. All that runs inside has a second. */
static void window_closed(const char *script)
{
    struct site site = new_site("FROM busybox\n");
    const char *mark = new_mark();
    _cleanup_free_ char *whole = formatted("mark=%s; %s", mark, script);
    struct window *t = running_on_terminal(&site, whole);

    close_window(t);
    assert_gone(mark);
    leave_window(t);
    assert_nothing_left(&site);
}

START_TEST(a_closed_window_ends_the_container)
{
    window_closed("echo ready; sleep $mark");
    window_closed("echo ready; while :; do echo output; done");
    window_closed("echo ready; cat; sleep 0.1");
}
END_TEST

/* The kernel tells the session's leader alone, here a shell that does not care. gocker sees the end of its input,
 * and the program, though it ignores SIGHUP, that of its own. */
START_TEST(a_closed_window_cuts_the_containers_line)
{
    static const char script[] =
        "trap '' HUP; \"$0\" run -q -it . -- sh -c 'trap \"\" HUP; echo ready; cat; exit 0'; :";
    struct site site = new_site("FROM busybox\n");
    struct window *t = start_in_window(&site.how, (const char *const[]){ "sh", "-c", script, BINARY, NULL });

    expect(t, "ready");
    expect_raw(t, true);
    close_window(t);
    ck_assert_int_eq(leave_window(t).status, 0);
    assert_nothing_left(&site);
}
END_TEST

START_TEST(gocker_killed_with_a_terminal_leaves_nothing)
{
    struct site site = new_site("FROM busybox\n");
    const char *mark = new_mark();
    _cleanup_free_ char *script = formatted("trap '' HUP TERM; echo ready; sleep %s", mark);
    struct window *t = running_on_terminal(&site, script);

    kill(window_pid(t), SIGKILL);
    ck_assert_int_eq(leave_window(t).status, 137);
    assert_gone(mark);
}
END_TEST

/* Output that nobody reads keeps gocker from its end, but not from a signal. Our pipe is full when gocker begins. */
START_TEST(a_reader_that_sleeps_does_not_hold_gocker_for_ever)
{
    struct site site = new_site("FROM busybox\n");
    struct running *r = start(
        &site.how, (const char *const[]){ "bash", "-c", "printf %65536s; exec \"$0\" run -q -t . -- \"$@\"",
                                          BINARY, "sh", "-c", "echo printed; exit 3", NULL });
    pid_t pid = running_pid(r);

    for (int tries = 0; tries < 1000 && child_of(pid) == 0; tries++)
        poll(NULL, 0, 10);
    for (int tries = 0; tries < 1000 && child_of(pid) != 0; tries++)
        poll(NULL, 0, 10);
    ck_assert_int_eq(child_of(pid), 0);
    poll(NULL, 0, 100);
    ck_assert_int_eq(state_of(pid), 'S'); /* it waits for us */
    kill(pid, SIGTERM);
    expect_state(pid, 'Z');
    ck_assert_int_eq(finish(r).status, 3);
}
END_TEST

int main(int argc, char **argv)
{
    const unsigned needs = NEED_ROOT | NEED_REGISTRY;
    const struct test tests[] = {
        { restored_after_the_programs_end, needs, 0 },
        { restored_after_an_error, needs, 0 },
        { restored_after_a_signal, needs, 60 },
        { restored_after_the_container_is_killed, needs, 0 },
        { restored_while_gocker_is_stopped, needs, 0 },
        { goes_on_after_sigstop, needs, 0 },
        { a_closed_window_ends_the_container, needs, 0 },
        { a_closed_window_cuts_the_containers_line, needs, 0 },
        { gocker_killed_with_a_terminal_leaves_nothing, needs, 0 },
        { a_reader_that_sleeps_does_not_hold_gocker_for_ever, needs, 0 },
    };

    return RUN_TESTS("06-init/terminal_ends", tests, argc, argv);
}
