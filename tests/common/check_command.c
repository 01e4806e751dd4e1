/* The command line: options into a struct, which command is meant, exit statuses. */
#include "command.h"
#include "testing.h"
#include "version.h"

#include <stdarg.h>
#include <string.h>

struct sample {
    bool quiet;
    const char *store;
    struct strv args;
    uint64_t memory;
};

static const struct option_spec rows[] = {
    { 'q', "quiet", NULL, "no progress", option_flag, offsetof(struct sample, quiet) },
    { 0, "store", "DIR", "where", option_string, offsetof(struct sample, store) },
    { 'e', "env", "NAME=VALUE", "set", option_list, offsetof(struct sample, args) },
    { 'm', "memory", "BYTES", "limit", option_bytes, offsetof(struct sample, memory) },
    { 0 },
};
static const struct command sample_command = { "sample", "REF", "a sample", rows, 1, NULL };

static int parse(bool stop_at_word, struct sample *options, int *rest, struct error *err, const char *first,
                 ...)
{
    char *argv[16] = { "sample" };
    int argc = 1;
    va_list args;

    va_start(args, first);
    for (const char *word = first; word; word = va_arg(args, const char *))
        argv[argc++] = (char *)word;
    va_end(args);
    return parse_options(&sample_command, argc, argv, stop_at_word, options, rest, err);
}
#define PARSE(stop, ...) parse(stop, &options, &rest, &err, __VA_ARGS__, NULL)

START_TEST(options_fill_the_struct_behind_words_too)
{
    struct sample options = { 0 };
    struct error err;
    int rest;

    ck_assert_int_eq(PARSE(false, "-q", "ref", "--store", "S", "-eA=1", "--env=B=2", "-m", "64k"), 0);
    ck_assert(options.quiet);
    ck_assert_str_eq(options.store, "S");
    ck_assert_int_eq(options.args.count, 2);
    ck_assert_str_eq(options.args.items[1], "B=2");
    ck_assert_uint_eq(options.memory, 65536);
    ck_assert_int_eq(rest, 8);
    strv_free(&options.args);
}
END_TEST

START_TEST(program_options_are_left_alone_behind_the_first_word)
{
    struct sample options = { 0 };
    struct error err;
    int rest;

    ck_assert_int_eq(PARSE(true, "-q", "image", "ls", "--store"), 0);
    ck_assert_int_eq(rest, 2);
    ck_assert_ptr_null(options.store);
}
END_TEST

START_TEST(unknown_option_is_named)
{
    struct sample options = { 0 };
    struct error err;
    int rest;

    ck_assert_int_eq(PARSE(false, "--sotre", "x"), -1);
    ck_assert_str_eq(err.text, "sample: option --sotre is unknown (see sample --help)");
    ck_assert_int_eq(PARSE(false, "--quiet=yes"), -1);
    ck_assert_str_eq(err.text, "sample: option --quiet=yes takes no value (see sample --help)");
    ck_assert_int_eq(PARSE(false, "-x"), -1);
    ck_assert_contains(err.text, "-x");
}
END_TEST

START_TEST(missing_value_is_named)
{
    struct sample options = { 0 };
    struct error err;
    int rest;

    ck_assert_int_eq(PARSE(false, "ref", "--store"), -1);
    ck_assert_contains(err.text, "--store needs a value");
}
END_TEST

/* As from a script whose variable is not set. */
START_TEST(empty_name_is_refused_and_its_option_named)
{
    struct sample options = { 0 };
    struct error err;
    int rest;

    ck_assert_int_eq(PARSE(false, "--store", ""), -1);
    ck_assert_str_eq(err.text, "sample: --store \"\": it must not be empty");
    ck_assert_int_eq(PARSE(false, "--store="), -1);
    ck_assert_int_eq(PARSE(false, "-e", ""),
                     0); /* what an empty item of a list means is the command's to say */
    strv_free(&options.args);
}
END_TEST

START_TEST(bad_size_says_what_a_size_is)
{
    struct sample options = { 0 };
    struct error err;
    int rest;

    ck_assert_int_eq(PARSE(false, "-m", "lots"), -1);
    ck_assert_contains(err.text, "512m");
}
END_TEST

START_TEST(sizes_are_powers_of_1024)
{
    const struct {
        const char *text;
        uint64_t bytes;
    } good[] = { { "0", 0 },      { "512", 512 },         { "1b", 1 },         { "64k", 65536 },
                 { "2KB", 2048 }, { "1.5g", 1610612736 }, { "3MiB", 3 << 20 }, { "1t", 1ULL << 40 } };
    const char *bad[] = { "", "-1", "k", "1x", "1kk", "1e3", "0x10", "1 k", "99999999999t", ".5", "1kbx" };
    uint64_t bytes;

    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        ck_assert_msg(parse_bytes(good[i].text, &bytes) && bytes == good[i].bytes, "%s", good[i].text);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!parse_bytes(bad[i], &bytes), "%s was taken for a size", bad[i]);
}
END_TEST

/* ---- command_main */

static int succeed(const struct command *self, int argc, char **argv, struct error *err)
{
    (void)self, (void)argv, (void)err;
    return argc;
}

static int refuse(const struct command *self, int argc, char **argv, struct error *err)
{
    (void)self, (void)argc, (void)argv;
    return fail(err, 0, "refused");
}

static const struct command commands[] = {
    { "first", "", "the default", NULL, 1, succeed },
    { "second", "", "another", NULL, 125, refuse },
    { 0 },
};

START_TEST(first_word_chooses_the_command_or_the_first_is_meant)
{
    ck_assert_int_eq(command_main(commands, 3, (char *[]){ "prog", "a", "b", NULL }), 3);
    ck_assert_int_eq(command_main(commands, 3, (char *[]){ "prog", "first", "b", NULL }), 2);
    ck_assert_int_eq(command_main(commands, 2, (char *[]){ "prog", "second", NULL }), 125);
}
END_TEST

START_TEST(version_is_printed_and_is_no_command)
{
    struct outcome outcome = RUN(binary("04-chroot"), "--version");

    ck_assert_int_eq(outcome.status, 0);
    ck_assert_str_eq(outcome.out, "gocker " GOCKER_VERSION "\n");
    ck_assert_str_eq(outcome.err, "");
    ck_assert_str_eq(RUN(binary("01-parse"), "--version").out, "gocker " GOCKER_VERSION "\n");
}
END_TEST

START_TEST(full_standard_output_is_an_error)
{
    int status;

    ck_assert_ptr_nonnull(freopen("/dev/full", "w", stdout));
    printf("x");
    status = command_main(commands, 1, (char *[]){ "prog", NULL });
    ck_assert_int_eq(status, 1);
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { options_fill_the_struct_behind_words_too, 0, 0 },
        { program_options_are_left_alone_behind_the_first_word, 0, 0 },
        { unknown_option_is_named, 0, 0 },
        { missing_value_is_named, 0, 0 },
        { empty_name_is_refused_and_its_option_named, 0, 0 },
        { bad_size_says_what_a_size_is, 0, 0 },
        { sizes_are_powers_of_1024, 0, 0 },
        { first_word_chooses_the_command_or_the_first_is_meant, 0, 0 },
        { version_is_printed_and_is_no_command, 0, 0 },
        { full_standard_output_is_an_error, 0, 0 },
    };

    return RUN_TESTS("common/command", tests, argc, argv);
}
