/* What is looked at beyond syntax: arguments and flags of each instruction, stages. */
#include "parsing.h"

/* As check_error, behind a line "FROM a". */
static void check_instruction_error(const char *instruction, const char *wanted)
{
    _cleanup_free_ char *text = formatted("FROM a\n%s\n", instruction);
    _cleanup_free_ char *line = formatted("2: %s", wanted);

    check_error(text, line);
}

static void check_instruction_fine(const char *instruction)
{
    _cleanup_free_ char *text = formatted("FROM a\n%s\n", instruction);

    check_no_diagnostics(text);
}

START_TEST(every_instruction_in_full_is_fine)
{
    check_no_diagnostics("# syntax=docker/dockerfile:1\n"
                         "ARG V=1 W\n"
                         "FROM --platform=linux/amd64 a:$V AS base.1-x_y\n"
                         "ADD --checksum=sha256:00 --chmod=644 --chown=1:1 --exclude=a --exclude=b "
                         "--keep-git-dir --link=false --unpack=true a b\n"
                         "COPY --from=base --chmod=u=rw --chown=x --exclude=a --link --parents a b /c/\n"
                         "RUN --mount=type=cache,target=/x,sharing=locked --mount=type=secret,id=a,env=B "
                         "--network=none --security=sandbox --device=vendor/class make\n"
                         "ENV A=b C=d\nLABEL a=b\nEXPOSE 80 53/UDP 8000-8010/tcp \"$V\"\nUSER a\nWORKDIR b\n"
                         "VOLUME /a /b\nSHELL [\"sh\", \"-c\"]\nSTOPSIGNAL SIGTERM\nONBUILD RUN make\n"
                         "HEALTHCHECK --interval=1m30s --timeout=.5s --start-period=0 --start-interval=100ms "
                         "--retries=3 CMD a\nENTRYPOINT [\"a\"]\nCMD []\n"
                         "FROM base\nCMD a\nHEALTHCHECK none\n");
}
END_TEST

START_TEST(unknown_instruction_is_an_error_with_a_proposal)
{
    check_error("FORM a", "1: unknown instruction \"FORM\" (did you mean FROM?)");
    check_instruction_error("cpoy a b", "unknown instruction \"cpoy\" (did you mean COPY?)");
    check_instruction_error("ENTRYPIONT a", "unknown instruction \"ENTRYPIONT\" (did you mean ENTRYPOINT?)");
    check_instruction_error("EOF", "unknown instruction \"EOF\"");
}
END_TEST

START_TEST(unknown_flag_is_an_error_with_a_proposal)
{
    check_instruction_error("COPY --form=a b c", "COPY has no flag --form (did you mean --from?)");
    check_instruction_error("ADD --from=a b c", "ADD has no flag --from");
    check_instruction_error("CMD --x a", "CMD has no flag --x");
    check_instruction_error("ENV --x A=b", "ENV has no flag --x");
}
END_TEST

START_TEST(flags_need_values_of_their_kind)
{
    check_instruction_error("COPY --from b c", "COPY: --from needs a value");
    check_instruction_error("COPY --link=maybe b c", "COPY: --link=maybe is neither true nor false");
    check_instruction_error("COPY --link= b c", "COPY: --link= is neither true nor false");
    check_instruction_error("RUN --network=hots a", "RUN: --network=hots is none of default, none and host");
    check_instruction_error("RUN --security=x a", "RUN: --security=x is neither sandbox nor insecure");
    check_instruction_fine("RUN --network=$NET a");
}
END_TEST

START_TEST(flag_twice_is_an_error_where_one_counts)
{
    check_instruction_error("COPY --from=a --from=b c d", "COPY has --from twice");
    check_instruction_fine("COPY --exclude=a --exclude=b c d");
}
END_TEST

START_TEST(flags_that_builders_ignore_are_warned_about)
{
    _cleanup_free_ char *got = diagnostics_of("FROM a\nARG --x b\n", true);

    ck_assert_str_eq(got, "2: warning: ARG has no flags: --x has no effect\n");
}
END_TEST

START_TEST(mounts_have_known_types_and_keys)
{
    check_instruction_error("RUN --mount=type=cahce a",
                            "RUN --mount: unknown type \"cahce\" (did you mean cache?)");
    check_instruction_error("RUN --mount=type=bind,targte=/x a",
                            "RUN --mount: unknown key \"targte\" (did you mean target?)");
    check_instruction_fine("RUN --mount=type=$T,source=a,target=b,ro a");
    check_instruction_fine("RUN --mount='type=bind,\"source=a,b\",target=c' a");
}
END_TEST

START_TEST(durations_are_go_s)
{
    static const char *const good[] = { "0", "5s", "1h2m3.5s", "1ms", "+1s", "1.s", "1000us", "2h45m" };
    static const char *const bad[] = { "5", "s", "1x", "5 s", "-", "1s2", ".s", "1e3s", "99999999h" };

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        _cleanup_free_ char *text = formatted("HEALTHCHECK --interval=\"%s\" CMD a", good[i]);

        check_instruction_fine(text);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        _cleanup_free_ char *text = formatted("HEALTHCHECK --interval=\"%s\" CMD a", bad[i]);
        _cleanup_free_ char *wanted =
            formatted("HEALTHCHECK: --interval=%s is no duration; write for example 30s or 1m30s", bad[i]);

        check_instruction_error(text, wanted);
    }
    check_instruction_error("HEALTHCHECK --timeout=999us CMD a",
                            "HEALTHCHECK: --timeout=999us is less than a millisecond");
    check_instruction_error("HEALTHCHECK --timeout=-1s CMD a",
                            "HEALTHCHECK: --timeout=-1s is less than a millisecond");
    check_instruction_error("HEALTHCHECK --retries=-1 CMD a",
                            "HEALTHCHECK: --retries=-1 is no number from 0 on");
}
END_TEST

START_TEST(instructions_need_their_arguments)
{
    check_error("FROM", "1: FROM needs an argument: an image");
    check_instruction_error("ARG", "ARG needs an argument: a name");
    check_instruction_error("ENV", "ENV needs an argument: name=value");
    check_instruction_error("EXPOSE", "EXPOSE needs an argument: a port");
    check_instruction_error("HEALTHCHECK", "HEALTHCHECK needs an argument: CMD and a command, or NONE");
    check_instruction_error("ONBUILD", "ONBUILD needs an argument: an instruction");
    check_instruction_error("RUN", "RUN needs an argument: a command");
    check_instruction_error("RUN []", "RUN needs an argument: a command");
    check_instruction_error("VOLUME []", "VOLUME needs an argument: a path");
    check_instruction_error("WORKDIR", "WORKDIR needs an argument: a directory");
    check_instruction_fine("CMD []");
    check_instruction_fine("ENTRYPOINT []");
}
END_TEST

START_TEST(copy_needs_a_source_and_a_destination)
{
    check_instruction_error(
        "COPY a", "COPY needs at least two arguments: what to copy, and where to; there is one only");
    check_instruction_error("ADD []",
                            "ADD needs at least two arguments: what to copy, and where to; there are none");
    check_instruction_error("COPY a <<EOF\nEOF", "COPY cannot have a heredoc as its destination");
}
END_TEST

START_TEST(names_are_not_empty)
{
    check_instruction_error("ENV =b", "ENV: a name is missing before the =");
    check_instruction_error("LABEL a=b =c", "LABEL: a name is missing before the =");
    check_instruction_error("ARG =b", "ARG: a name is missing before the =");
}
END_TEST

START_TEST(healthcheck_is_cmd_or_none)
{
    check_instruction_error("HEALTHCHECK curl x",
                            "HEALTHCHECK: \"curl\" is neither CMD nor NONE; write HEALTHCHECK CMD command");
    check_instruction_error("HEALTHCHECK NONE x", "HEALTHCHECK NONE has no arguments");
    check_instruction_error("HEALTHCHECK CMD", "HEALTHCHECK CMD needs a command");
}
END_TEST

START_TEST(shell_needs_an_array)
{
    check_instruction_error("SHELL bash -c", "SHELL needs a JSON array: SHELL [\"/bin/sh\", \"-c\"]");
    check_instruction_error("SHELL []", "SHELL needs a JSON array: SHELL [\"/bin/sh\", \"-c\"]");
}
END_TEST

START_TEST(volume_is_not_empty)
{
    check_instruction_error("VOLUME [\" \"]", "VOLUME: a path is empty");
}
END_TEST

START_TEST(ports_are_numbers_or_ranges_with_a_protocol)
{
    static const char *const bad[] = { "x", "65536", "80/", "80/abc", "9-8", "-80", "80-", "80/tcp/udp" };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        _cleanup_free_ char *text = formatted("EXPOSE %s", bad[i]);
        _cleanup_free_ char *wanted =
            formatted("EXPOSE %s: this is no port; write for example 80, 53/udp or 8000-8010", bad[i]);

        check_instruction_error(text, wanted);
    }
}
END_TEST

START_TEST(onbuild_cannot_trigger_everything)
{
    check_instruction_error("ONBUILD FROM a", "FROM cannot be triggered by ONBUILD");
    check_instruction_error("ONBUILD MAINTAINER a", "MAINTAINER cannot be triggered by ONBUILD");
    check_instruction_error("ONBUILD ONBUILD RUN a", "ONBUILD cannot be triggered by ONBUILD");
    check_instruction_error("ONBUILD RUM a", "unknown instruction \"RUM\" (did you mean RUN?)");
    check_instruction_error(
        "ONBUILD COPY a", "COPY needs at least two arguments: what to copy, and where to; there is one only");
}
END_TEST

START_TEST(only_arg_stands_before_from)
{
    check_error("RUN a\nFROM b", "1: no build stage: only ARG may stand before the first FROM, and not RUN");
    check_error("ARG a", "1: no build stage: a FROM is missing");
    check_error("FORM a\nRUN b", "1: unknown instruction \"FORM\" (did you mean FROM?)");
}
END_TEST

START_TEST(from_has_one_argument_or_three)
{
    check_error("FROM a b", "1: FROM has one argument, or three: image AS name");
    check_error("FROM a b c", "1: FROM has one argument, or three: image AS name");
    check_error("FROM a AS b c", "1: FROM has one argument, or three: image AS name");
}
END_TEST

START_TEST(stage_names_are_letters_first)
{
    static const char *const bad[] = { "1a", "-a", "a/b", "ä", "a:b" };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        _cleanup_free_ char *text = formatted("FROM a as %s", bad[i]);
        _cleanup_free_ char *wanted = formatted(
            "1: \"%s\" cannot be a stage's name: that is a letter, and then letters, digits, -, _ and dots",
            bad[i]);

        check_error(text, wanted);
    }
}
END_TEST

START_TEST(what_has_no_effect_is_warned_about)
{
    _cleanup_free_ char *got = diagnostics_of("FROM a AS b\nCMD a\nCMD b\nENTRYPOINT a\nHEALTHCHECK NONE\n"
                                              "FROM a AS B\nCMD a\nHEALTHCHECK NONE\nENTRYPOINT a\n"
                                              "ENTRYPOINT b\nHEALTHCHECK CMD a\n",
                                              true);

    ck_assert_str_eq(got,
                     "3: warning: a second CMD in one stage: the one in line 2 has no effect\n"
                     "6: warning: there is a stage with the name B already\n"
                     "10: warning: a second ENTRYPOINT in one stage: the one in line 9 has no effect\n"
                     "11: warning: a second HEALTHCHECK in one stage: the one in line 8 has no effect\n");
}
END_TEST

START_TEST(maintainer_is_warned_about)
{
    _cleanup_free_ char *got = diagnostics_of("FROM a\nMAINTAINER b\n", true);

    ck_assert_contains(got, "2: warning: MAINTAINER is deprecated");
}
END_TEST

START_TEST(all_errors_are_told_in_the_order_of_lines)
{
    _cleanup_free_ char *got = diagnostics_of("FROM a\nENV A\nCOPY b\nRUN <<E\n", true);

    ck_assert_str_eq(got,
                     "2: ENV A: a value is missing; write ENV A=value\n"
                     "3: COPY needs at least two arguments: what to copy, and where to; there is one only\n"
                     "4: the heredoc <<E does not end: a line with nothing but E is missing\n");
}
END_TEST

START_TEST(thousands_of_errors_are_cut)
{
    _cleanup_str_ struct str text = { 0 };
    _cleanup_(dockerfile_free) struct dockerfile file;
    struct error err;

    for (int i = 0; i < 50000; i++)
        str_add(&text, "nothing\n");
    ck_assert_int_eq(dockerfile_parse("Dockerfile", text.text, text.length, true, &file, &err), -1);
    ck_assert_uint_eq(file.diagnostic_count, 101);
    ck_assert_contains(file.diagnostics[100].text, "there is more to say");
}
END_TEST

START_TEST(unchecked_file_has_syntax_errors_only)
{
    _cleanup_free_ char *got = diagnostics_of("FORM a\nCOPY --x b\nMAINTAINER c\n", false);

    ck_assert_str_eq(got, "");
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { every_instruction_in_full_is_fine, 0, 0 },
        { unknown_instruction_is_an_error_with_a_proposal, 0, 0 },
        { unknown_flag_is_an_error_with_a_proposal, 0, 0 },
        { flags_need_values_of_their_kind, 0, 0 },
        { flag_twice_is_an_error_where_one_counts, 0, 0 },
        { flags_that_builders_ignore_are_warned_about, 0, 0 },
        { mounts_have_known_types_and_keys, 0, 0 },
        { durations_are_go_s, 0, 0 },
        { instructions_need_their_arguments, 0, 0 },
        { copy_needs_a_source_and_a_destination, 0, 0 },
        { names_are_not_empty, 0, 0 },
        { healthcheck_is_cmd_or_none, 0, 0 },
        { shell_needs_an_array, 0, 0 },
        { volume_is_not_empty, 0, 0 },
        { ports_are_numbers_or_ranges_with_a_protocol, 0, 0 },
        { onbuild_cannot_trigger_everything, 0, 0 },
        { only_arg_stands_before_from, 0, 0 },
        { from_has_one_argument_or_three, 0, 0 },
        { stage_names_are_letters_first, 0, 0 },
        { what_has_no_effect_is_warned_about, 0, 0 },
        { maintainer_is_warned_about, 0, 0 },
        { all_errors_are_told_in_the_order_of_lines, 0, 0 },
        { thousands_of_errors_are_cut, 0, 0 },
        { unchecked_file_has_syntax_errors_only, 0, 0 },
    };

    return RUN_TESTS("01-parse/checks", tests, argc, argv);
}
