/* Here-documents: what begins one, its name, its body, where it ends. */
#include "parsing.h"

/* "NAME(expand|literal[,tabs]):BODY;" of each heredoc of the second instruction of "FROM a\n" and TEXT. */
static char *heredocs_of(const char *text)
{
    _cleanup_(dockerfile_free) struct dockerfile file;
    _cleanup_free_ char *all = formatted("FROM a\n%s", text);
    struct str found = { 0 };
    struct error err;

    if (dockerfile_parse("Dockerfile", all, strlen(all), false, &file, &err) < 0 || file.count < 2)
        return must_strdup("error");
    for (const struct instruction *in = &file.instructions[1]; in; in = in->onbuild)
        for (size_t i = 0; i < in->heredoc_count; i++)
            str_addf(&found, "%s(%s%s):%s;", in->heredocs[i].name,
                     in->heredocs[i].expand ? "expand" : "literal", in->heredocs[i].strip_tabs ? ",tabs" : "",
                     in->heredocs[i].body);
    return str_take(&found);
}

static void check_heredocs(const char *text, const char *wanted)
{
    _cleanup_free_ char *got = heredocs_of(text);

    ck_assert_msg(strcmp(got, wanted) == 0, "of:\n%s\nwanted:\n%s\ngot:\n%s", text, wanted, got);
}

START_TEST(body_is_the_lines_up_to_the_end_word)
{
    check_heredocs("RUN <<EOF\na\n\n b\nEOF\n", "EOF(expand):a\n\n b\n;");
    check_heredocs("RUN <<EOF\nEOF", "EOF(expand):;");
}
END_TEST

START_TEST(body_is_kept_as_it_is)
{
    check_heredocs("COPY <<E /x\n# no comment\na \\\nb\r\n EOF\nE \nE\n",
                   "E(expand):# no comment\na \\\nb\r\n EOF\nE \n;");
}
END_TEST

START_TEST(end_word_may_have_a_carriage_return)
{
    check_heredocs("RUN <<E\r\na\r\nE\r\n", "E(expand):a\r\n;");
}
END_TEST

START_TEST(dash_strips_tabs_and_no_blanks)
{
    check_heredocs("RUN <<-E\n\ta\n\t\t b\n \tc\n\tE\n", "E(expand,tabs):a\n b\n \tc\n;");
    check_heredocs("RUN <<E\n\ta\n\tE\nE\n", "E(expand):\ta\n\tE\n;");
}
END_TEST

START_TEST(quotes_anywhere_in_the_word_keep_variables)
{
    check_heredocs("RUN <<'E'\n$a\nE\n", "E(literal):$a\n;");
    check_heredocs("RUN <<\"E\"\nE\n", "E(literal):;");
    check_heredocs("RUN <<E\"O\"F\nEOF\n", "EOF(literal):;");
    check_heredocs("RUN <<-'E'\n\tE\n", "E(literal,tabs):;");
}
END_TEST

START_TEST(escaped_quote_is_part_of_the_word)
{
    check_heredocs("RUN <<it\\'s\nit's\n", "it's(expand):;");
    check_heredocs("RUN <<'i't\\'s\nit's\n", "it's(literal):;");
}
END_TEST

START_TEST(quoted_word_may_have_blanks)
{
    check_heredocs("RUN <<'a b' x\na\na b\n", "a b(literal):a\n;");
}
END_TEST

START_TEST(blanks_may_stand_before_the_word)
{
    check_heredocs("RUN <<  E > f\na\nE\n", "E(expand):a\n;");
}
END_TEST

START_TEST(variable_in_the_word_is_none)
{
    check_heredocs("RUN <<$E\na\n$E\n", "$E(expand):a\n;");
}
END_TEST

START_TEST(several_are_read_one_behind_the_other)
{
    check_heredocs("COPY <<A <<B /x/\nB\nA\nA\nB\n", "A(expand):B\n;B(expand):A\n;");
}
END_TEST

START_TEST(descriptor_is_a_number_before_it)
{
    static const char text[] = "FROM a\nRUN cat 3<<E\nE\n";
    _cleanup_(dockerfile_free) struct dockerfile file;
    struct error err;

    ck_assert_int_eq(dockerfile_parse("Dockerfile", text, strlen(text), true, &file, &err), 0);
    ck_assert_int_eq(file.instructions[1].heredocs[0].descriptor, 3);
}
END_TEST

START_TEST(what_looks_like_one_is_none)
{
    check_heredocs("RUN \"<<E\"", "");
    check_heredocs("RUN '<<E'", "");
    check_heredocs("RUN a<<E", "");
    check_heredocs("RUN <<<E", "");
    check_heredocs("RUN \\<<E", "");
    check_heredocs("RUN <<", "");
    check_heredocs("RUN echo $((1<<2))", "");
    check_heredocs("CMD <<E", "");
    check_heredocs("USER <<E", "");
    check_heredocs("RUN [\"<<E\"]", "");
    check_heredocs("HEALTHCHECK CMD <<E", "");
}
END_TEST

START_TEST(line_with_an_open_quote_has_none)
{
    check_heredocs("RUN echo it's <<E", "");
}
END_TEST

START_TEST(add_copy_run_and_onbuild_of_them_have_heredocs)
{
    check_heredocs("ADD <<E /x\na\nE", "E(expand):a\n;");
    check_heredocs("ONBUILD COPY <<E /x\na\nE", "E(expand):a\n;");
    check_heredocs("ONBUILD RUN <<-E\n\ta\n\tE", "E(expand,tabs):a\n;");
    check_heredocs("ONBUILD ONBUILD RUN <<E", "");
}
END_TEST

START_TEST(instruction_behind_a_heredoc_is_found)
{
    check_dump("RUN <<E\nFROM x\nE\nRUN b", "(run \"<<E\")\n(run \"b\")\n");
}
END_TEST

START_TEST(heredoc_without_an_end_is_an_error_of_its_instruction)
{
    check_error("FROM a\nRUN <<E\nb\n",
                "2: the heredoc <<E does not end: a line with nothing but E is missing");
}
END_TEST

START_TEST(argument_of_copy_finds_its_heredoc)
{
    static const char text[] = "FROM a\nCOPY <<A b <<-\"B\" /x/\na\nA\n\tb\nB\n";
    _cleanup_(dockerfile_free) struct dockerfile file;
    const struct instruction *copy;
    struct error err;

    ck_assert_int_eq(dockerfile_parse("Dockerfile", text, strlen(text), true, &file, &err), 0);
    copy = &file.instructions[1];
    ck_assert_ptr_eq(instruction_heredoc(copy, copy->args.items[0]), &copy->heredocs[0]);
    ck_assert_ptr_null(instruction_heredoc(copy, copy->args.items[1]));
    ck_assert_ptr_eq(instruction_heredoc(copy, copy->args.items[2]), &copy->heredocs[1]);
    ck_assert_ptr_null(instruction_heredoc(copy, copy->args.items[3]));
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { body_is_the_lines_up_to_the_end_word, 0, 0 },
        { body_is_kept_as_it_is, 0, 0 },
        { end_word_may_have_a_carriage_return, 0, 0 },
        { dash_strips_tabs_and_no_blanks, 0, 0 },
        { quotes_anywhere_in_the_word_keep_variables, 0, 0 },
        { escaped_quote_is_part_of_the_word, 0, 0 },
        { quoted_word_may_have_blanks, 0, 0 },
        { blanks_may_stand_before_the_word, 0, 0 },
        { variable_in_the_word_is_none, 0, 0 },
        { several_are_read_one_behind_the_other, 0, 0 },
        { descriptor_is_a_number_before_it, 0, 0 },
        { what_looks_like_one_is_none, 0, 0 },
        { line_with_an_open_quote_has_none, 0, 0 },
        { add_copy_run_and_onbuild_of_them_have_heredocs, 0, 0 },
        { instruction_behind_a_heredoc_is_found, 0, 0 },
        { heredoc_without_an_end_is_an_error_of_its_instruction, 0, 0 },
        { argument_of_copy_finds_its_heredoc, 0, 0 },
    };

    return RUN_TESTS("01-parse/heredoc", tests, argc, argv);
}
