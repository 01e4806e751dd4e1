/* The table of tests: what each needs, one process each, the count at the end. */
#include "testing.h"

#include "changed.h"
#include "keep.h"
#include "process.h"
#include "scratch.h"

#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_TIMEOUT_S 30

struct count {
    int passed, failed, skipped;
};

/* The effective capabilities as bits; 0 where they cannot be told. capget(2). */
static uint64_t capabilities(void)
{
    struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

    if (syscall(SYS_capget, &header, data) < 0)
        return 0;
    return (uint64_t)data[1].effective << 32 | data[0].effective;
}

static bool can(uint64_t wanted)
{
    return geteuid() == 0 && (capabilities() & wanted) == wanted;
}

/* The lab says how it is run, "kvm" or "tcg", which is emulated. NULL: this is not the lab. */
static const char *lab(void)
{
    return getenv("GOCKER_LAB");
}

int slowdown(void)
{
    return SLOWDOWN * (lab() && strcmp(lab(), "tcg") == 0 ? 10 : 1);
}

/* Which of NEEDS is missing here, in words; NULL: none. */
static const char *missing(unsigned needs)
{
    const uint64_t files = 1 << CAP_CHOWN | 1 << CAP_SYS_CHROOT | 1 << CAP_MKNOD;
    const uint64_t users = 1 << CAP_SETUID | 1 << CAP_SETGID;

    if ((needs & NEED_ROOT) && !can(files))
        return "needs root, with CAP_CHOWN, CAP_MKNOD and CAP_SYS_CHROOT";
    if ((needs & NEED_USER) && !can(users))
        return "needs root, to become somebody who is not";
    if ((needs & NEED_REGISTRY) && !getenv("GOCKER_TEST_REGISTRY"))
        return "needs the registries: run `make test-NN`, or tests/support/services.py PROGRAM";
    if ((needs & NEED_NATIVE) && SANITIZED)
        return "measures time or memory, which a sanitizer distorts";
    if ((needs & NEED_MACHINE) && !lab())
        return "needs the virtual machine: run `make lab CMD=PROGRAM`, or `make test`, which does";
    if ((needs & NEED_CGROUPS) && (!can(files) || !cgroup_mount()))
        return "needs root, and a tree of cgroup v2 in which it may make some";
    return NULL;
}

/* Runs in the test's own process, before it. Orphans of the programs it starts become its children, so
 * that expect_no_leftovers finds them. prctl(2). */
static void adopt_orphans(void)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
}

/* Runs in the test's own process, after it passed: a test that leaves something behind fails. */
static void expect_no_leftovers(void)
{
    const struct timespec pause = { .tv_nsec = 10000000 };
    const char *mounted = scratch_mount();

    ck_assert_msg(!mounted, "wanted no mount left behind, got one on %s", mounted);
    for (int tries = 0; tries < 100; tries++) {
        pid_t pid = waitpid(-1, NULL, WNOHANG);

        if (pid < 0)
            return;
        if (pid == 0)
            nanosleep(&pause, NULL);
    }
    ck_abort_msg("wanted no process left behind, got one that still runs");
}

static void kill_children(void)
{
    char path[64], line[4096];
    FILE *children;

    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    children = fopen(path, "re");
    if (!children)
        return;
    if (fgets(line, sizeof line, children))
        for (char *rest = line, *word; (word = strsep(&rest, " ")) != NULL;)
            if (strtol(word, NULL, 10) > 0)
                kill((pid_t)strtol(word, NULL, 10), SIGKILL);
    fclose(children);
}

/* End what a failed test left running: orphans come to the nearest ancestor that adopts them. With each that
 * ends, its own children come. */
static void kill_leftovers(void)
{
    do
        kill_children();
    while (waitpid(-1, NULL, 0) > 0);
}

static void print_failure(const char *suite, const char *name, SRunner *runner)
{
    TestResult **results = srunner_failures(runner);

    printf("%s: FAILED %s: %s:%d: %s\n", suite, name, tr_lfile(results[0]), tr_lno(results[0]),
           tr_msg(results[0]));
    free(results);
}

/* Run one test in a process of its own, with a directory of its own. True when it passed. */
static bool run_test(const char *suite_name, const struct test *test)
{
    int timeout_s = test->timeout_s ? test->timeout_s : DEFAULT_TIMEOUT_S;
    Suite *suite = suite_create(suite_name);
    TCase *tcase = tcase_create(test->test->name);
    SRunner *runner = srunner_create(suite);
    bool passed;

    suite_add_tcase(suite, tcase);
    tcase_add_checked_fixture(tcase, adopt_orphans, expect_no_leftovers);
    tcase_add_test(tcase, test->test);
    tcase_set_timeout(tcase, timeout_s * slowdown());
    srunner_set_fork_status(runner, CK_FORK);

    scratch_begin();
    srunner_run_all(runner, CK_SILENT);
    passed = srunner_ntests_failed(runner) == 0;
    if (!passed)
        print_failure(suite_name, test->test->name, runner);
    scratch_cgroups_end();
    kill_leftovers();
    scratch_end();
    srunner_free(runner);
    return passed;
}

/* Why TEST is left out, in words that last until the next call, or NULL. */
static const char *reason_to_skip(const char *suite, const struct test *test)
{
    static char text[512];
    const struct change *change = change_find(suite, test->test->name, getenv("GOCKER_BIN"));

    if (!change)
        return missing(test->needs);
    snprintf(text, sizeof text, "%s changes it: %s", change->from, change->why);
    return text;
}

/* How many rows of the list of changes name tests that this suite does not have: it was renamed, say. */
static int count_stale_changes(const char *suite, const struct test *tests, size_t count)
{
    int stale = 0;

    for (const struct change *c = changes; c->suite; c++) {
        bool found = strcmp(c->suite, suite) != 0;

        for (size_t i = 0; i < count && !found; i++)
            found = strcmp(c->test, tests[i].test->name) == 0;
        if (!found)
            printf("%s: FAILED tests/support/changed.c: no test is called %s\n", suite, c->test);
        stale += !found;
    }
    fflush(stdout);
    return stale;
}

/* Does one of the program's arguments name this test? Without arguments all do. */
static bool selected(const struct test *test, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strstr(test->test->name, argv[i]))
            return true;
    return argc <= 1;
}

int run_tests(const char *suite, const struct test *tests, size_t count, int argc, char **argv)
{
    struct count total = { .failed = count_stale_changes(suite, tests, count) };

    umask(022);
    signal(SIGINT, SIG_DFL);  /* a shell in the background starts its programs with these two ignored; */
    signal(SIGQUIT, SIG_DFL); /* the others may be a sanitizer's, which reports a crash by them */
    adopt_orphans();
    setenv("CK_MAX_MSG_SIZE", "65536",
           1); /* Check ends the program at a message above it; 4096 is soon full */
    for (size_t i = 0; i < count; i++) {
        const char *reason = reason_to_skip(suite, &tests[i]);

        if (!selected(&tests[i], argc, argv))
            continue;
        if (reason) {
            printf("%s: skipped %s: %s\n", suite, tests[i].test->name, reason);
            total.skipped++;
        } else if (run_test(suite, &tests[i])) {
            total.passed++;
        } else {
            total.failed++;
        }
        fflush(stdout); /* or the next test's process would print it again */
    }
    printf("%s: %d passed, %d failed, %d skipped\n", suite, total.passed, total.failed, total.skipped);
    if (total.passed + total.failed + total.skipped == 0)
        fprintf(stderr, "%s: no test has such a name\n", suite);
    return total.failed > 0 || total.passed + total.skipped == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
