/* The commands as they are typed: output, errors, exit statuses. */
#include "json.h"
#include "testing.h"

#include <string.h>

#define DOCKERFILE                                                                                           \
    "# escape=`\nFROM a AS base\nCOPY --from=b <<E /x/\n\"$y\"\nE\nENV A=1 B=\"x y\"\nONBUILD RUN make `\n -j\nCMD [\"c\"]\n"

static struct outcome parse_text(const char *text, const char *format)
{
    const char *const argv[] = { binary("01-parse"), "parse", "--format", format, "-", NULL };

    return run_how(&(struct how){ .input = text }, argv);
}

START_TEST(dump_is_a_line_an_instruction)
{
    struct outcome o = parse_text(DOCKERFILE, "dump");

    ck_assert_str_eq(o.err, "");
    ck_assert_str_eq(o.out,
                     "(from \"a\" \"AS\" \"base\")\n(copy [\"--from=b\"] \"<<E\" \"/x/\")\n"
                     "(env \"A\" \"1\" \"=\" \"B\" \"\\\"x y\\\"\" \"=\")\n(onbuild (run \"make  -j\"))\n"
                     "(cmd \"c\")\n");
    ck_assert_int_eq(o.status, 0);
}
END_TEST

START_TEST(dump_looks_at_syntax_only)
{
    struct outcome o = parse_text("FORM a\nCOPY b\n", "dump");

    ck_assert_str_eq(o.out, "(form \"\")\n(copy \"b\")\n");
    ck_assert_str_eq(o.err, "");
    ck_assert_int_eq(o.status, 0);
}
END_TEST

START_TEST(dump_of_broken_syntax_is_an_error_and_nothing_else)
{
    struct outcome o = parse_text("FROM a\nENV B\n", "dump");

    ck_assert_str_eq(o.out, "");
    ck_assert_str_eq(o.err, "<stdin>:2: ENV B: a value is missing; write ENV B=value\n");
    ck_assert_int_eq(o.status, 1);
}
END_TEST

static const struct json *element(const struct json *array, int index)
{
    const struct json *e = array ? array->first : NULL;

    while (e && index-- > 0)
        e = e->next;
    return e;
}

START_TEST(json_holds_everything)
{
    struct outcome o = parse_text(DOCKERFILE, "json");
    struct error err;
    _cleanup_json_ struct json *root = json_parse(o.out, o.out_length, &err);
    const struct json *instructions, *copy, *heredoc, *onbuild;
    int64_t line = 0;

    ck_assert_msg(root != NULL, "%s", err.text);
    ck_assert_str_eq(json_string(json_get(root, "escape")), "`");
    ck_assert_str_eq(json_string(json_get(element(json_get(root, "directives"), 0), "name")), "escape");
    instructions = json_get(root, "instructions");
    ck_assert_uint_eq(instructions->count, 5);

    copy = element(instructions, 1);
    ck_assert_str_eq(json_string(json_get(copy, "keyword")), "COPY");
    ck_assert_str_eq(json_string(json_get(copy, "source")), "COPY --from=b <<E /x/");
    ck_assert_str_eq(json_string(element(json_get(copy, "flags"), 0)), "--from=b");
    ck_assert(json_int(json_get(copy, "last_line"), &line) && line == 5);
    heredoc = element(json_get(copy, "heredocs"), 0);
    ck_assert_str_eq(json_string(json_get(heredoc, "body")), "\"$y\"\n");
    ck_assert(json_true(json_get(heredoc, "expand")));

    onbuild = json_get(element(instructions, 3), "onbuild");
    ck_assert_str_eq(json_string(element(json_get(onbuild, "args"), 0)), "make  -j");
    ck_assert_str_eq(json_string(json_get(element(instructions, 4), "form")), "exec");
    ck_assert_uint_eq(json_get(root, "diagnostics")->count, 0);
}
END_TEST

START_TEST(json_of_a_wrong_file_has_its_errors)
{
    struct outcome o = parse_text("FORM a\nMAINTAINER b\n", "json");
    struct error err;
    _cleanup_json_ struct json *root = json_parse(o.out, o.out_length, &err);
    const struct json *diagnostics = json_get(root, "diagnostics");

    ck_assert_int_eq(o.status, 1);
    ck_assert_msg(root != NULL, "%s", err.text);
    ck_assert_str_eq(json_string(json_get(element(diagnostics, 0), "level")), "error");
    ck_assert_str_eq(json_string(json_get(element(diagnostics, 0), "text")),
                     "unknown instruction \"FORM\" (did you mean FROM?)");
    ck_assert_str_eq(json_string(json_get(element(diagnostics, 1), "level")), "warning");
}
END_TEST

START_TEST(tree_shows_stages_lines_and_what_belongs_to_them)
{
    struct outcome o = parse_text(DOCKERFILE, "tree");

    ck_assert_str_eq(o.err, "");
    ck_assert_contains(o.out, "stage 0 \"base\"\n");
    ck_assert_contains(o.out, "          2  FROM a  AS  base\n");
    ck_assert_contains(o.out, "        3-5  COPY <<E  /x/\n");
    ck_assert_contains(o.out, "--from=b\n");
    ck_assert_contains(o.out, "<<E: 5 bytes, lines 4-5\n");
    ck_assert_contains(o.out, "ENV A=1  B=\"x y\"\n");
    ck_assert_contains(o.out, "ONBUILD RUN make  -j\n");
    ck_assert_contains(o.out, "CMD (exec form) \"c\"\n");
    ck_assert_msg(strchr(o.out, '\033') == NULL, "wanted no colours in a pipe, got:\n%s", o.out);
}
END_TEST

START_TEST(tree_obeys_no_escape_sequence_of_the_file)
{
    struct outcome o = parse_text("FROM a\nRUN \033[2J\nCMD [\"\\u001b[2J\"]\n", "tree");

    ck_assert_msg(strchr(o.out, '\033') == NULL, "wanted no escape sequence, got:\n%s", o.out);
    ck_assert_int_eq(o.status, 0);
}
END_TEST

START_TEST(errors_obey_no_escape_sequence_of_the_file)
{
    struct outcome o = parse_text("\033[2J a\n", "tree");

    ck_assert_str_eq(o.err, "<stdin>:1: unknown instruction \"\\x1b[2J\"\n");
    ck_assert_int_eq(o.status, 1);
}
END_TEST

START_TEST(file_is_named_as_it_was_given)
{
    const char *directory = scratch();
    _cleanup_free_ char *path = formatted("%s/My.Dockerfile", directory);
    _cleanup_free_ char *wanted =
        formatted("%s:3: unknown instruction \"FORM\" (did you mean FROM?)\n", path);
    struct outcome o;

    put_file(directory, "My.Dockerfile", "FROM a\n\nFORM b\n");
    o = RUN(binary("01-parse"), "parse", path);
    ck_assert_str_eq(o.err, wanted);
    ck_assert_str_eq(o.out, "");
    ck_assert_int_eq(o.status, 1);
}
END_TEST

START_TEST(dockerfile_of_this_directory_is_the_default)
{
    const char *directory = scratch();
    const char *const argv[] = { binary("01-parse"), "parse", "--format=dump", NULL };
    struct outcome o;

    put_file(directory, "Dockerfile", "FROM here\n");
    o = run_how(&(struct how){ .directory = directory }, argv);
    ck_assert_str_eq(o.out, "(from \"here\")\n");
}
END_TEST

START_TEST(warnings_do_not_fail)
{
    struct outcome o = parse_text("FROM a\nCMD a\nCMD b\n", "tree");

    ck_assert_str_eq(o.err,
                     "<stdin>:3: warning: a second CMD in one stage: the one in line 2 has no effect\n");
    ck_assert_int_eq(o.status, 0);
}
END_TEST

START_TEST(missing_file_is_named)
{
    struct outcome o = RUN(binary("01-parse"), "parse", "/nowhere/Dockerfile");

    ck_assert_contains(o.err, "/nowhere/Dockerfile: No such file or directory\n");
    ck_assert_int_eq(o.status, 1);
}
END_TEST

START_TEST(empty_file_name_is_refused)
{
    struct outcome o = RUN(binary("01-parse"), "parse", "");

    ck_assert_int_eq(o.status, 1);
    ck_assert_str_eq(o.err, "gocker: the Dockerfile's name is empty\n");
}
END_TEST

START_TEST(unknown_format_is_refused_with_those_there_are)
{
    struct outcome o = RUN(binary("01-parse"), "parse", "--format", "yaml");

    ck_assert_str_eq(o.err, "gocker: parse: --format yaml: there are tree, json and dump\n");
    ck_assert_int_eq(o.status, 1);
}
END_TEST

START_TEST(file_of_more_than_4_mib_is_refused)
{
    struct str text = { 0 };
    struct outcome o;

    while (text.length <= 4 * 1024 * 1024)
        str_add(&text, "RUN a\n");
    o = parse_text(str_text(&text), "dump");
    ck_assert_contains(o.err, "more than 4194304 bytes");
    ck_assert_int_eq(o.status, 1);
    str_free(&text);
}
END_TEST

START_TEST(expand_prints_the_word)
{
    struct outcome o = RUN(binary("01-parse"), "expand", "${A:-x}/$B'$B'", "B=1", "A=", "A=2");

    ck_assert_str_eq(o.out, "2/1$B\n");
    ck_assert_int_eq(o.status, 0);
}
END_TEST

START_TEST(expand_takes_another_escape_character)
{
    struct outcome o = RUN(binary("01-parse"), "expand", "--escape", "`", "`$A\\$A", "A=1");

    ck_assert_str_eq(o.out, "$A\\1\n");
}
END_TEST

START_TEST(expand_fails_with_the_reason)
{
    struct outcome o = RUN(binary("01-parse"), "expand", "${A:?say who}");

    ck_assert_str_eq(o.err, "gocker: ${A:?say who}: A: say who\n");
    ck_assert_str_eq(o.out, "");
    ck_assert_int_eq(o.status, 1);
}
END_TEST

START_TEST(words_prints_one_a_line)
{
    struct outcome o = RUN(binary("01-parse"), "words", "a \"b c\" $X", "X=d e");

    ck_assert_str_eq(o.out, "a\nb c\nd\ne\n");
}
END_TEST

START_TEST(variables_have_a_name_and_a_value)
{
    struct outcome o = RUN(binary("01-parse"), "expand", "a", "b");

    ck_assert_str_eq(o.err, "gocker: expand: b: write NAME=VALUE\n");
    ck_assert_int_eq(o.status, 1);
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { dump_is_a_line_an_instruction, 0, 0 },
        { dump_looks_at_syntax_only, 0, 0 },
        { dump_of_broken_syntax_is_an_error_and_nothing_else, 0, 0 },
        { json_holds_everything, 0, 0 },
        { json_of_a_wrong_file_has_its_errors, 0, 0 },
        { tree_shows_stages_lines_and_what_belongs_to_them, 0, 0 },
        { tree_obeys_no_escape_sequence_of_the_file, 0, 0 },
        { errors_obey_no_escape_sequence_of_the_file, 0, 0 },
        { file_is_named_as_it_was_given, 0, 0 },
        { dockerfile_of_this_directory_is_the_default, 0, 0 },
        { warnings_do_not_fail, 0, 0 },
        { missing_file_is_named, 0, 0 },
        { empty_file_name_is_refused, 0, 0 },
        { unknown_format_is_refused_with_those_there_are, 0, 0 },
        { file_of_more_than_4_mib_is_refused, 0, 0 },
        { expand_prints_the_word, 0, 0 },
        { expand_takes_another_escape_character, 0, 0 },
        { expand_fails_with_the_reason, 0, 0 },
        { words_prints_one_a_line, 0, 0 },
        { variables_have_a_name_and_a_value, 0, 0 },
    };

    return RUN_TESTS("01-parse/command", tests, argc, argv);
}
