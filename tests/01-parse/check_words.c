/* Splitting an expanded text into words. */
#include "testing.h"
#include "word.h"

#include <string.h>

static void check_split(const char *text, const char *value, char escape, const char *wanted)
{
    _cleanup_strv_ struct strv env = { 0 }, words = { 0 };
    _cleanup_str_ struct str got = { 0 };
    struct error err;

    strv_add_owned(&env, formatted("X=%s", value));
    ck_assert_msg(words_expand(text, escape, &env, &words, &err) == 0, "%s: %s", text, err.text);
    for (size_t i = 0; i < words.count; i++)
        str_addf(&got, "[%s]", words.items[i]);
    ck_assert_msg(strcmp(str_text(&got), wanted) == 0, "%s with X=%s: wanted %s, got %s", text, value, wanted,
                  str_text(&got));
}
#define check_words(text, value, wanted) check_split(text, value, '\\', wanted)

START_TEST(white_space_separates)
{
    check_words(" a  b\tc\n", "", "[a][b][c]");
    check_words("a\xc2\xa0"
                "b\xe3\x80\x80"
                "c",
                "", "[a][b][c]");
}
END_TEST

START_TEST(no_text_is_no_words)
{
    check_words("", "", "");
    check_words("  ", "", "");
    check_words("$X ${X}", "", "");
}
END_TEST

START_TEST(quotes_and_escapes_hold_together)
{
    check_words("a\" b \"c ' d'", "", "[a b c][ d]");
    check_words("a\\ b c", "", "[a b][c]");
    check_split("a` b c", "", '`', "[a b][c]");
}
END_TEST

START_TEST(empty_quotes_are_no_word)
{
    check_words("a \"\" '' b", "", "[a][b]");
    check_words("\"\"a", "", "[a]");
}
END_TEST

START_TEST(value_is_split_where_it_is_not_quoted)
{
    check_words("a$X.", " b  c ", "[a][b][c][.]");
    check_words("a\"$X\".", " b  c ", "[a b  c .]");
    check_words("a${X}d", "b c", "[ab][cd]");
}
END_TEST

START_TEST(default_is_split_like_a_value)
{
    check_words("x${Y:-a b}c", "", "[xa][bc]");
    check_words("x${Y:-\"a b\"}c", "", "[xa][bc]");
    check_words("\"${Y:-a b}\"", "", "[a b]");
}
END_TEST

START_TEST(quotes_in_a_value_are_ordinary)
{
    check_words("$X", "\"a b\" 'c", "[\"a][b\"]['c]");
}
END_TEST

START_TEST(heredoc_and_its_word_hold_together)
{
    check_words("a <<  b c", "", "[a][<<  b][c]");
    check_words("a < b", "", "[a][<][b]");
}
END_TEST

START_TEST(error_in_one_word_is_an_error)
{
    static const struct strv env;
    _cleanup_strv_ struct strv words = { 0 };
    struct error err;

    ck_assert_int_eq(words_expand("a 'b", '\\', &env, &words, &err), -1);
    ck_assert_contains(err.text, "a ' is not closed");
    ck_assert_uint_eq(words.count, 0);
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { white_space_separates, 0, 0 },
        { no_text_is_no_words, 0, 0 },
        { quotes_and_escapes_hold_together, 0, 0 },
        { empty_quotes_are_no_word, 0, 0 },
        { value_is_split_where_it_is_not_quoted, 0, 0 },
        { default_is_split_like_a_value, 0, 0 },
        { quotes_in_a_value_are_ordinary, 0, 0 },
        { heredoc_and_its_word_hold_together, 0, 0 },
        { error_in_one_word_is_an_error, 0, 0 },
    };

    return RUN_TESTS("01-parse/words", tests, argc, argv);
}
