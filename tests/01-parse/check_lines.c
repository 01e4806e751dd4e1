/* Lines: comments, continuations, ends of lines, directives. */
#include "parsing.h"

START_TEST(comments_and_empty_lines_are_no_instructions)
{
    check_dump("\n# one\n  # two\nFROM a\n\t\n#three", "(from \"a\")\n");
}
END_TEST

START_TEST(hash_inside_a_line_begins_no_comment)
{
    check_dump("RUN a # b", "(run \"a # b\")\n");
}
END_TEST

START_TEST(escape_character_at_the_end_continues_the_line)
{
    check_dump("RUN a \\\n  b\\ \t\nc", "(run \"a   bc\")\n");
}
END_TEST

START_TEST(two_escape_characters_do_not_continue)
{
    check_dump("RUN a \\\\\nRUN b", "(run \"a \\\\\\\\\")\n(run \"b\")\n");
}
END_TEST

START_TEST(comments_inside_a_continuation_are_left_out)
{
    check_dump("RUN a \\\n# no\n  # nor this\\\n  b", "(run \"a   b\")\n");
}
END_TEST

START_TEST(empty_lines_inside_a_continuation_are_left_out_with_a_warning)
{
    const char *text = "FROM a\nRUN a \\\n\n \t\n  b\n";
    _cleanup_free_ char *got = diagnostics_of(text, false);

    check_dump(text, "(from \"a\")\n(run \"a   b\")\n");
    ck_assert_contains(got, "2: warning: the instruction goes on behind the empty line 3");
}
END_TEST

START_TEST(continuation_at_the_end_of_the_file_is_none)
{
    check_dump("RUN a \\", "(run \"a\")\n");
    check_dump("RUN a \\\n", "(run \"a\")\n");
    check_dump("RUN a \\\n# b", "(run \"a\")\n");
}
END_TEST

START_TEST(continuation_may_split_a_keyword)
{
    check_dump("FR\\\nOM a", "(from \"a\")\n");
}
END_TEST

START_TEST(lone_escape_character_goes_on_with_the_next_line)
{
    check_dump("\\\nFROM a", "(from \"a\")\n");
    check_dump("FROM a\n\\", "(from \"a\")\n(\"\")\n");
}
END_TEST

START_TEST(carriage_returns_at_the_end_of_a_line_are_dropped)
{
    check_dump("FROM a\r\nRUN b \\\r\n c\r\r\n", "(from \"a\")\n(run \"b  c\")\n");
}
END_TEST

START_TEST(byte_order_mark_is_skipped_at_the_beginning_only)
{
    check_dump("\xef\xbb\xbf"
               "FROM a",
               "(from \"a\")\n");
    check_dump("FROM a\n\xef\xbb\xbfRUN b", "(from \"a\")\n(\xef\xbb\xbfrun \"\")\n");
}
END_TEST

START_TEST(tabs_separate_like_blanks)
{
    check_dump("\tCOPY\ta \t b\t", "(copy \"a\" \"b\")\n");
}
END_TEST

START_TEST(escape_directive_changes_the_character)
{
    check_dump("# escape=`\nRUN a `\n b\\\nRUN c", "(run \"a  b\\\\\")\n(run \"c\")\n");
    check_dump("#  ESCAPE \t=  ` \r\nENV A `\nb", "(env \"A\" \"b\" \"\")\n");
}
END_TEST

START_TEST(directive_behind_a_comment_an_empty_line_or_an_unknown_one_is_a_comment)
{
    check_dump("# hello\n# escape=`\nRUN a `\nRUN b", "(run \"a `\")\n(run \"b\")\n");
    check_dump("\n# escape=`\nRUN a `\nRUN b", "(run \"a `\")\n(run \"b\")\n");
    check_dump("# colour=red\n# escape=`\nRUN a `\nRUN b", "(run \"a `\")\n(run \"b\")\n");
    check_dump("FROM a\n# escape=`\nRUN a `\nRUN b", "(from \"a\")\n(run \"a `\")\n(run \"b\")\n");
}
END_TEST

START_TEST(directives_follow_each_other_in_any_order)
{
    _cleanup_(dockerfile_free) struct dockerfile file;
    const char *text = "# check=skip=all \n# escape=`\n#syntax = docker/dockerfile:1\nFROM a";
    struct error err;

    ck_assert_int_eq(dockerfile_parse("Dockerfile", text, strlen(text), true, &file, &err), 0);
    ck_assert_uint_eq(file.directive_count, 3);
    ck_assert_str_eq(file.directives[0].name, "check");
    ck_assert_str_eq(file.directives[0].value, "skip=all");
    ck_assert_str_eq(file.directives[2].value, "docker/dockerfile:1");
    ck_assert_int_eq(file.directives[2].line, 3);
    ck_assert_int_eq(file.escape, '`');
}
END_TEST

START_TEST(second_directive_of_a_name_is_refused)
{
    check_error("# escape=`\n# Escape=\\\nFROM a", "2: a second escape directive; there may be one only");
}
END_TEST

START_TEST(escape_character_is_one_of_two)
{
    check_error("# escape=x\nFROM a", "1: the escape character may be \\ or `, and not x");
    check_error("# escape=``\nFROM a", "1: the escape character may be \\ or `, and not ``");
    check_no_diagnostics("# escape=\nFROM a");
}
END_TEST

START_TEST(lines_have_up_to_64_kib)
{
    _cleanup_str_ struct str text = { 0 };

    str_add(&text, "FROM a\nRUN ");
    while (text.length < strlen("FROM a\n") + 65536)
        str_add_char(&text, 'x');
    str_add(&text, "\nRUN y\n");
    check_no_diagnostics(text.text);
}
END_TEST

START_TEST(longer_line_is_an_error_with_its_number)
{
    _cleanup_str_ struct str text = { 0 };
    _cleanup_free_ char *got = NULL;

    str_add(&text, "FROM a\nRUN ");
    while (text.length <= strlen("FROM a\n") + 65536)
        str_add_char(&text, 'x');
    got = diagnostics_of(str_text(&text), false);
    ck_assert_contains(got, "2: the line has more than 65536 bytes");
}
END_TEST

START_TEST(continued_lines_together_may_be_longer)
{
    _cleanup_str_ struct str text = { 0 };

    str_add(&text, "FROM a\nRUN true");
    for (int i = 0; i < 20000; i++)
        str_add(&text, " \\\n  argument");
    check_no_diagnostics(text.text);
}
END_TEST

START_TEST(line_ranges_hold_continuations_and_heredocs)
{
    static const char text[] = "# c\nFROM a\n\nRUN b \\\n  c\n# d\nCOPY <<E <<F /\ne\nE\nF\nRUN g";
    static const int wanted[][2] = { { 2, 2 }, { 4, 5 }, { 7, 10 }, { 11, 11 } };
    _cleanup_(dockerfile_free) struct dockerfile file;
    struct error err;

    ck_assert_int_eq(dockerfile_parse("Dockerfile", text, strlen(text), true, &file, &err), 0);
    ck_assert_uint_eq(file.count, 4);
    for (size_t i = 0; i < file.count; i++)
        ck_assert_msg(file.instructions[i].first_line == wanted[i][0] &&
                          file.instructions[i].last_line == wanted[i][1],
                      "instruction %zu: wanted lines %d-%d, got %d-%d", i, wanted[i][0], wanted[i][1],
                      file.instructions[i].first_line, file.instructions[i].last_line);
}
END_TEST

START_TEST(file_without_instructions_is_refused)
{
    check_error("", "1: the file has no instructions");
    check_error("# only\n\n# comments\n", "3: the file has no instructions");
}
END_TEST

START_TEST(nul_bytes_are_refused_with_their_line)
{
    _cleanup_(dockerfile_free) struct dockerfile file;
    struct error err;

    ck_assert_int_eq(dockerfile_parse("Dockerfile", "FROM a\nRUN \0", 12, false, &file, &err), -1);
    ck_assert_int_eq(file.diagnostics[0].line, 2);
    ck_assert_contains(file.diagnostics[0].text, "NUL");
}
END_TEST

START_TEST(utf_16_is_recognised)
{
    _cleanup_(dockerfile_free) struct dockerfile file;
    struct error err;

    ck_assert_int_eq(dockerfile_parse("Dockerfile",
                                      "\xff\xfe"
                                      "F\0R\0O\0M\0",
                                      10, false, &file, &err),
                     -1);
    ck_assert_contains(file.diagnostics[0].text, "UTF-16");
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { comments_and_empty_lines_are_no_instructions, 0, 0 },
        { hash_inside_a_line_begins_no_comment, 0, 0 },
        { escape_character_at_the_end_continues_the_line, 0, 0 },
        { two_escape_characters_do_not_continue, 0, 0 },
        { comments_inside_a_continuation_are_left_out, 0, 0 },
        { empty_lines_inside_a_continuation_are_left_out_with_a_warning, 0, 0 },
        { continuation_at_the_end_of_the_file_is_none, 0, 0 },
        { continuation_may_split_a_keyword, 0, 0 },
        { lone_escape_character_goes_on_with_the_next_line, 0, 0 },
        { carriage_returns_at_the_end_of_a_line_are_dropped, 0, 0 },
        { byte_order_mark_is_skipped_at_the_beginning_only, 0, 0 },
        { tabs_separate_like_blanks, 0, 0 },
        { escape_directive_changes_the_character, 0, 0 },
        { directive_behind_a_comment_an_empty_line_or_an_unknown_one_is_a_comment, 0, 0 },
        { directives_follow_each_other_in_any_order, 0, 0 },
        { second_directive_of_a_name_is_refused, 0, 0 },
        { escape_character_is_one_of_two, 0, 0 },
        { lines_have_up_to_64_kib, 0, 0 },
        { longer_line_is_an_error_with_its_number, 0, 0 },
        { continued_lines_together_may_be_longer, 0, 0 },
        { line_ranges_hold_continuations_and_heredocs, 0, 0 },
        { file_without_instructions_is_refused, 0, 0 },
        { nul_bytes_are_refused_with_their_line, 0, 0 },
        { utf_16_is_recognised, 0, 0 },
    };

    return RUN_TESTS("01-parse/lines", tests, argc, argv);
}
