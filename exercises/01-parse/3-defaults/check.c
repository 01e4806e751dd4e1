/* 01.3: the table row by row, words in words, errors, and the chapter's own code beside it. */
#include "exercise.h"

#include "expand.h"
#include "keep.h"
#include "word.h"

#include <stdio.h>
#include <string.h>

/* full has a value, empty has an empty one, other has another; nothing else is set. */
static struct strv *environment(void)
{
    static struct strv env;

    env_set(&env, "full", "value");
    env_set(&env, "empty", "");
    env_set(&env, "other", "more");
    return &env;
}

/* WORD expanded, or shown_error. The word is printed first: a learner whose code crashes is told the last one. */
static const char *expanded(const char *word)
{
    struct error err = { 0 };
    char *text;

    printf("expanding %s\n", word);
    text = expand(word, environment(), &err);
    return text ? keep(text) : shown_error(&err);
}

/* Fail where WORD is no error, or its text does not have SAID in it (NULL: anything). */
static void expect_error(const char *word, const char *said, const char *file, int line)
{
    const char *got = expanded(word);

    wanted_error(word, got, file, line);
    if (said && !strstr(got, said))
        _ck_assert_failed(file, line, "Assertion failed", "%s: wanted an error that says \"%s\", got \"%s\"",
                          word, said, got);
}
#define EXPECT_ERROR(word, said) expect_error(word, said, __FILE__, __LINE__)

START_TEST(default_stands_for_an_unset_variable)
{
    want_text(expanded("${unset:-word}"), "word");
    want_text(expanded("${unset-word}"), "word");
    want_text(expanded("a${unset:-}b"), "ab");
}
END_TEST

START_TEST(value_wins_over_the_default)
{
    want_text(expanded("${full:-word}"), "value");
    want_text(expanded("${full-word}"), "value");
    want_text(expanded("${full:?word}"), "value");
    want_text(expanded("<${full:-word}>"), "<value>");
}
END_TEST

START_TEST(empty_value_counts_as_none_with_a_colon)
{
    want_text(expanded("${empty:-word}"), "word");
    want_text(expanded("${empty:+word}"), "");
}
END_TEST

START_TEST(empty_value_counts_without_a_colon)
{
    want_text(expanded("${empty-word}"), "");
    want_text(expanded("${empty+word}"), "word");
    want_text(expanded("${empty?word}"), "");
}
END_TEST

START_TEST(alternative_stands_where_there_is_a_value)
{
    want_text(expanded("${full:+word}"), "word");
    want_text(expanded("${full+word}"), "word");
    want_text(expanded("${unset:+word}"), "");
    want_text(expanded("${unset+word}"), "");
}
END_TEST

START_TEST(word_is_expanded)
{
    want_text(expanded("${unset:-$other}"), "more");
    want_text(expanded("${full:+[$other]}"), "[more]");
    want_text(expanded("${unset:-a ${other} b}"), "a more b");
}
END_TEST

START_TEST(braces_nest)
{
    want_text(expanded("${unset:-${empty:-${full}}}!"), "value!");
    want_text(expanded("${full:-${unset:-word}}!"), "value!");
    want_text(expanded("${unset:+${full}}!"), "!");
}
END_TEST

START_TEST(question_mark_refuses_what_has_no_value)
{
    EXPECT_ERROR("${unset:?set it with --build-arg}", "unset");
    EXPECT_ERROR("${unset:?set it with --build-arg}", "set it with --build-arg");
    EXPECT_ERROR("${unset:?$other of it}", "more of it");
    EXPECT_ERROR("${empty:?word}", NULL);
    EXPECT_ERROR("${unset?word}", NULL);
}
END_TEST

START_TEST(word_is_expanded_where_it_is_not_used)
{
    EXPECT_ERROR("${full:-${unset?x}}", "unset");
    EXPECT_ERROR("${full?${unset?x}}", "unset");
    EXPECT_ERROR("${unset:+${empty:?x}}", "empty");
    EXPECT_ERROR("${full:-${other!x}}", NULL);
}
END_TEST

START_TEST(unknown_modifier_is_an_error)
{
    EXPECT_ERROR("${full:=word}", NULL);
    EXPECT_ERROR("${full!word}", NULL);
    EXPECT_ERROR("${full:}", NULL);
}
END_TEST

START_TEST(missing_brace_is_an_error)
{
    EXPECT_ERROR("${full:-word", NULL);
    EXPECT_ERROR("${full:-${other}", NULL);
    EXPECT_ERROR("${full:-", NULL);
    EXPECT_ERROR("${full:", NULL);
}
END_TEST

/* Whatever the chapter makes of a word, an answer that passed the tests above makes of it too. */
START_TEST(agrees_with_the_chapter)
{
    const char *const words[] = {
        "$full ${other}",      "a${full:-${other:+${empty-x}}}b", "${empty:-${unset:-a}${unset-b}}",
        "${other:+:${full}:}", "${unset-${unset}}${unset+$full}", "${full?$other}${empty?no}",
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct error err;
        const char *got = expanded(words[i]),
                   *wanted = keep(word_expand(words[i], '\\', environment(), &err));

        ck_assert_msg(strcmp(got, wanted) == 0, "%s: wanted \"%s\" as the chapter has it, got \"%s\"",
                      words[i], wanted, got);
    }
}
END_TEST

int main(void)
{
    const struct test tests[] = {
        { default_stands_for_an_unset_variable, 0, 0 },
        { value_wins_over_the_default, 0, 0 },
        { empty_value_counts_as_none_with_a_colon, 0, 0 },
        { empty_value_counts_without_a_colon, 0, 0 },
        { alternative_stands_where_there_is_a_value, 0, 0 },
        { word_is_expanded, 0, 0 },
        { braces_nest, 0, 0 },
        { question_mark_refuses_what_has_no_value, 0, 0 },
        { word_is_expanded_where_it_is_not_used, 0, 0 },
        { unknown_modifier_is_an_error, 0, 0 },
        { missing_brace_is_an_error, 0, 0 },
        { agrees_with_the_chapter, 0, 0 },
    };

    return RUN_EXERCISE(tests);
}
