/* Standard input, output and error without a terminal. */
#include "keep.h"
#include "processes.h"

#include <time.h>

START_TEST(without_i_standard_input_is_empty)
{
    struct site site = new_site("FROM busybox\nCMD [\"cat\"]\n");
    struct outcome o;

    site.how.input = "a line\n";
    o = RUN_SITE(&site, ".");
    assert_outcome(&o, 0, "");
}
END_TEST

START_TEST(with_i_it_is_ours)
{
    struct site site = new_site("FROM busybox\nCMD [\"cat\"]\n");
    struct outcome o;

    site.how.input = "a line\nand \x01\xff no end";
    o = RUN_SITE(&site, "-i", ".");
    assert_outcome(&o, 0, site.how.input);
    site.how.input = "";
    o = RUN_SITE(&site, "--interactive", ".");
    assert_outcome(&o, 0, "");
}
END_TEST

START_TEST(output_and_error_stay_apart)
{
    struct site site = new_site("FROM busybox\n");
    struct outcome o = IN_CONTAINER(&site, "", "echo out; echo err >&2");

    assert_outcome(&o, 0, "out\n");
    ck_assert_str_eq(o.err, "err\n");
}
END_TEST

/* gocker has no part in it: the program has the pipes themselves. */
START_TEST(a_quarter_of_a_gigabyte_passes_unchanged)
{
    static const char script[] =
        "mkfifo sum; sha256sum <sum >wanted & seq 1 40000000 | head -c 268435456 | tee sum | "
        "\"$0\" run -q -i . -- cat | sha256sum >got; wait; cmp wanted got && echo same";
    struct site site = new_site("FROM busybox\n");
    struct outcome o;

    site.how.timeout_s = 60;
    o = outside(&site, "sh", script);
    assert_outcome(&o, 0, "same\n");
}
END_TEST

START_TEST(a_reader_that_goes_away_ends_the_writer)
{
    struct site site = new_site("FROM busybox\n");
    struct outcome o = outside(&site, "bash", "\"$0\" run -q . -- yes | head -n 1; echo ${PIPESTATUS[0]}");

    assert_outcome(&o, 0, "y\n141\n");
    assert_nothing_left(&site);
}
END_TEST

/* Neither gocker nor the init keeps a pipe of the program's open. */
START_TEST(closed_output_has_an_end_while_the_program_runs)
{
    struct site site = new_site("FROM busybox\n");
    struct outcome o = outside(&site, "sh",
                               "mkfifo end; \"$0\" run -q -v \"$PWD:/ctx\" . -- sh -c "
                               "'echo x; exec >/dev/null; read line </ctx/end; exit 7' | "
                               "{ cat; echo end of output; echo >end; }");

    assert_outcome(&o, 0, "x\nend of output\n");
}
END_TEST

START_TEST(closed_input_ends_who_writes_while_the_program_runs)
{
    struct site site = new_site("FROM busybox\n");
    struct outcome o = outside(&site, "bash",
                               "mkfifo end; (trap '' PIPE; yes 2>/dev/null; echo >end) | "
                               "\"$0\" run -q -i -v \"$PWD:/ctx\" . -- sh -c "
                               "'head -c 2; exec </dev/null; read line </ctx/end; echo ended; exit 7'");

    assert_outcome(&o, 7, "y\nended\n");
}
END_TEST

/* What gocker has to say itself still comes. */
START_TEST(gockers_own_messages_come_after_the_program)
{
    struct site site = new_site("FROM busybox\n");
    struct outcome o = RUN_SITE(&site, "--keep", ".", "--", "echo", "x");

    assert_outcome(&o, 0, "x\n");
    ck_assert_contains(o.err, "gocker: the root filesystem stays in ");
}
END_TEST

START_TEST(without_a_terminal_there_is_none)
{
    struct site site = new_site("FROM busybox\n");
    struct outcome o = IN_CONTAINER(
        &site, "-i", "tty; ls /dev/pts; (: >/dev/tty) 2>/dev/null || echo none; ls /dev/console");

    assert_outcome(&o, 1, "not a tty\nptmx\nnone\n");
}
END_TEST

/* Nobody waits for anything but the program: no part of the way in or out sleeps. */
START_TEST(a_short_program_is_over_soon)
{
    struct site site = new_site("FROM busybox\nCMD [\"true\"]\n");
    double least_ms = 1e9;

    for (int i = 0; i < 8; i++) {
        struct timespec before, after;
        double ms;

        clock_gettime(CLOCK_MONOTONIC, &before);
        ck_assert_int_eq(RUN_SITE(&site, ".").status, 0);
        clock_gettime(CLOCK_MONOTONIC, &after);
        ms = (double)(after.tv_sec - before.tv_sec) * 1e3 + (double)(after.tv_nsec - before.tv_nsec) / 1e6;
        least_ms = ms < least_ms ? ms : least_ms;
    }
    /* Most of it is the unpacking of the image. */
    ck_assert_msg(least_ms < 500 * slowdown(), "wanted less than %d ms for true, got %.0f", 500 * slowdown(),
                  least_ms);
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { without_i_standard_input_is_empty, NEED_ROOT | NEED_REGISTRY, 0 },
        { with_i_it_is_ours, NEED_ROOT | NEED_REGISTRY, 0 },
        { output_and_error_stay_apart, NEED_ROOT | NEED_REGISTRY, 0 },
        { a_quarter_of_a_gigabyte_passes_unchanged, NEED_ROOT | NEED_REGISTRY, 90 },
        { a_reader_that_goes_away_ends_the_writer, NEED_ROOT | NEED_REGISTRY, 0 },
        { closed_output_has_an_end_while_the_program_runs, NEED_ROOT | NEED_REGISTRY, 0 },
        { closed_input_ends_who_writes_while_the_program_runs, NEED_ROOT | NEED_REGISTRY, 0 },
        { gockers_own_messages_come_after_the_program, NEED_ROOT | NEED_REGISTRY, 0 },
        { without_a_terminal_there_is_none, NEED_ROOT | NEED_REGISTRY, 0 },
        { a_short_program_is_over_soon, NEED_ROOT | NEED_REGISTRY | NEED_NATIVE, 0 },
    };

    return RUN_TESTS("06-init/streams", tests, argc, argv);
}
