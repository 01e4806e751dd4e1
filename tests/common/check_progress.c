/* Progress where standard error is no terminal: what a log file gets. */
#include "progress.h"
#include "stderr_file.h"
#include "testing.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

START_TEST(file_gets_a_line_for_each_finished_layer)
{
    int saved = redirect();
    struct progress *p = progress_new(false);
    int first = progress_add(p, "sha256:ab12cd34ef56", 3200000), second = progress_add(p, "sha256:02", 10);

    for (int i = 0; i < 32; i++) {
        progress_update(p, first, (uint64_t)i * 100000);
        nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
    }
    progress_finish(p, second, "already there");
    progress_note(p, "registry asks to wait 30 s");
    progress_finish(p, first, "done");
    progress_free(&p);
    _cleanup_free_ char *got = written(saved);
    ck_assert_str_eq(got, "sha256:02  10 B  already there\n"
                          "registry asks to wait 30 s\n"
                          "sha256:ab12cd34ef56  3.2 MB  done\n");
    ck_assert_ptr_null(p);
}
END_TEST

START_TEST(sizes_have_four_digits_at_most)
{
    const struct {
        uint64_t bytes;
        const char *wanted;
    } samples[] = {
        { 1, "x  1 B  ok\n" },
        { 999, "x  999 B  ok\n" },
        { 1000, "x  1.0 kB  ok\n" },
        { 999949, "x  999.9 kB  ok\n" },
        { 999950, "x  1.0 MB  ok\n" },
        { 45600000, "x  45.6 MB  ok\n" },
        { 1UL << 40, "x  1.1 TB  ok\n" },
        { UINT64_MAX, "x  18.4 EB  ok\n" },
    };

    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        int saved = redirect();
        struct progress *p = progress_new(false);

        progress_finish(p, progress_add(p, "x", samples[i].bytes), "ok");
        progress_free(&p);
        _cleanup_free_ char *got = written(saved);
        ck_assert_str_eq(got, samples[i].wanted);
    }
}
END_TEST

START_TEST(size_that_nobody_knew_before_is_what_was_done)
{
    int saved = redirect();
    struct progress *p = progress_new(false);
    int grown = progress_add(p, "grown", 0), empty = progress_add(p, "empty", 0);

    progress_update(p, grown, 2500);
    progress_finish(p, grown, "done");
    progress_finish(p, empty, "failed");
    progress_free(&p);
    _cleanup_free_ char *got = written(saved);
    ck_assert_str_eq(got, "grown  2.5 kB  done\nempty  failed\n");
}
END_TEST

START_TEST(control_bytes_from_outside_are_escaped)
{
    int saved = redirect();
    struct progress *p = progress_new(false);

    progress_finish(p, progress_add(p, "a\033[2J\n\xff", 0), "do\033ne");
    progress_note(p, "wait\r\033]0;x\a");
    progress_free(&p);
    _cleanup_free_ char *got = written(saved);
    ck_assert_str_eq(got, "a\\x1b[2J\\x0a\\xff  do\\x1bne\nwait\\x0d\\x1b]0;x\\x07\n");
}
END_TEST

START_TEST(quiet_prints_nothing)
{
    int saved = redirect();
    struct progress *p = progress_new(true);
    int line = progress_add(p, "layer", 10);

    progress_update(p, line, 5);
    progress_note(p, "note");
    progress_finish(p, line, "done");
    progress_free(&p);
    _cleanup_free_ char *got = written(saved);
    ck_assert_str_eq(got, "");
}
END_TEST

START_TEST(full_disk_and_closed_pipe_are_no_failure)
{
    int saved = redirect(), pipe_fds[2];
    struct progress *p = progress_new(false);

    signal(SIGPIPE, SIG_IGN); /* as interrupt_catch does */
    ck_assert_int_eq(pipe2(pipe_fds, O_CLOEXEC), 0);
    close(pipe_fds[0]);
    dup2(pipe_fds[1], STDERR_FILENO);
    progress_finish(p, progress_add(p, "layer", 10), "done");
    ck_assert_int_eq(dup2(open("/dev/full", O_WRONLY | O_CLOEXEC), STDERR_FILENO), STDERR_FILENO);
    progress_note(p, "note");
    dup2(saved, STDERR_FILENO);
    progress_free(&p);
    ck_assert_ptr_null(p);
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { file_gets_a_line_for_each_finished_layer, 0, 0 },
        { sizes_have_four_digits_at_most, 0, 0 },
        { size_that_nobody_knew_before_is_what_was_done, 0, 0 },
        { control_bytes_from_outside_are_escaped, 0, 0 },
        { quiet_prints_nothing, 0, 0 },
        { full_disk_and_closed_pipe_are_no_failure, 0, 0 },
    };

    return RUN_TESTS("common/progress", tests, argc, argv);
}
