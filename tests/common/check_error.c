/* Errors: the chain of what was being done, and what reaches the terminal. */
#include "error.h"
#include "stderr_file.h"
#include "testing.h"

#include <errno.h>
#include <string.h>

START_TEST(failure_reads_from_the_outside_in)
{
    struct error err;

    ck_assert_int_eq(fail(&err, ENOENT, "open %s", "/etc/x"), -1);
    ck_assert_str_eq(err.text, "open /etc/x: No such file or directory");
    ck_assert_int_eq(err.number, ENOENT);
    ck_assert_int_eq(fail_while(&err, "layer %d", 3), -1);
    ck_assert_int_eq(fail_while(&err, "pull busybox"), -1);
    ck_assert_str_eq(err.text, "pull busybox: layer 3: open /etc/x: No such file or directory");
    ck_assert_int_eq(err.number, ENOENT);
}
END_TEST

START_TEST(failure_without_a_number_adds_nothing)
{
    struct error err;

    fail(&err, 0, "404 not found");
    ck_assert_str_eq(err.text, "404 not found");
    ck_assert_int_eq(err.number, 0);
}
END_TEST

START_TEST(unknown_number_is_still_shown)
{
    struct error err;

    fail(&err, 9999, "x");
    ck_assert_str_eq(err.text, "x: Unknown error 9999");
}
END_TEST

START_TEST(exit_status_survives_the_way_up_and_not_the_next_failure)
{
    struct error err;

    ck_assert_int_eq(fail_exit(&err, 127, ENOENT, "run /bin/x"), -1);
    fail_while(&err, "container");
    ck_assert_int_eq(err.exit_status, 127);
    ck_assert_str_eq(err.text, "container: run /bin/x: No such file or directory");
    fail(&err, 0, "another");
    ck_assert_int_eq(err.exit_status, 0);
}
END_TEST

START_TEST(percent_signs_in_the_text_are_text)
{
    struct error err;

    fail(&err, 0, "%s", "100%s%n");
    fail_while(&err, "%s", "50%d");
    ck_assert_str_eq(err.text, "50%d: 100%s%n");
}
END_TEST

START_TEST(overlong_text_is_cut_at_its_end)
{
    struct error err;
    char name[4000];

    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    fail(&err, ENOENT, "open %s", name);
    ck_assert_uint_eq(strlen(err.text), sizeof err.text - 1);
    ck_assert(strncmp(err.text, "open nnn", 8) == 0);
    fail_while(&err, "pull");
    ck_assert_uint_eq(strlen(err.text), sizeof err.text - 1);
    ck_assert(strncmp(err.text, "pull: open nnn", 14) == 0);
    fail_while(&err, "%s", name);
    ck_assert_uint_eq(strlen(err.text), sizeof err.text - 1);
    ck_assert(strncmp(err.text, "nnn", 3) == 0);
}
END_TEST

/* ---- what is printed */

START_TEST(error_is_printed_with_the_program_before_it)
{
    struct error err;
    int saved = redirect();

    fail(&err, 0, "404 not found");
    error_print(&err);
    _cleanup_free_ char *got = written(saved);
    ck_assert_str_eq(got, "gocker: 404 not found\n");
}
END_TEST

START_TEST(empty_error_prints_nothing)
{
    struct error err = { .number = ECANCELED };
    int saved = redirect();

    error_print(&err);
    _cleanup_free_ char *got = written(saved);
    ck_assert_str_eq(got, "");
}
END_TEST

START_TEST(warning_is_printed_as_one)
{
    int saved = redirect();

    warn("%d files were left out", 3);
    _cleanup_free_ char *got = written(saved);
    ck_assert_str_eq(got, "gocker: warning: 3 files were left out\n");
}
END_TEST

START_TEST(control_bytes_are_printed_as_numbers)
{
    struct error err;
    int saved = redirect();

    fail(&err, 0, "a\nb\033[31mc\x7f\x01\t");
    error_print(&err);
    warn("%s", "\r\a");
    _cleanup_free_ char *got = written(saved);
    ck_assert_str_eq(got, "gocker: a\\x0ab\\x1b[31mc\\x7f\\x01\\x09\ngocker: warning: \\x0d\\x07\n");
}
END_TEST

/* U+0080 to U+009F are control characters too: xterm takes U+009B for ESC [. */
START_TEST(control_characters_beyond_ascii_are_printed_as_numbers)
{
    int saved = redirect();

    print_escaped("a\xc2\x9b"
                  "31m\xc2\x80\xc2\x9f");
    _cleanup_free_ char *got = written(saved);
    ck_assert_str_eq(got, "a\\xc2\\x9b31m\\xc2\\x80\\xc2\\x9f");
}
END_TEST

START_TEST(utf8_is_printed_as_it_is)
{
    const char *text = "caf\xc3\xa9 \xc2\xa0\xe2\x82\xac \xe9\x9b\xa8 \xf0\x9f\x98\x80";
    int saved = redirect();

    print_escaped(text);
    _cleanup_free_ char *got = written(saved);
    ck_assert_str_eq(got, text);
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { failure_reads_from_the_outside_in, 0, 0 },
        { failure_without_a_number_adds_nothing, 0, 0 },
        { unknown_number_is_still_shown, 0, 0 },
        { exit_status_survives_the_way_up_and_not_the_next_failure, 0, 0 },
        { percent_signs_in_the_text_are_text, 0, 0 },
        { overlong_text_is_cut_at_its_end, 0, 0 },
        { error_is_printed_with_the_program_before_it, 0, 0 },
        { empty_error_prints_nothing, 0, 0 },
        { warning_is_printed_as_one, 0, 0 },
        { control_bytes_are_printed_as_numbers, 0, 0 },
        { control_characters_beyond_ascii_are_printed_as_numbers, 0, 0 },
        { utf8_is_printed_as_it_is, 0, 0 },
    };

    return RUN_TESTS("common/error", tests, argc, argv);
}
