/* Variables, quotes and escapes in a word. */
#include "testing.h"
#include "word.h"

#include <string.h>

static const char *const variables[] = { "A=abc",        "EMPTY=",   "PATH=/usr/lib/x.tar.gz",
                                         "TWICE=abcabc", "_1=one",   "KO=한국어",
                                         "STARS=a*b*c",  "Q=\"'$A\\" };

static struct strv environment(void)
{
    struct strv env = { 0 };

    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        strv_add(&env, variables[i]);
    return env;
}

static void check_expansion(const char *word, char escape, const char *wanted)
{
    _cleanup_strv_ struct strv env = environment();
    struct error err;
    _cleanup_free_ char *got = word_expand(word, escape, &env, &err);

    ck_assert_msg(got != NULL, "%s: wanted %s, got the error %s", word, wanted, err.text);
    ck_assert_msg(strcmp(got, wanted) == 0, "%s: wanted %s, got %s", word, wanted, got);
}
#define check_expands(word, wanted) check_expansion(word, '\\', wanted)

static void check_fails(const char *word, const char *reason)
{
    _cleanup_strv_ struct strv env = environment();
    struct error err;
    _cleanup_free_ char *got = word_expand(word, '\\', &env, &err);

    ck_assert_msg(got == NULL, "%s: wanted an error, got %s", word, got);
    ck_assert_contains(err.text, reason);
}

START_TEST(text_without_meaning_stays)
{
    check_expands("", "");
    check_expands("a b\tc  ", "a b\tc  ");
    check_expands("한국어☃", "한국어☃");
    check_expands("a\xff"
                  "b",
                  "a\xff"
                  "b");
    check_expands("}{:-", "}{:-");
}
END_TEST

START_TEST(variable_is_replaced_by_its_value)
{
    check_expands("$A", "abc");
    check_expands("${A}", "abc");
    check_expands("x$A/y", "xabc/y");
    check_expands("x${A}y", "xabcy");
    check_expands("$_1$KO", "one한국어");
    check_expands("$EMPTY", "");
}
END_TEST

START_TEST(unset_variable_is_nothing)
{
    check_expands("a$UNSET-b", "a-b");
    check_expands("a${UNSET}b", "ab");
}
END_TEST

START_TEST(name_is_as_long_as_possible_in_any_script)
{
    check_expands("$Ab", "");
    check_expands("$A한국어", "");
    check_expands("$A☃", "abc☃");
    check_expands("$A.b", "abc.b");
}
END_TEST

START_TEST(value_is_not_expanded_again)
{
    check_expands("$Q", "\"'$A\\");
}
END_TEST

START_TEST(dollar_without_a_name_is_a_dollar)
{
    check_expands("$", "$");
    check_expands("a$ b", "a$ b");
    check_expands("$/", "$/");
    check_expands("$\"x\"", "$x");
}
END_TEST

START_TEST(shells_own_parameters_are_unset)
{
    check_expands("a$1b", "ab");
    check_expands("$12$@$*$#$?$-$$$!$0.", ".");
    check_expands("${1}${@}", "");
    check_expands("${1:-x}", "x");
}
END_TEST

START_TEST(single_quotes_take_every_meaning_away)
{
    check_expands("'$A\\\"'", "$A\\\"");
    check_expands("a'b'c''", "abc");
}
END_TEST

START_TEST(double_quotes_leave_variables_and_some_escapes)
{
    check_expands("\"$A ${A}'\"", "abc abc'");
    check_expands("\"\\$A \\\" \\\\\"", "$A \" \\");
    check_expands("\"\\a\\'\"", "\\a\\'");
    check_expands("\"${UNSET:-\"x y\"}\"", "x y");
}
END_TEST

START_TEST(escape_takes_the_next_characters_meaning_away)
{
    check_expands("\\$A", "$A");
    check_expands("\\\\$A", "\\abc");
    check_expands("\\a\\ \\'\\\"", "a '\"");
    check_expands("\\한", "한");
    check_expands("a\\", "a");
}
END_TEST

START_TEST(escape_character_may_be_a_backtick)
{
    check_expansion("`$A \\$A", '`', "$A \\abc");
    check_expansion("\"`$A`\" \\\"", '`', "$A\" \\");
    check_expansion("c:\\dir``x", '`', "c:\\dir`x");
}
END_TEST

START_TEST(open_quotes_and_braces_are_errors)
{
    check_fails("a'b", "a ' is not closed");
    check_fails("a\"b", "a \" is not closed");
    check_fails("a\"b\\\"", "a \" is not closed");
    check_fails("${", "a ${ is not closed");
    check_fails("${A", "a ${ is not closed");
    check_fails("${A:-", "a ${ is not closed");
    check_fails("${A:-${B}", "a ${ is not closed");
    check_fails("${A:-'}", "a ' is not closed");
    check_fails("${A/x", "a ${ is not closed");
    check_fails("${A/x/y", "a ${ is not closed");
}
END_TEST

START_TEST(bad_substitutions_are_errors)
{
    check_fails("${}", "bad substitution");
    check_fails("${{A}}", "bad substitution");
    check_fails("${:-x}", "bad substitution");
    check_fails("${A=x}", "no such modifier");
    check_fails("${A:=x}", "no such modifier");
    check_fails("${A:1:2}", "no such modifier");
    check_fails("${A:#a}", "no such modifier");
    check_fails("${A^^}", "no such modifier");
    check_fails("${A b}", "no such modifier");
}
END_TEST

START_TEST(minus_gives_a_default)
{
    check_expands("${A-x}${UNSET-x}${EMPTY-x}", "abcx");
    check_expands("${A:-x}${UNSET:-x}${EMPTY:-x}", "abcxx");
    check_expands("${UNSET:-}", "");
    check_expands("${UNSET:-$A ${A}}", "abc abc");
    check_expands("${UNSET:-a\\}b}", "a}b");
    check_expands("${UNSET:-'}'}", "}");
}
END_TEST

START_TEST(plus_gives_an_alternative)
{
    check_expands("${A+x}${UNSET+x}${EMPTY+x}", "xx");
    check_expands("${A:+x}${UNSET:+x}${EMPTY:+x}", "x");
    check_expands("${A:+-${A}}", "-abc");
}
END_TEST

START_TEST(question_mark_demands_a_value)
{
    check_expands("${A?x}${A:?x}${EMPTY?x}", "abcabc");
    check_fails("${UNSET?give $A}", "UNSET: give abc");
    check_fails("${EMPTY:?give}", "EMPTY: give");
    check_fails("${UNSET?}", "UNSET: is not allowed to be unset");
    check_fails("${EMPTY:?}", "EMPTY: is not allowed to be empty");
}
END_TEST

START_TEST(hash_cuts_the_beginning)
{
    check_expands("${PATH#/}", "usr/lib/x.tar.gz");
    check_expands("${PATH#*/}", "usr/lib/x.tar.gz");
    check_expands("${PATH##*/}", "x.tar.gz");
    check_expands("${PATH#lib}", "/usr/lib/x.tar.gz");
    check_expands("${A#?}", "bc");
    check_expands("${KO#?}", "국어");
    check_expands("${A##*}${A#}${UNSET#x}", "abc");
    check_expands("${STARS#a\\*}", "b*c");
    check_expands("${STARS##*\\*}", "c");
    check_expands("${A#$A}", "");
}
END_TEST

START_TEST(percent_cuts_the_end)
{
    check_expands("${PATH%.*}", "/usr/lib/x.tar");
    check_expands("${PATH%%.*}", "/usr/lib/x");
    check_expands("${PATH%/*}", "/usr/lib");
    check_expands("${PATH%%/*}", "");
    check_expands("${KO%?}", "한국");
    check_expands("${A%a}", "abc");
    check_expands("${STARS%\\**}", "a*b");
    check_expands("${STARS%%\\**}", "a");
}
END_TEST

START_TEST(slash_replaces_the_first_match)
{
    check_expands("${TWICE/b/X}", "aXcabc");
    check_expands("${TWICE/b/}", "acabc");
    check_expands("${TWICE/b*c/X}", "aX");
    check_expands("${TWICE/x/y}", "abcabc");
    check_expands("${PATH/\\/usr/}", "/lib/x.tar.gz");
    check_expands("${PATH/./\\/}", "/usr/lib/x\\/tar.gz");
    check_expands("${A//b}/x}", "abc"); /* } is one of the pattern */
}
END_TEST

START_TEST(two_slashes_replace_every_match)
{
    check_expands("${TWICE//b/X}", "aXcaXc");
    check_expands("${TWICE//?c/X}", "aXaX");
    check_expands("${PATH//\\//:}", ":usr:lib:x.tar.gz");
    check_expands("${TWICE//*/X}", "X");
    check_expands("${A//$EMPTY/-}", "-a-b-c-");
    check_expands("${EMPTY//a/x}${UNSET//a/x}", "");
    check_expands("${A///}", "abc");
}
END_TEST

START_TEST(brackets_are_ordinary_in_patterns)
{
    check_expands("${A#[a]}", "abc");
    check_expands("${TWICE/a.c/X}", "abcabc");
}
END_TEST

START_TEST(needless_escape_in_a_pattern_is_an_error)
{
    check_fails("${A#\\x}", "in the pattern \\x");
    check_fails("${A/\\x/y}", "in the pattern \\x");
}
END_TEST

START_TEST(braces_nest_up_to_a_limit)
{
    _cleanup_str_ struct str word = { 0 };

    for (int i = 0; i < 100; i++)
        str_add(&word, "${UNSET:-");
    str_add_char(&word, 'x');
    for (int i = 0; i < 100; i++)
        str_add_char(&word, '}');
    check_expands(word.text, "x");

    str_free(&word);
    for (int i = 0; i < 13000; i++)
        str_add(&word, "${A:-");
    check_fails(word.text, "more than 100 ${} in one another");
}
END_TEST

START_TEST(result_has_a_limit)
{
    _cleanup_strv_ struct strv env = { 0 };
    _cleanup_str_ struct str value = { 0 }, word = { 0 };
    struct error err;

    str_add(&value, "X=");
    for (int i = 0; i < 1000; i++)
        str_add(&value, "0123456789");
    strv_add(&env, value.text);
    for (int i = 0; i < 1000; i++)
        str_add(&word, "$X");
    ck_assert_ptr_null(word_expand(word.text, '\\', &env, &err));
    ck_assert_contains(err.text, "expands to more than 4 MiB");

    str_free(&word);
    str_add(&word, "${X//1/$X}");
    ck_assert_ptr_null(word_expand(word.text, '\\', &env, &err));
    ck_assert_contains(err.text, "expands to more than 4 MiB");
}
END_TEST

START_TEST(pattern_with_many_stars_takes_no_time)
{
    _cleanup_strv_ struct strv env = { 0 };
    _cleanup_str_ struct str value = { 0 };
    struct error err;
    _cleanup_free_ char *got = NULL;

    str_add(&value, "X=");
    for (int i = 0; i < 50000; i++)
        str_add_char(&value, 'a');
    strv_add(&env, value.text);
    got = word_expand("${X//a*a*a*a*a*a*a*a*a*a*b/y}", '\\', &env, &err);
    ck_assert_ptr_nonnull(got);
    ck_assert_str_eq(got, value.text + 2);
}
END_TEST

START_TEST(body_of_a_heredoc_keeps_its_quotes)
{
    _cleanup_strv_ struct strv env = environment();
    struct error err;
    _cleanup_free_ char *got = body_expand("\"$A\" '${A}' it's\n\\$A\n", &env, &err);

    ck_assert_ptr_nonnull(got);
    ck_assert_str_eq(got, "\"abc\" 'abc' it's\n$A\n");
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { text_without_meaning_stays, 0, 0 },
        { variable_is_replaced_by_its_value, 0, 0 },
        { unset_variable_is_nothing, 0, 0 },
        { name_is_as_long_as_possible_in_any_script, 0, 0 },
        { value_is_not_expanded_again, 0, 0 },
        { dollar_without_a_name_is_a_dollar, 0, 0 },
        { shells_own_parameters_are_unset, 0, 0 },
        { single_quotes_take_every_meaning_away, 0, 0 },
        { double_quotes_leave_variables_and_some_escapes, 0, 0 },
        { escape_takes_the_next_characters_meaning_away, 0, 0 },
        { escape_character_may_be_a_backtick, 0, 0 },
        { open_quotes_and_braces_are_errors, 0, 0 },
        { bad_substitutions_are_errors, 0, 0 },
        { minus_gives_a_default, 0, 0 },
        { plus_gives_an_alternative, 0, 0 },
        { question_mark_demands_a_value, 0, 0 },
        { hash_cuts_the_beginning, 0, 0 },
        { percent_cuts_the_end, 0, 0 },
        { slash_replaces_the_first_match, 0, 0 },
        { two_slashes_replace_every_match, 0, 0 },
        { brackets_are_ordinary_in_patterns, 0, 0 },
        { needless_escape_in_a_pattern_is_an_error, 0, 0 },
        { braces_nest_up_to_a_limit, 0, 0 },
        { result_has_a_limit, 0, 0 },
        { pattern_with_many_stars_takes_no_time, 0, 0 },
        { body_of_a_heredoc_keeps_its_quotes, 0, 0 },
    };

    return RUN_TESTS("01-parse/expand", tests, argc, argv);
}
