/* Programs that are asked, and signals that are noted. */
#include "process.h"
#include "testing.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

static int ask(const char *script, const char *input, size_t limit, int timeout_s, struct str *output,
               int *status, struct error *err)
{
    char *argv[] = { "sh", "-c", (char *)script, NULL };

    interrupt_catch();
    return run_program(argv, input, limit, timeout_s, output, status, err);
}

START_TEST(program_gets_input_and_gives_output)
{
    _cleanup_str_ struct str output = { 0 };
    struct error err;
    int status;

    ck_assert_msg(ask("read a; echo got $a; exit 3", "hello\n", 100, 10, &output, &status, &err) == 0, "%s",
                  err.text);
    ck_assert_str_eq(output.text, "got hello\n");
    ck_assert_int_eq(status, 3);
}
END_TEST

START_TEST(program_that_answers_before_it_reads_does_not_deadlock)
{
    _cleanup_str_ struct str output = { 0 };
    _cleanup_free_ char *input = must_calloc(300001, 1);
    struct error err;
    int status;

    memset(input, 'x', 300000);
    ck_assert_msg(
        ask("head -c 300000 /dev/zero; cat >/dev/null", input, 1 << 20, 10, &output, &status, &err) == 0,
        "%s", err.text);
    ck_assert_uint_eq(output.length, 300000);
}
END_TEST

START_TEST(program_that_reads_nothing_is_no_error)
{
    _cleanup_str_ struct str output = { 0 };
    struct error err;
    int status;

    ck_assert_msg(ask("exec 0<&-; echo ok", "unread", 100, 10, &output, &status, &err) == 0, "%s", err.text);
    ck_assert_str_eq(output.text, "ok\n");
}
END_TEST

START_TEST(output_beyond_the_limit_is_refused)
{
    _cleanup_str_ struct str output = { 0 };
    struct error err;
    int status;

    ck_assert_int_eq(ask("exec yes", "", 1000, 10, &output, &status, &err), -1);
    ck_assert_int_eq(err.number, EFBIG);
    ck_assert_msg(waitpid(-1, NULL, 0) == -1 && errno == ECHILD, "the program still runs");
}
END_TEST

START_TEST(slow_program_is_killed)
{
    _cleanup_str_ struct str output = { 0 };
    struct error err;
    int status;

    ck_assert_int_eq(ask("exec sleep 20", "", 1000, 1, &output, &status, &err), -1);
    ck_assert_int_eq(err.number, ETIMEDOUT);
    ck_assert_msg(waitpid(-1, NULL, 0) == -1 && errno == ECHILD, "the program still runs");
}
END_TEST

START_TEST(missing_program_is_an_error)
{
    _cleanup_str_ struct str output = { 0 };
    char *argv[] = { "no-such-program", NULL };
    struct error err;
    int status;

    ck_assert_int_eq(run_program(argv, "", 100, 5, &output, &status, &err), -1);
    ck_assert_int_eq(err.number, ENOENT);
}
END_TEST

START_TEST(signal_is_noted_and_named)
{
    struct error err;

    interrupt_catch();
    ck_assert_int_eq(check_interrupt(&err), 0);
    raise(SIGTERM);
    ck_assert_int_eq(interrupted(), SIGTERM);
    ck_assert_int_eq(check_interrupt(&err), -1);
    ck_assert_str_eq(err.text, "interrupted by SIGTERM");
}
END_TEST

START_TEST(finish_ends_by_the_noted_signal)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        interrupt_catch();
        raise(SIGHUP);
        interrupt_finish();
        _exit(0);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFSIGNALED(status));
    ck_assert_int_eq(WTERMSIG(status), SIGHUP);
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { program_gets_input_and_gives_output, 0, 0 },
        { program_that_answers_before_it_reads_does_not_deadlock, 0, 0 },
        { program_that_reads_nothing_is_no_error, 0, 0 },
        { output_beyond_the_limit_is_refused, 0, 0 },
        { slow_program_is_killed, 0, 0 },
        { missing_program_is_an_error, 0, 0 },
        { signal_is_noted_and_named, 0, 0 },
        { finish_ends_by_the_noted_signal, 0, 0 },
    };

    return RUN_TESTS("common/process", tests, argc, argv);
}
