/* Running an exercise's tests so that only their result counts. See exercise.h.
 *
 * The learner's code shares a process with the test that calls it, and Check takes a process that exits with 0
 * for a test that passed. So a test counts as passed only when it came to its end, which is noted in memory
 * shared with this program, and this program alone holds the descriptor that the verdict is written to. */
#include "exercise.h"

#include "fs.h"
#include "keep.h"
#include "str.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define TIMEOUT_S         10           /* for a learner who waits for an endless loop to be noticed */
#define MOST_OUTPUT_BYTES (256 * 1024) /* of what one test prints */

/* The signals of a wrong access. AddressSanitizer catches them to say where it happened. */
static const int access_signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL };
#define ACCESS_SIGNALS (sizeof access_signals / sizeof *access_signals)

/* START_TEST's functions take no argument, so what belongs to the running test is static. */
static struct {
    const TTest *test;
    int verdict; /* where the results go; closed in the test's process */
    int output;  /* what the test and the learner's code print; shared, so that it is there after a crash */
    bool *ended; /* did the test come to its end? Shared with its process. */
    struct sigaction actions[ACCESS_SIGNALS]; /* the sanitizer's, or the default */
} running;

/* Runs in the test's process, in place of the test. */
static void run_to_the_end(int i)
{
    pid_t self = getpid();

    /* run_tests has set all signals to their default. */
    for (size_t s = 0; s < ACCESS_SIGNALS; s++)
        sigaction(access_signals[s], &running.actions[s], NULL);
    close(running.verdict);
    dup2(running.output, STDOUT_FILENO);
    dup2(running.output, STDERR_FILENO);
    setvbuf(stdout, NULL, _IOLBF, 0); /* what was printed before a crash helps to find it */
    running.test->fn(i);
    *running.ended = getpid() == self; /* a child of the learner's that came back here is not the test */
}

/* A file in memory that does not grow beyond its size: whoever prints in an endless loop gets EPERM, and the
 * machine keeps its memory. memfd_create(2), "File sealing". Returns a descriptor, or -1 with err. */
static int open_output(struct error *err)
{
    _cleanup_close_ int fd = memfd_create("output", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (fd < 0 || ftruncate(fd, MOST_OUTPUT_BYTES) < 0 ||
        fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) < 0)
        return fail(err, errno, "make a file for the test's output");
    return steal_fd(&fd);
}

/* Append what was written to FD: all up to its position, which the processes that wrote to it shared. */
static int read_output(int fd, struct str *text, struct error *err)
{
    off_t end = lseek(fd, 0, SEEK_CUR);

    if (end < 0 || lseek(fd, 0, SEEK_SET) < 0)
        return fail(err, errno, "read the test's output");
    if (read_fd(fd, MOST_OUTPUT_BYTES, text, err) < 0)
        return -1;
    if (text->length > (size_t)end)
        text->length = (size_t)end;
    return 0;
}

/* One result: a line of "test NAME STATUS ENDED", the sizes of two texts in bytes, and the texts: what run_tests
 * printed about the test, and what the test printed. */
static int write_result(int status, struct str *report, struct str *output, struct error *err)
{
    _cleanup_str_ struct str record = { 0 };

    str_addf(&record, "test %s %d %d %zu %zu\n", running.test->name, status, *running.ended, report->length,
             output->length);
    str_add_bytes(&record, str_text(report), report->length);
    str_add_bytes(&record, str_text(output), output->length);
    return write_all(running.verdict, record.text, record.length, err);
}

/* Did the test of which run_tests printed REPORT run out of time? The words are Check's. */
static bool ran_out_of_time(const struct str *report)
{
    return strstr(str_text(report), "Test timeout expired") != NULL;
}

/* Run one test and write its result. REPORT_FD is this program's standard output. *TIMED_OUT becomes true where the
 * test ran out of time. */
static int run_one(const struct test *test, int report_fd, bool *timed_out, struct error *err)
{
    const TTest stand_in = { test->test->name, run_to_the_end, test->test->file, test->test->line };
    const struct test row = { &stand_in, test->needs,
                              test->timeout_s ? test->timeout_s : TIMEOUT_S / SLOWDOWN };
    _cleanup_close_ int output = open_output(err);
    _cleanup_str_ struct str report = { 0 }, printed = { 0 };
    int status;

    if (output < 0)
        return -1;
    running.test = test->test;
    running.output = output;
    *running.ended = false;
    if (ftruncate(report_fd, 0) < 0 || lseek(report_fd, 0, SEEK_SET) < 0)
        return fail(err, errno, "empty the file for the report");

    status = run_tests("exercise", &row, 1, 1, NULL);
    fflush(stdout);
    if (lseek(report_fd, 0, SEEK_SET) < 0)
        return fail(err, errno, "read the report");
    if (read_fd(report_fd, MOST_OUTPUT_BYTES, &report, err) < 0 || read_output(output, &printed, err) < 0)
        return -1;
    *timed_out = *timed_out || ran_out_of_time(&report);
    return write_result(status, &report, &printed, err);
}

/* Write that TEST was not run: whoever waited for one endless loop need not wait for it again in every test. */
static int pass_over(const struct test *test, struct error *err)
{
    _cleanup_str_ struct str report = { 0 }, printed = { 0 };

    running.test = test->test;
    *running.ended = false;
    str_addf(&report, "exercise: skipped %s: a test before it ran out of time\n", test->test->name);
    return write_result(EXIT_SUCCESS, &report, &printed, err);
}

/* Run all and write the verdict: how many tests there are, the result of each, "end". */
static int run_all(const struct test *tests, size_t count, struct error *err)
{
    _cleanup_close_ int report = memfd_create("report", MFD_CLOEXEC);
    bool timed_out = false;

    if (report < 0 || dup2(report, STDOUT_FILENO) < 0)
        return fail(err, errno, "make a file for the report");
    if (dprintf(running.verdict, "tests %zu\n", count) < 0)
        return fail(err, errno, "write the verdict");
    for (size_t i = 0; i < count; i++)
        if ((timed_out ? pass_over(&tests[i], err) : run_one(&tests[i], report, &timed_out, err)) < 0)
            return -1;
    if (dprintf(running.verdict, "end\n") < 0)
        return fail(err, errno, "write the verdict");
    return 0;
}

int run_exercise(const struct test *tests, size_t count)
{
    const char *descriptor = getenv("EXERCISE_VERDICT");
    struct error err;

    if (!descriptor)
        return run_tests("exercise", tests, count, 1, NULL);
    running.verdict = (int)strtol(descriptor, NULL, 10);
    unsetenv("EXERCISE_VERDICT");
    if (fcntl(running.verdict, F_SETFD, FD_CLOEXEC) < 0) {
        perror("EXERCISE_VERDICT");
        return EXIT_FAILURE;
    }
    for (size_t s = 0; s < ACCESS_SIGNALS; s++)
        sigaction(access_signals[s], NULL, &running.actions[s]);
    running.ended =
        mmap(NULL, sizeof *running.ended, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (running.ended == MAP_FAILED) {
        perror("mmap");
        return EXIT_FAILURE;
    }
    if (run_all(tests, count, &err) < 0) {
        error_print(&err);
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
