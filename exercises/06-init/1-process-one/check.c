/* 06.1: the answers are what the kernel does with the two chapters' containers, here and now. */
#include "exercise.h"

#include "cleanup.h"
#include "clone.h"
#include "init.h"
#include "keep.h"
#include "reexec.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

/* The files are the host's, so that no image is needed. But /proc has to be that of the PID namespace. */
static int enter_proc(struct container *c, struct error *err)
{
    (void)c;
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        return fail(err, errno, "make mounts private");
    return mount("proc", "/proc", "proc", 0, NULL) < 0 ? fail(err, errno, "mount /proc") : 0;
}

static const struct isolation isolate_proc = { .name = "proc",
                                               .clone_flags = CLONE_NEWNS,
                                               .enter = enter_proc };
static const struct isolation *const isolations[] = { &isolate_pids, &isolate_proc, NULL };

/* The exit status of a shell that runs SCRIPT in a container. */
static const char *status_by(const struct launcher *launcher, const char *script)
{
    _cleanup_(container_free) struct container c = { .root.path = must_strdup("/"),
                                                     .process.cwd = must_strdup("/") };
    struct error err;
    int status;

    strv_add(&c.process.args, "/bin/sh");
    strv_add(&c.process.args, "-c");
    strv_add(&c.process.args, script);
    strv_add(&c.process.env, "PATH=/usr/bin:/bin");
    ck_assert_msg(container_run(&c, isolations, launcher, &status, &err) == 0, "%s", err.text);
    return keep(formatted("%d", status));
}

/* What `grep NAME /proc/1/status` prints behind the name, in chapter 6's container. */
static uint64_t mask_of_init(const char *name)
{
    const char *place = scratch();

    status_by(&init_launcher, keep(formatted("cat /proc/1/status > %s/status", place)));
    const char *line = strstr(keep(get_file(place, "status")), name);
    ck_assert_msg(line, "the check could not read the status of process 1");
    return strtoull(line + strlen(name) + 1, NULL, 16); /* behind the colon */
}

/* In the starter's words. */
static const char *done_about(int number)
{
    const uint64_t bit = UINT64_C(1) << (number - 1);

    if (mask_of_init("SigBlk") & bit)
        return "blocks";
    if (mask_of_init("SigIgn") & bit)
        return "ignores";
    return mask_of_init("SigCgt") & bit ? "catches" : "nothing";
}

START_TEST(signal_without_a_handler_is_dropped)
{
    want_answer("no handler", status_by(&clone_launcher, "kill -TERM $$; exit 5"),
                "the status of `five 'kill -TERM $$; exit 5'`");
}
END_TEST

START_TEST(program_below_an_init_is_ended)
{
    want_answer("no handler, with an init", status_by(&init_launcher, "kill -TERM $$; exit 5"),
                "the status of `six 'kill -TERM $$; exit 5'`");
}
END_TEST

START_TEST(signal_with_a_handler_arrives)
{
    want_answer("handler", status_by(&clone_launcher, "trap 'exit 3' TERM; kill -TERM $$; exit 5"),
                "the status of `five 'trap \"exit 3\" TERM; kill -TERM $$; exit 5'`");
}
END_TEST

START_TEST(kill_from_inside_is_dropped)
{
    want_answer("kill", status_by(&clone_launcher, "kill -KILL $$; exit 5"),
                "the status of `five 'kill -KILL $$; exit 5'`");
}
END_TEST

START_TEST(init_passes_the_signal_on)
{
    want_answer("to process 1", status_by(&init_launcher, "kill -TERM 1; sleep 2; exit 5"),
                "the status of `six 'kill -TERM 1; sleep 2; exit 5'`");
}
END_TEST

START_TEST(orphan_becomes_a_child_of_process_1)
{
    const char *place = scratch();
    /* The orphan becomes a shell again when its parent is gone: a shell asks once who its parent is. */
    const char *orphan = "sleep 0.3; exec sh -c \"echo \\$PPID > \\$0/parent\" $0";
    const char *script = keep(formatted("sh -c '(%s) &' %s; sleep 1", orphan, place));

    status_by(&init_launcher, script);
    char *parent = keep(get_file(place, "parent"));
    parent[strcspn(parent, "\n")] = '\0';
    want_answer("parent of an orphan", parent, "the PPID of `sleep` in what `ps` prints");
}
END_TEST

START_TEST(init_blocks_what_it_reads)
{
    want_answer("TERM in the init", done_about(SIGTERM), "in which of the three masks bit 14 is set");
}
END_TEST

START_TEST(init_does_not_block_its_own_faults)
{
    want_answer("SEGV in the init", done_about(SIGSEGV), "in which of the three masks bit 10 is set");
}
END_TEST

int main(void)
{
    const struct test tests[] = {
        { signal_without_a_handler_is_dropped, NEED_ROOT, 0 },
        { program_below_an_init_is_ended, NEED_ROOT, 0 },
        { signal_with_a_handler_arrives, NEED_ROOT, 0 },
        { kill_from_inside_is_dropped, NEED_ROOT, 0 },
        { init_passes_the_signal_on, NEED_ROOT, 0 },
        { orphan_becomes_a_child_of_process_1, NEED_ROOT, 0 },
        { init_blocks_what_it_reads, NEED_ROOT, 0 },
        { init_does_not_block_its_own_faults, NEED_ROOT, 0 },
    };

    if (getenv("GOCKER_INIT")) /* the launcher executes a copy of this program */
        return container_init(isolations);
    return RUN_EXERCISE(tests);
}
