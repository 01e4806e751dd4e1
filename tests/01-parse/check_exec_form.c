/* The exec form: which arrays are arguments, and which are a shell's text. */
#include "parsing.h"

START_TEST(array_of_strings_is_the_exec_form)
{
    check_dump("RUN [\"a\", \"b c\"]\nCMD[\"a\"]\nENTRYPOINT  [ \"a\" ,\t\"b\" ] \nSHELL [\"sh\"]",
               "(run \"a\" \"b c\")\n(cmd[\"a\"] \"\")\n(entrypoint \"a\" \"b\")\n(shell \"sh\")\n");
    check_dump("COPY [\"a b\", \"c\"]\nADD [\"a\",\"b\"]\nVOLUME [\"/a b\"]",
               "(copy \"a b\" \"c\")\n(add \"a\" \"b\")\n(volume \"/a b\")\n");
}
END_TEST

START_TEST(empty_array_has_no_arguments)
{
    check_dump("CMD []\nENTRYPOINT [ ]", "(cmd)\n(entrypoint)\n");
}
END_TEST

START_TEST(exec_form_is_told_from_the_shell_form)
{
    static const char text[] = "FROM a\nCMD [\"a\"]\nRUN a\nHEALTHCHECK CMD [\"a\"]";
    _cleanup_(dockerfile_free) struct dockerfile file;
    struct error err;

    ck_assert_int_eq(dockerfile_parse("Dockerfile", text, strlen(text), true, &file, &err), 0);
    ck_assert(file.instructions[1].exec_form);
    ck_assert(!file.instructions[2].exec_form);
    ck_assert(file.instructions[3].exec_form);
}
END_TEST

START_TEST(broken_array_is_the_shell_form)
{
    check_dump("CMD ['a']", "(cmd \"['a']\")\n");
    check_dump("CMD [\"a\"", "(cmd \"[\\\"a\\\"\")\n");
    check_dump("CMD [\"a]", "(cmd \"[\\\"a]\")\n");
    check_dump("CMD [\"a\",]", "(cmd \"[\\\"a\\\",]\")\n");
    check_dump("CMD [,]", "(cmd \"[,]\")\n");
    check_dump("CMD [\"a\" \"b\"]", "(cmd \"[\\\"a\\\" \\\"b\\\"]\")\n");
    check_dump("RUN [ -f x ] && y", "(run \"[ -f x ] && y\")\n");
    check_dump("RUN [\"a\"] b", "(run \"[\\\"a\\\"] b\")\n");
    check_dump("CMD [\"\\q\"]", "(cmd \"[\\\"\\\\q\\\"]\")\n");
    check_dump("CMD [\"\\u12g4\"]", "(cmd \"[\\\"\\\\u12g4\\\"]\")\n");
    check_dump("CMD [\"a\tb\"]", "(cmd \"[\\\"a\\tb\\\"]\")\n");
    check_dump("COPY [\"a\", b]", "(copy \"[\\\"a\\\",\" \"b]\")\n");
}
END_TEST

START_TEST(array_with_anything_but_strings_is_an_error)
{
    static const char *const arrays[] = { "[1]",          "[\"a\", 1]",    "[null]", "[\"a\", [\"b\"]]",
                                          "[{\"a\": 1}]", "[true, \"a\"]", "[[]]",   "[ 1e5 ]" };

    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        _cleanup_free_ char *text = formatted("FROM a\nCMD %s\n", arrays[i]);

        check_error(text,
                    "2: CMD: a JSON array here may hold strings only; put each argument in double quotes");
    }
}
END_TEST

START_TEST(escapes_in_strings_are_json_s)
{
    check_dump("CMD [\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\"]",
               "(cmd \"\\\"\\\\/\\b\\f\\n\\r\\tAé\")\n");
}
END_TEST

START_TEST(surrogates_count_in_pairs_only)
{
    check_dump("CMD [\"\\ud83d\\ude00\"]", "(cmd \"😀\")\n");
    check_dump("CMD [\"\\ud83d\", \"\\ude00\", \"\\ud83dx\", \"\\ud83d\\u0041\"]",
               "(cmd \"\uFFFD\" \"\uFFFD\" \"\uFFFDx\" \"\uFFFDA\")\n");
}
END_TEST

START_TEST(nul_in_a_string_is_dumped_and_otherwise_refused)
{
    check_dump("CMD [\"a\\u0000b\"]", "(cmd \"a\\x00b\")\n");
    check_error("FROM a\nCMD [\"a\\u0000b\"]", "2: CMD: no argument can hold \\u0000");
}
END_TEST

START_TEST(bytes_that_are_no_utf_8_become_replacement_characters)
{
    check_dump("CMD [\"a\xff\xc0\x80\"]", "(cmd \"a\uFFFD\uFFFD\uFFFD\")\n");
}
END_TEST

START_TEST(escape_character_has_no_meaning_in_an_array)
{
    check_dump("# escape=`\nCMD [\"a`b\", \"\\\\\"]", "(cmd \"a`b\" \"\\\\\")\n");
}
END_TEST

START_TEST(array_may_be_continued)
{
    check_dump("CMD [ \\\n  \"a\", \\\n  # comment\n  \"b\" \\\n]", "(cmd \"a\" \"b\")\n");
}
END_TEST

START_TEST(other_instructions_know_no_arrays)
{
    check_dump("USER [\"a\"]\nEXPOSE [\"80\"]\nENV A [\"b\"]",
               "(user \"[\\\"a\\\"]\")\n(expose \"[\\\"80\\\"]\")\n(env \"A\" \"[\\\"b\\\"]\" \"\")\n");
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { array_of_strings_is_the_exec_form, 0, 0 },
        { empty_array_has_no_arguments, 0, 0 },
        { exec_form_is_told_from_the_shell_form, 0, 0 },
        { broken_array_is_the_shell_form, 0, 0 },
        { array_with_anything_but_strings_is_an_error, 0, 0 },
        { escapes_in_strings_are_json_s, 0, 0 },
        { surrogates_count_in_pairs_only, 0, 0 },
        { nul_in_a_string_is_dumped_and_otherwise_refused, 0, 0 },
        { bytes_that_are_no_utf_8_become_replacement_characters, 0, 0 },
        { escape_character_has_no_meaning_in_an_array, 0, 0 },
        { array_may_be_continued, 0, 0 },
        { other_instructions_know_no_arrays, 0, 0 },
    };

    return RUN_TESTS("01-parse/exec_form", tests, argc, argv);
}
