/* Arguments: flags, and the form of each instruction's. */
#include "parsing.h"

START_TEST(keywords_are_in_either_case)
{
    check_dump("from a\nRun b\nWORKDIR /c", "(from \"a\")\n(run \"b\")\n(workdir \"/c\")\n");
}
END_TEST

START_TEST(unknown_keyword_is_dumped_without_its_arguments)
{
    check_dump("FROM a\nFoo b c", "(from \"a\")\n(foo \"\")\n");
}
END_TEST

START_TEST(keyword_alone_has_no_arguments)
{
    check_dump("RUN\nCOPY\nENV\nONBUILD\nHEALTHCHECK\nUSER",
               "(run)\n(copy)\n(env)\n(onbuild)\n(healthcheck)\n(user)\n");
}
END_TEST

START_TEST(words_are_separated_by_any_blanks)
{
    check_dump("FROM  a\tAS   b", "(from \"a\" \"AS\" \"b\")\n");
    check_dump("EXPOSE 80 53/udp", "(expose \"80\" \"53/udp\")\n");
}
END_TEST

START_TEST(quotes_do_not_group_the_words_of_copy)
{
    check_dump("COPY \"a b\" c", "(copy \"\\\"a\" \"b\\\"\" \"c\")\n");
}
END_TEST

START_TEST(text_is_the_rest_of_the_line)
{
    check_dump("WORKDIR  /a  b \nUSER x:y\nSTOPSIGNAL  9\nMAINTAINER a <b@c>",
               "(workdir \"/a  b\")\n(user \"x:y\")\n(stopsignal \"9\")\n(maintainer \"a <b@c>\")\n");
}
END_TEST

START_TEST(pairs_are_three_arguments_each)
{
    check_dump("ENV A=1 B=\"x y\" C=z\\ z D='q\\' E=",
               "(env \"A\" \"1\" \"=\" \"B\" \"\\\"x y\\\"\" \"=\" \"C\" "
               "\"z\\\\ z\" \"=\" \"D\" \"'q\\\\'\" \"=\" \"E\" \"\" "
               "\"=\")\n");
    check_dump("LABEL a.b=c=d", "(label \"a.b\" \"c=d\" \"=\")\n");
}
END_TEST

START_TEST(old_form_has_one_pair_and_the_rest_of_the_line)
{
    check_dump("ENV A  b  \"c\" d=e", "(env \"A\" \"b  \\\"c\\\" d=e\" \"\")\n");
}
END_TEST

START_TEST(pair_without_a_value_or_equal_sign_is_an_error)
{
    check_error("FROM a\nENV A", "2: ENV A: a value is missing; write ENV A=value");
    check_error(
        "FROM a\nLABEL A=b c",
        "2: LABEL: c has no =; each argument has the form name=value, and a value with blanks needs quotes");
}
END_TEST

START_TEST(quote_that_is_not_closed_reaches_to_the_end)
{
    check_dump("ENV A=\"b c=d", "(env \"A\" \"\\\"b c=d\" \"=\")\n");
}
END_TEST

START_TEST(escaped_quote_groups_nothing)
{
    check_dump("ENV A=\\\"b C=\\'d", "(env \"A\" \"\\\\\\\"b\" \"=\" \"C\" \"\\\\'d\" \"=\")\n");
}
END_TEST

START_TEST(names_may_have_values_or_none)
{
    check_dump("ARG a b=c d=\"e f\"", "(arg \"a\" \"b=c\" \"d=\\\"e f\\\"\")\n");
}
END_TEST

START_TEST(flags_stand_before_the_arguments)
{
    check_dump("COPY --from=a --link b c", "(copy [\"--from=a\" \"--link\"] \"b\" \"c\")\n");
    check_dump("RUN --mount=type=cache,target=/x  make --jobs=4",
               "(run [\"--mount=type=cache,target=/x\"] \"make --jobs=4\")\n");
}
END_TEST

START_TEST(two_dashes_end_the_flags)
{
    check_dump("RUN --a -- --b c", "(run [\"--a\"] \"--b c\")\n");
    check_dump("RUN --", "(run)\n");
    check_dump("COPY -a b", "(copy \"-a\" \"b\")\n");
}
END_TEST

START_TEST(quotes_and_escapes_are_removed_from_flags)
{
    check_dump("RUN --a=\"b c\" --d='e f' --g=h\\ i j",
               "(run [\"--a=b c\" \"--d=e f\" \"--g=h i\"] \"j\")\n");
    check_dump("# escape=`\nRUN --a=b` c\\d e", "(run [\"--a=b c\\\\d\"] \"e\")\n");
}
END_TEST

START_TEST(flags_keep_their_utf_8)
{
    check_dump("COPY --from=größe☃à b c", "(copy [\"--from=größe☃à\"] \"b\" \"c\")\n");
}
END_TEST

START_TEST(onbuild_holds_an_instruction)
{
    check_dump("ONBUILD COPY --from=a b c", "(onbuild (copy [\"--from=a\"] \"b\" \"c\"))\n");
    check_dump("ONBUILD ONBUILD RUN [\"a\"]", "(onbuild (onbuild (run \"a\")))\n");
    check_dump("ONBUILD foo x", "(onbuild (foo \"\"))\n");
}
END_TEST

START_TEST(onbuild_in_itself_has_a_limit)
{
    _cleanup_str_ struct str text = { 0 };

    str_add(&text, "FROM a\n");
    for (int i = 0; i < 5000; i++)
        str_add(&text, "ONBUILD ");
    check_error(text.text, "2: more than 32 ONBUILD in one another; there may be one only");
}
END_TEST

START_TEST(healthcheck_has_a_type_and_a_command)
{
    check_dump("HEALTHCHECK NONE", "(healthcheck \"NONE\")\n");
    check_dump("HEALTHCHECK --interval=5s CMD  a  b", "(healthcheck [\"--interval=5s\"] \"CMD\" \"a  b\")\n");
    check_dump("HEALTHCHECK CMD [\"a\", \"b\"]", "(healthcheck \"CMD\" \"a\" \"b\")\n");
}
END_TEST

START_TEST(what_does_not_print_is_escaped_as_in_go)
{
    check_dump("RUN \a\b\v\f\r\"\\x\x7f", "(run \"\\a\\b\\v\\f\\r\\\"\\\\x\\x7f\")\n");
    check_dump("RUN é☃😀 \xc2\x85.\xc2\xa0.\xe2\x80\x8b.\xf3\xa0\x80\x81.",
               "(run \"é☃😀 \\u0085.\\u00a0.\\u200b.\\U000e0001.\")\n");
}
END_TEST

START_TEST(bytes_that_are_no_utf_8_are_escaped)
{
    check_dump("RUN a\xff\xc0\x80\xed\xa0\x80", "(run \"a\\xff\\xc0\\x80\\xed\\xa0\\x80\")\n");
    check_dump("ENV A=\xff", "(env \"A\" \"\xef\xbf\xbd\" \"=\")\n");
}
END_TEST

START_TEST(no_break_space_is_trimmed_but_separates_nothing)
{
    check_dump("\xc2\xa0WORKDIR a\xc2\xa0"
               "b\xc2\xa0",
               "(workdir \"a\\u00a0b\")\n");
    check_dump("COPY a\xc2\xa0"
               "b c",
               "(copy \"a\\u00a0b\" \"c\")\n");
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { keywords_are_in_either_case, 0, 0 },
        { unknown_keyword_is_dumped_without_its_arguments, 0, 0 },
        { keyword_alone_has_no_arguments, 0, 0 },
        { words_are_separated_by_any_blanks, 0, 0 },
        { quotes_do_not_group_the_words_of_copy, 0, 0 },
        { text_is_the_rest_of_the_line, 0, 0 },
        { pairs_are_three_arguments_each, 0, 0 },
        { old_form_has_one_pair_and_the_rest_of_the_line, 0, 0 },
        { pair_without_a_value_or_equal_sign_is_an_error, 0, 0 },
        { quote_that_is_not_closed_reaches_to_the_end, 0, 0 },
        { escaped_quote_groups_nothing, 0, 0 },
        { names_may_have_values_or_none, 0, 0 },
        { flags_stand_before_the_arguments, 0, 0 },
        { two_dashes_end_the_flags, 0, 0 },
        { quotes_and_escapes_are_removed_from_flags, 0, 0 },
        { flags_keep_their_utf_8, 0, 0 },
        { onbuild_holds_an_instruction, 0, 0 },
        { onbuild_in_itself_has_a_limit, 0, 0 },
        { healthcheck_has_a_type_and_a_command, 0, 0 },
        { what_does_not_print_is_escaped_as_in_go, 0, 0 },
        { bytes_that_are_no_utf_8_are_escaped, 0, 0 },
        { no_break_space_is_trimmed_but_separates_nothing, 0, 0 },
    };

    return RUN_TESTS("01-parse/arguments", tests, argc, argv);
}
