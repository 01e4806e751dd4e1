/* The tests' own plumbing: does it see failures, crashes, hangs and what is left behind? The program runs
 * itself with the word "fixtures" to have some of each. */
#include "testing.h"

#include "changed.h"
#include "str.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

START_TEST(fixture_passes)
{
    ck_assert_int_eq(1, 1);
}
END_TEST

START_TEST(fixture_fails)
{
    ck_assert_int_eq(1, 2);
}
END_TEST

START_TEST(fixture_crashes)
{
    put_file(scratch(), "left/by/a/crash", "x");
    signal(SIGABRT, SIG_DFL);
    abort();
}
END_TEST

START_TEST(fixture_hangs)
{
    pause();
}
END_TEST

START_TEST(fixture_leaves_a_process)
{
    RUN("sh", "-c", "sleep 1000 >/dev/null 2>&1 &");
}
END_TEST

START_TEST(fixture_leaves_a_daemon)
{
    struct outcome o = RUN("setsid", "-f", "sh", "-c", "echo $$ >&2; exec sleep 1000 >/dev/null 2>&1");

    ck_abort_msg("left process %s", o.err);
}
END_TEST

START_TEST(fixture_leaves_output_open)
{
    RUN("sh", "-c", "sleep 1000 &");
}
END_TEST

START_TEST(fixture_times_out)
{
    run_how(&(struct how){ .timeout_s = 1 }, (const char *const[]){ "sleep", "1000", NULL });
}
END_TEST

START_TEST(fixture_is_skipped)
{
    ck_abort_msg("nobody should run this");
}
END_TEST

START_TEST(fixture_needs_the_machine)
{
    ck_assert_ptr_nonnull(getenv("GOCKER_LAB"));
}
END_TEST

START_TEST(fixture_leaves_a_cgroup)
{
    const char *cgroup = scratch_cgroup();
    const char *script = "mkdir $0/in; setsid sh -c 'echo $$ >$0/in/cgroup.procs; sleep 1000' $0 >$1 2>&1 &"
                         " until grep -q . $0/in/cgroup.procs; do :; done";

    RUN("sh", "-c", script, cgroup, "/dev/null");
    ck_abort_msg("left cgroup %s ", cgroup);
}
END_TEST

static int run_fixtures(int argc, char **argv)
{
    const struct test fixtures[] = {
        { .test = fixture_passes },
        { .test = fixture_fails },
        { .test = fixture_crashes },
        { .test = fixture_hangs, .timeout_s = 1 },
        { .test = fixture_leaves_a_process },
        { .test = fixture_leaves_a_daemon },
        { .test = fixture_leaves_a_cgroup, .needs = NEED_CGROUPS },
        { .test = fixture_leaves_output_open },
        { .test = fixture_times_out },
        { .test = fixture_is_skipped, .needs = NEED_REGISTRY },
        { .test = fixture_needs_the_machine, .needs = NEED_MACHINE },
    };

    if (argc > 1 && strcmp(argv[1], "stale") == 0)
        return run_tests(changes[0].suite, fixtures, 1, 1, argv);
    return RUN_TESTS("fixtures", fixtures, argc, argv);
}

/* Run the fixtures whose names contain NAME. */
static struct outcome run_fixture(const char *name)
{
    char self[4096] = "";

    ck_assert(readlink("/proc/self/exe", self, sizeof self - 1) > 0);
    return run_how(
        &(struct how){ .timeout_s = 60 },
        (const char *const[]){ "env", "-u", "GOCKER_TEST_REGISTRY", self, "fixtures", name, NULL });
}

static void expect_failure(const char *name, const char *reason)
{
    struct outcome o = run_fixture(name);

    ck_assert_contains(o.out, reason);
    ck_assert_contains(o.out, "fixtures: 0 passed, 1 failed, 0 skipped\n");
    ck_assert_int_eq(o.status, 1);
}

START_TEST(passing_test_is_counted)
{
    struct outcome o = run_fixture("fixture_passes");

    ck_assert_str_eq(o.out, "fixtures: 1 passed, 0 failed, 0 skipped\n");
    ck_assert_int_eq(o.status, 0);
}
END_TEST

START_TEST(failing_test_is_shown)
{
    expect_failure("fixture_fails", "FAILED fixture_fails: tests/support/check_testing.c:");
}
END_TEST

START_TEST(crash_is_a_failure)
{
    expect_failure("fixture_crashes", "FAILED fixture_crashes: ");
}
END_TEST

START_TEST(crash_leaves_no_directory)
{
    const char *directory = scratch();
    char variable[4096];
    struct outcome o;

    snprintf(variable, sizeof variable, "TMPDIR=%s", directory);
    putenv(variable);
    o = run_fixture("fixture_crashes");
    ck_assert_int_eq(o.status, 1);
    o = RUN("find", directory, "-mindepth", "1");
    ck_assert_str_eq(o.out, "");
}
END_TEST

START_TEST(hanging_test_fails)
{
    expect_failure("fixture_hangs", "Test timeout expired");
}
END_TEST

START_TEST(process_left_behind_fails)
{
    expect_failure("fixture_leaves_a_process", "wanted no process left behind");
}
END_TEST

START_TEST(process_left_behind_is_ended)
{
    struct outcome o = run_fixture("leaves_a_daemon");
    const char *pid = strstr(o.out, "left process ");

    ck_assert_msg(pid, "wanted the pid in\n%s", o.out);
    ck_assert_msg(kill((pid_t)strtol(pid + strlen("left process "), NULL, 10), 0) < 0,
                  "wanted %s gone, it runs", pid);
}
END_TEST

START_TEST(cgroup_left_behind_is_removed)
{
    struct outcome o = run_fixture("leaves_a_cgroup");
    char path[256] = "";

    ck_assert_contains(o.out, "left cgroup /");
    sscanf(strstr(o.out, "left cgroup "), "left cgroup %255s", path);
    ck_assert_msg(access(path, F_OK) < 0, "%s is still there", path);
}
END_TEST

START_TEST(output_held_open_fails)
{
    expect_failure("fixture_leaves_output_open", "still holds its output open");
}
END_TEST

START_TEST(program_that_hangs_fails)
{
    expect_failure("fixture_times_out", "sleep did not end in time");
}
END_TEST

START_TEST(missing_need_is_a_skip)
{
    struct outcome o = run_fixture("fixture_is_skipped");

    ck_assert_contains(o.out, "skipped fixture_is_skipped: needs the registries");
    ck_assert_contains(o.out, "fixtures: 0 passed, 0 failed, 1 skipped\n");
    ck_assert_int_eq(o.status, 0);
}
END_TEST

START_TEST(changed_test_is_left_out_from_one_chapter_to_another)
{
    for (const struct change *c = changes; c->suite; c++) {
        _cleanup_free_ char *first = formatted("build/bin/%s", c->from);

        ck_assert_ptr_eq(change_find(c->suite, c->test, first), c);
        ck_assert_ptr_eq(change_find(c->suite, c->test, c->from), c);
        ck_assert_ptr_eq(change_find(c->suite, c->test, "build/bin/99-last"), c->until ? NULL : c);
        ck_assert_ptr_null(change_find(c->suite, c->test, "build/bin/00-first"));
        ck_assert_ptr_null(change_find(c->suite, c->test, NULL));
        ck_assert_ptr_null(change_find(c->suite, "other", first));
        ck_assert_ptr_null(change_find("other", c->test, first));
    }
    ck_assert_ptr_nonnull(changes[0].suite);
}
END_TEST

/* A suite of this name has rows in the list, and no such tests. */
START_TEST(change_of_no_test_fails)
{
    struct outcome o = run_fixture("stale");

    ck_assert_contains(o.out, "FAILED tests/support/changed.c: no test is called ");
    ck_assert_int_eq(o.status, 1);
}
END_TEST

START_TEST(test_for_the_machine_runs_only_there)
{
    unsetenv("GOCKER_LAB");
    ck_assert_contains(run_fixture("needs_the_machine").out,
                       "skipped fixture_needs_the_machine: needs the virtual machine");
    setenv("GOCKER_LAB", "kvm", 1);
    ck_assert_contains(run_fixture("needs_the_machine").out, "fixtures: 1 passed, 0 failed, 0 skipped\n");
}
END_TEST

START_TEST(name_of_no_test_fails)
{
    struct outcome o = run_fixture("no_such_test");

    ck_assert_contains(o.err, "no test has such a name");
    ck_assert_int_eq(o.status, 1);
}
END_TEST

START_TEST(outcome_holds_what_a_program_did)
{
    struct how how = { .input = "in", .directory = "/", .env = (const char *const[]){ "A=b", NULL } };
    struct outcome o = run_how(
        &how, (const char *const[]){ "sh", "-c", "cat; pwd; echo $A >&2; printf '\\0x' >&2; exit 3", NULL });

    ck_assert_str_eq(o.out, "in/\n");
    ck_assert_mem_eq(o.err, "b\n\0x", 5);
    ck_assert_uint_eq(o.err_length, 4);
    ck_assert_int_eq(o.status, 3);
    ck_assert_int_gt(o.max_rss_kib, 0);
}
END_TEST

START_TEST(signal_is_128_plus_its_number)
{
    struct outcome o = RUN("sh", "-c", "kill -TERM $$");

    ck_assert_int_eq(o.status, 128 + SIGTERM);
}
END_TEST

START_TEST(program_inherits_no_descriptor)
{
    struct outcome o = RUN("ls", "/proc/self/fd");

    ck_assert_str_eq(o.out, "0\n1\n2\n3\n"); /* 3 is ls's own */
}
END_TEST

START_TEST(program_runs_as_another_user)
{
    struct outcome o =
        run_how(&(struct how){ .uid = 65534 }, (const char *const[]){ "sh", "-c", "id -u; id -G", NULL });

    ck_assert_str_eq(o.out, "65534\n65534\n");
}
END_TEST

START_TEST(started_program_takes_signals)
{
    struct running *r =
        start(&(struct how){ 0 },
              (const char *const[]){ "sh", "-c",
                                     "trap 'exit 7' USR1; echo ready; while :; do sleep 0.1; done", NULL });

    ck_assert(wait_for_output(r, "ready", 10));
    kill(running_pid(r), SIGUSR1);
    ck_assert_int_eq(finish(r).status, 7);
}
END_TEST

START_TEST(output_that_never_comes_is_not_waited_for)
{
    struct running *r = start(&(struct how){ 0 }, (const char *const[]){ "echo", "something", NULL });

    ck_assert(!wait_for_output(r, "else", 10));
    finish(r);
}
END_TEST

START_TEST(home_and_data_are_the_tests_own)
{
    struct outcome o = RUN("sh", "-c", "ls -A \"$HOME\"; echo \"${GOCKER_ROOT#$HOME/}\" \"$DOCKER_CONFIG\"");

    ck_assert_str_eq(o.out, "gocker \n");
}
END_TEST

START_TEST(files_are_read_as_written)
{
    const char *directory = scratch();

    put_file(directory, "a/b/c", "text");
    ck_assert_str_eq(get_file(directory, "a/b/c"), "text");
}
END_TEST

START_TEST(services_print_their_help_and_start_nothing)
{
    struct outcome o = RUN("tests/support/services.py", "--help");

    ck_assert_int_eq(o.status, 0);
    ck_assert_contains(o.out, "services.py COMMAND");
    ck_assert_str_eq(o.err, "");
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { .test = passing_test_is_counted },
        { .test = failing_test_is_shown },
        { .test = crash_is_a_failure },
        { .test = crash_leaves_no_directory },
        { .test = hanging_test_fails },
        { .test = process_left_behind_fails },
        { .test = process_left_behind_is_ended },
        { .test = cgroup_left_behind_is_removed, .needs = NEED_CGROUPS },
        { .test = output_held_open_fails },
        { .test = program_that_hangs_fails },
        { .test = missing_need_is_a_skip },
        { .test = changed_test_is_left_out_from_one_chapter_to_another },
        { .test = change_of_no_test_fails },
        { .test = test_for_the_machine_runs_only_there },
        { .test = name_of_no_test_fails },
        { .test = outcome_holds_what_a_program_did },
        { .test = signal_is_128_plus_its_number },
        { .test = program_inherits_no_descriptor },
        { .test = program_runs_as_another_user, .needs = NEED_USER },
        { .test = started_program_takes_signals },
        { .test = output_that_never_comes_is_not_waited_for },
        { .test = home_and_data_are_the_tests_own },
        { .test = files_are_read_as_written },
        { .test = services_print_their_help_and_start_nothing },
    };

    if (argc > 1 && strcmp(argv[1], "fixtures") == 0)
        return run_fixtures(argc - 1, argv + 1);
    return RUN_TESTS("support", tests, argc, argv);
}
