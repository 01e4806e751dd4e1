/* The init's other work: taking in orphans, and that nothing outlives the program. */
#include "processes.h"

#include <unistd.h>

START_TEST(orphans_are_reaped)
{
    struct site site = new_site("FROM busybox\n");
    /* Each subshell ends before its child: 200 orphans. Then none may be left, as a zombie either. */
    struct outcome o = IN_CONTAINER(&site, "",
                                    "i=0; while [ $i -lt 200 ]; do (sleep 0.2 &); i=$((i+1)); done\n"
                                    "until [ $(ls -d /proc/[0-9]* | wc -l) -lt 10 ]; do sleep 0.1; done\n"
                                    "sleep 0.1; ps -o pid,ppid,stat,comm; true");
    int lines = 0;

    ck_assert_msg(o.status == 0, "wanted exit status 0, got %d:\n%s%s", o.status, o.out, o.err);
    for (const char *c = o.out; *c; c++)
        lines += *c == '\n';
    ck_assert_msg(lines == 4, "wanted the init, the shell and ps, got\n%s", o.out);
    ck_assert_msg(!strstr(o.out, " Z "), "wanted no zombie, got\n%s", o.out);
}
END_TEST

START_TEST(an_orphans_new_parent_is_process_1)
{
    struct site site = new_site("FROM busybox\n");
    struct outcome o = IN_CONTAINER(&site, "",
                                    "sh -c 'sleep 30 & echo $! >/pid'; read pid </pid\n"
                                    "grep PPid /proc/$pid/status; cat /proc/1/comm; echo $$");

    assert_outcome(&o, 0, "PPid:\t1\ngocker-init\n2\n");
}
END_TEST

START_TEST(the_status_is_the_programs_and_no_orphans)
{
    struct site site = new_site("FROM busybox\n");
    struct outcome o = IN_CONTAINER(
        &site, "",
        "i=0; while [ $i -lt 50 ]; do (sh -c 'sleep 0.05; exit 99' &); i=$((i+1)); done; sleep 0.3; exit 7");

    assert_outcome(&o, 7, "");
}
END_TEST

/* What outlives the program does not outlive the container, whatever it thinks of signals. */
START_TEST(all_others_end_with_the_program)
{
    struct site site = new_site("FROM busybox\n");
    const char *mark = new_mark();
    _cleanup_free_ char *script =
        formatted("i=0; while [ $i -lt 200 ]; do sleep %s & i=$((i+1)); done\n"
                  "(trap '' TERM HUP INT; sleep %s & wait) &\n"
                  "setsid sh -c 'kill -STOP $$' %s &\n"
                  "until [ $(ls -d /proc/[0-9]* | wc -l) -ge 204 ]; do sleep 0.05; done; exit 8",
                  mark, mark, mark);
    struct outcome o = IN_CONTAINER(&site, "", script);

    assert_outcome(&o, 8, "");
    ck_assert_int_eq(marked(mark), 0); /* at once: the kernel has ended them before gocker could hear of it */
    assert_nothing_left(&site);
}
END_TEST

/* The same where the program is ended by a signal, and where another process holds standard output. */
START_TEST(all_others_end_with_a_killed_program)
{
    struct site site = new_site("FROM busybox\n");
    const char *mark = new_mark();
    _cleanup_free_ char *script = formatted("sleep %s & echo ready; wait", mark);
    struct running *r = start_ready(&site, script);

    kill(running_pid(r), SIGTERM);
    ck_assert_int_eq(finish(r).status, 143);
    ck_assert_int_eq(marked(mark), 0);
}
END_TEST

/* The kernel lets no signal end a process 1 that it does not handle; not even SIGKILL, from within. */
START_TEST(the_container_cannot_end_its_init)
{
    struct site site = new_site("FROM busybox\n");
    struct outcome o =
        IN_CONTAINER(&site, "",
                     "trap '' TERM HUP INT QUIT USR1 USR2\n"
                     "for s in KILL STOP SEGV ABRT BUS FPE ILL SYS TRAP TSTP TTIN TTOU CONT "
                     "TERM HUP INT QUIT USR1 USR2 CHLD; do kill -$s 1; done; sleep 30 & kill -KILL -1\n"
                     "sleep 0.2; cat /proc/1/comm; exit 5");

    assert_outcome(&o, 5, "gocker-init\n");
}
END_TEST

/* Where it does get a signal from within, that is the program's as well: as with tini(1) and docker run
 * --init. */
START_TEST(a_signal_to_process_1_is_the_programs)
{
    struct site site = new_site("FROM busybox\n");
    struct outcome o = IN_CONTAINER(&site, "", "trap 'exit 6' TERM; kill -TERM 1; sleep 5 & wait; exit 7");

    assert_outcome(&o, 6, "");
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { orphans_are_reaped, NEED_ROOT | NEED_REGISTRY, 0 },
        { an_orphans_new_parent_is_process_1, NEED_ROOT | NEED_REGISTRY, 0 },
        { the_status_is_the_programs_and_no_orphans, NEED_ROOT | NEED_REGISTRY, 0 },
        { all_others_end_with_the_program, NEED_ROOT | NEED_REGISTRY, 0 },
        { all_others_end_with_a_killed_program, NEED_ROOT | NEED_REGISTRY, 0 },
        /* a sanitizer handles SIGSEGV and its kin */
        { the_container_cannot_end_its_init, NEED_ROOT | NEED_REGISTRY | NEED_NATIVE, 0 },
        { a_signal_to_process_1_is_the_programs, NEED_ROOT | NEED_REGISTRY, 0 },
    };

    return RUN_TESTS("06-init/orphans", tests, argc, argv);
}
