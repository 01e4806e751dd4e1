/* -t: a terminal of the container's own, as who sits before it and as the program see it. */
#include "processes.h"
#include "window.h"

#include <ctype.h>

/* Run the shell's SCRIPT on a terminal, with OPTION ("-it", "-t", …) of `run`. */
static struct window *on_terminal(const struct site *site, const char *option, const char *script)
{
    return start_in_window(&site->how, (const char *const[]){ BINARY, "run", "--quiet", option, ".", "--",
                                                              "sh", "-c", script, NULL });
}

/* Run it to its end; nothing is typed. */
static void prints(const char *option, const char *script, int status, const char *out)
{
    struct site site = new_site("FROM busybox\n");
    struct outcome o = leave_window(on_terminal(&site, option, script));

    assert_outcome(&o, status, out);
    assert_nothing_left(&site);
}

START_TEST(the_terminal_is_the_containers_own)
{
    prints("-it", "tty; ls -1 /dev/pts; ps -o pid,tty,sid | grep '^ *2 '; exit 3", 3,
           "/dev/pts/0\r\n0\r\nptmx\r\n    2 136,0      2\r\n");
}
END_TEST

START_TEST(dev_tty_and_dev_console_are_it)
{
    prints("-it", "echo a >/dev/tty; echo b >/dev/console; stat -L -c '%t:%T %a %u' /dev/console /dev/tty", 0,
           "a\r\nb\r\n88:0 620 0\r\n5:0 666 0\r\n");
}
END_TEST

START_TEST(it_belongs_to_the_programs_user)
{
    struct site site = new_site("FROM busybox\nUSER learner\n");
    struct outcome o = leave_window(on_terminal(
        &site, "-it", "stat -c '%u %g %a' $(tty); echo ok >$(tty); chmod 600 $(tty); stat -c %a $(tty)"));

    assert_outcome(&o, 0, "1000 5 620\r\nok\r\n600\r\n");
}
END_TEST

START_TEST(what_is_typed_is_read_and_echoed)
{
    struct site site = new_site("FROM busybox\n");
    struct window *t = on_terminal(&site, "-it", "read a; echo got $a; read b || echo end; exit 4");
    struct outcome o;

    expect_raw(t, true);
    type(t, "hello\r");
    expect(t, "hello\r\ngot hello\r\n");
    type(t, "\x04"); /* Ctrl-D */
    expect(t, "end");
    o = leave_window(t);
    ck_assert_int_eq(o.status, 4);
    ck_assert(!window_is_raw(t));
    assert_nothing_left(&site);
}
END_TEST

START_TEST(keys_make_signals_in_the_container)
{
    struct site site = new_site("FROM busybox\n");
    struct window *t = on_terminal(&site, "-it", WAIT_FOR_SIGNAL);

    expect(t, "ready");
    expect_raw(t, true);
    type(t, "\x03"); /* Ctrl-C */
    ck_assert_int_eq(leave_window(t).status, 130);
    ck_assert(!window_is_raw(t));
    t = on_terminal(&site, "-it",
                    "trap 'echo int' INT; trap 'exit 6' QUIT; echo ready; while :; do sleep 0.1; done");
    expect(t, "ready");
    type(t, "\x03");
    expect(t, "int");
    type(t, "\x1c"); /* Ctrl-backslash */
    ck_assert_int_eq(leave_window(t).status, 6);
}
END_TEST

/* Ctrl-Z stops a job in there, and gocker not at all. */
START_TEST(job_control_works_in_the_container)
{
    struct site site = new_site("FROM busybox\n");
    struct window *t = start_in_window(
        &site.how, (const char *const[]){ BINARY, "run", "-q", "-it", ".", "--", "sh", "-i", NULL });

    expect(t, "# ");
    type(t, "sleep 30\r");
    expect(t, "sleep 30");
    poll(NULL, 0, 200);
    type(t, "\x1a"); /* Ctrl-Z */
    expect(t, "Stopped");
    type(t, "fg\r");
    expect(t, "sleep 30");
    poll(NULL, 0, 200);
    type(t, "\x03");
    expect(t, "# ");
    type(t, "exit 5\r");
    ck_assert_int_eq(leave_window(t).status, 5);
}
END_TEST

START_TEST(the_size_is_ours_and_follows)
{
    struct site site = new_site("FROM busybox\n");
    struct window *t = on_terminal(&site, "-it",
                                   "trap 'stty size; seen=1' WINCH; stty size; echo ready; "
                                   "until [ \"$seen\" ]; do sleep 0.05; done; read x");

    expect(t, "24 80\r\nready");
    resize(t, 50, 132);
    expect(t, "50 132\r\n");
    type(t, "\r");
    ck_assert_int_eq(leave_window(t).status, 0);
}
END_TEST

START_TEST(term_is_set_where_the_image_does_not_say)
{
    prints("-it", "echo $TERM", 0, "xterm\r\n");
}
END_TEST

/* 1 MB in lines. The container's terminal makes \n to \r\n; ours is raw with -i, and else does it once more. */
START_TEST(much_output_arrives_complete_and_in_order)
{
    struct site site = new_site("FROM busybox\n");
    struct outcome o = leave_window(on_terminal(&site, "-it", "seq 100000 231071"));
    const char *at = o.out;

    ck_assert_int_eq(o.status, 0);
    for (long i = 100000; i <= 231071; i++) {
        char *end;

        ck_assert_msg(strtol(at, &end, 10) == i && strncmp(end, "\r\n", 2) == 0, "wanted %ld, got %.20s", i,
                      at);
        at = end + 2;
    }
    ck_assert_str_eq(at, "");
}
END_TEST

START_TEST(what_is_printed_last_is_never_lost)
{
    struct site site = new_site("FROM busybox\n");

    for (int i = 0; i < 24; i++) {
        struct window *t = on_terminal(&site, i % 2 ? "-it" : "-t", "echo first; echo last; exit 2");
        struct outcome o;

        if (i % 4 == 1)
            type(t, "typed ahead\r"); /* maybe when nobody is there to read it any more */
        o = leave_window(t);
        ck_assert_int_eq(o.status, 2);
        ck_assert_contains(o.out, "first\r");
        ck_assert_msg(strstr(o.out, "last\r"), "run %d: wanted the last line, got\n%s", i, o.out);
    }
}
END_TEST

START_TEST(a_large_paste_arrives)
{
    struct site site = new_site("FROM busybox\n");
    struct window *t = on_terminal(&site, "-it", "stty -echo; echo ready; sha256sum");
    _cleanup_str_ struct str text = { 0 };
    struct outcome wanted;
    _cleanup_free_ char *sum = NULL;

    for (int i = 0; i < 4000; i++)
        str_addf(&text, "line %d of what is pasted here\n", i);
    wanted = run_how(&(struct how){ .input = text.text }, (const char *const[]){ "sha256sum", NULL });
    sum = must_strndup(wanted.out, 64);
    expect(t, "ready");
    expect_raw(t, true);
    type(t, text.text);
    type(t, "\x04");
    expect(t, sum);
    ck_assert_int_eq(leave_window(t).status, 0);
}
END_TEST

START_TEST(without_i_nothing_typed_gets_in)
{
    struct site site = new_site("FROM busybox\n");
    struct window *t = on_terminal(&site, "-t", "echo ready; read -t 1 x; echo \"[$x]\"");

    expect(t, "ready");
    ck_assert(!window_is_raw(t));
    type(t, "typed\r");
    expect(t, "[]");
    ck_assert_int_eq(leave_window(t).status, 0);
}
END_TEST

/* Our own terminal makes the signal then, for gocker, which passes it on. */
START_TEST(without_i_ctrl_c_ends_the_program_too)
{
    struct site site = new_site("FROM busybox\n");
    struct window *t = on_terminal(&site, "-t", WAIT_FOR_SIGNAL);

    expect(t, "ready");
    type(t, "\x03");
    ck_assert_int_eq(leave_window(t).status, 130);
    t = on_terminal(&site, "-i", WAIT_FOR_SIGNAL); /* without a terminal at all as well */
    expect(t, "ready");
    type(t, "\x03");
    ck_assert_int_eq(leave_window(t).status, 130);
}
END_TEST

START_TEST(our_terminal_is_out_of_reach)
{
    prints("-i", "(: >/dev/tty) 2>/dev/null || echo none", 0, "none\r\n");
}
END_TEST

/* ---- where standard output or input is none */

START_TEST(with_t_output_may_be_a_pipe)
{
    struct site site = new_site("FROM busybox\n");
    struct outcome o = IN_CONTAINER(&site, "-t", "tty; echo err >&2; exit 3");

    assert_outcome(&o, 3, "/dev/pts/0\r\nerr\r\n");
    ck_assert_str_eq(o.err, "");
}
END_TEST

START_TEST(with_t_a_megabyte_may_go_to_a_slow_reader)
{
    struct site site = new_site("FROM busybox\n");
    struct outcome o = outside(&site, "sh",
                               "\"$0\" run -q -t . -- seq 150000 | (sleep 0.5; "
                               "tr -d '\\r' | cksum); seq 150000 | cksum");
    size_t half = o.out_length / 2;

    ck_assert_int_eq(o.status, 0);
    ck_assert_msg(strncmp(o.out, o.out + half, half) == 0, "wanted the same sum twice, got\n%s", o.out);
}
END_TEST

START_TEST(it_without_a_terminal_is_refused)
{
    struct site site = new_site("FROM busybox\n");
    struct outcome o = IN_CONTAINER(&site, "-it", "true");

    assert_outcome(&o, 125, "");
    ck_assert_str_eq(o.err, "gocker: prepare terminal: standard input is no terminal: leave out -t, or -i\n");
    assert_nothing_left(&site);
}
END_TEST

START_TEST(two_containers_have_a_terminal_each)
{
    struct site site = new_site("FROM busybox\n");
    struct window *first = on_terminal(&site, "-it", "tty; read x; echo first $x"),
                  *second = on_terminal(&site, "-it", "tty; read x; echo second $x");

    expect(first, "/dev/pts/0");
    expect(second, "/dev/pts/0");
    type(second, "b\r");
    expect(second, "second b");
    type(first, "a\r");
    expect(first, "first a");
    ck_assert_int_eq(leave_window(first).status, 0);
    ck_assert_int_eq(leave_window(second).status, 0);
}
END_TEST

int main(int argc, char **argv)
{
    const unsigned needs = NEED_ROOT | NEED_REGISTRY;
    const struct test tests[] = {
        { the_terminal_is_the_containers_own, needs, 0 },
        { dev_tty_and_dev_console_are_it, needs, 0 },
        { it_belongs_to_the_programs_user, needs, 0 },
        { what_is_typed_is_read_and_echoed, needs, 0 },
        { keys_make_signals_in_the_container, needs, 0 },
        { job_control_works_in_the_container, needs, 0 },
        { the_size_is_ours_and_follows, needs, 0 },
        { term_is_set_where_the_image_does_not_say, needs, 0 },
        { much_output_arrives_complete_and_in_order, needs, 0 },
        { what_is_printed_last_is_never_lost, needs, 90 },
        { a_large_paste_arrives, needs, 0 },
        { without_i_nothing_typed_gets_in, needs, 0 },
        { without_i_ctrl_c_ends_the_program_too, needs, 0 },
        { our_terminal_is_out_of_reach, needs, 0 },
        { with_t_output_may_be_a_pipe, needs, 0 },
        { with_t_a_megabyte_may_go_to_a_slow_reader, needs, 0 },
        { it_without_a_terminal_is_refused, needs, 0 },
        { two_containers_have_a_terminal_each, needs, 0 },
    };

    return RUN_TESTS("06-init/terminal", tests, argc, argv);
}
