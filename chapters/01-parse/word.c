/* Quotes and escapes in a word, and splitting it. The rules look like the shell's and are not quite: they are
 * those of BuildKit's shell lexer, which every Dockerfile is written against. */
#include "word.h"
#include "lexer.h"

#include <string.h>

/* The word being collected, and those that are done. */
struct words {
    struct str word;
    bool inside; /* quotes count, so that "" may go on with more */
    struct strv *done;
};

/* TEXT is part of a word, whatever is in it. */
static void words_add(struct words *words, const char *text)
{
    if (words) {
        str_add(&words->word, text);
        words->inside = true;
    }
}

/* An empty word is none, even a quoted one. */
static void words_end(struct words *words)
{
    if (words->word.length > 0) {
        strv_add_owned(words->done, str_take(&words->word));
        words->inside = false;
    }
}

/* TEXT is unquoted: white space in it ends words. */
static void words_split(struct words *words, const char *text)
{
    char32_t character;
    size_t length;

    if (!words)
        return;
    for (; *text != '\0'; text += length) {
        length = utf8_decode(text, &character);
        if (is_white_space(character)) {
            if (words->inside)
                words_end(words);
        } else {
            str_add_bytes(&words->word, text, length);
            words->inside = true;
        }
    }
}

/* Take the character at l->at, of however many bytes, as it is. */
static void take_character(struct lexer *l, struct str *result)
{
    char32_t character;
    size_t length = utf8_decode(l->at, &character);

    str_add_bytes(result, l->at, length);
    l->at += length;
}

/* 'text': nothing in it has a meaning but the closing quote. */
static int lex_single_quotes(struct lexer *l, struct str *result, struct error *err)
{
    const char *end = strchr(l->at + 1, '\'');

    if (!end)
        return fail(err, 0, "a ' is not closed");
    if (l->rules->keep_quotes)
        str_add_bytes(result, l->at, (size_t)(end + 1 - l->at));
    else
        str_add_bytes(result, l->at + 1, (size_t)(end - l->at - 1));
    l->at = end + 1;
    return 0;
}

/* An escape character inside double quotes escapes ", $ and itself, and stands for itself before the rest. */
static void lex_quoted_escape(struct lexer *l, struct str *result)
{
    char next = l->at[1];

    if (l->keep_escapes)
        str_add_char(result, *l->at);
    l->at++;
    if (next == '"' || next == '$' || next == l->rules->escape)
        take_character(l, result);
    else if (next != '\0')
        str_add_char(result, l->rules->escape);
}

/* "text": variables and some escapes keep their meaning. */
static int lex_double_quotes(struct lexer *l, struct str *result, struct error *err)
{
    if (l->rules->keep_quotes)
        str_add_char(result, '"');
    l->at++;
    while (*l->at != '"') {
        if (*l->at == '\0')
            return fail(err, 0, "a \" is not closed");
        if (*l->at == '$') {
            if (lex_dollar(l, result, err) < 0)
                return -1;
        } else if (*l->at == l->rules->escape) {
            lex_quoted_escape(l, result);
        } else {
            take_character(l, result);
        }
    }
    if (l->rules->keep_quotes)
        str_add_char(result, '"');
    l->at++;
    return 0;
}

/* An escape character outside quotes: the next character is part of the word, whatever it is. At the end of
 * the text it is dropped. */
static void lex_escape(struct lexer *l, struct str *result)
{
    if (l->keep_escapes)
        str_add_char(result, *l->at);
    l->at++;
    if (*l->at != '\0')
        take_character(l, result);
}

/* `<< EOF` is one word: white space may stand between the two parts of a heredoc. */
static void lex_less_than(struct lexer *l, struct str *result)
{
    size_t length = 1;

    if (l->at[1] == '<')
        length = 2 + strspn(l->at + 2, "\t\r ");
    str_add_bytes(result, l->at, length);
    l->at += length;
}

/* One piece: a quoted text, a variable, an escaped or a plain character. *SPLIT: white space in it ends words. */
static int lex_piece(struct lexer *l, struct str *result, bool *split, struct error *err)
{
    char next = *l->at;

    *split = false;
    if (next == '\'' && !l->rules->ordinary_quotes)
        return lex_single_quotes(l, result, err);
    if (next == '"' && !l->rules->ordinary_quotes)
        return lex_double_quotes(l, result, err);
    if (next == '<') {
        lex_less_than(l, result);
        return 0;
    }
    if (next == l->rules->escape) {
        lex_escape(l, result);
        return 0;
    }
    *split = true;
    if (next == '$')
        return lex_dollar(l, result, err);
    take_character(l, result);
    return 0;
}

int lex_until(struct lexer *l, char stop, struct str *result, struct words *words, struct error *err)
{
    bool split;

    while (*l->at != '\0') {
        size_t before = result->length;

        if (stop != '\0' && *l->at == stop) {
            l->at++;
            return 0;
        }
        if (lex_piece(l, result, &split, err) < 0)
            return -1;
        if (split)
            words_split(words, str_text(result) + before);
        else
            words_add(words, str_text(result) + before);
    }
    if (stop != '\0')
        return fail(err, 0, "a ${ is not closed: %c is missing", stop);
    return 0;
}

int word_process(const char *text, const struct word_rules *rules, const struct strv *env, struct str *result,
                 struct strv *words, struct error *err)
{
    _cleanup_(utf8_locale_free) locale_t utf8 = utf8_locale();
    struct lexer lexer = {
        .at = text, .rules = rules, .env = env, .keep_escapes = rules->keep_escapes, .utf8 = utf8
    };
    struct strv done = { 0 };
    struct words collected = { .done = &done };
    int outcome = lex_until(&lexer, '\0', result, &collected, err);

    words_end(&collected);
    if (outcome == 0 && words)
        strv_add_all(words, &done);
    str_free(&collected.word);
    strv_free(&done);
    return outcome;
}

/* The reason stands behind what it is about, of which the beginning will do. */
static void name_text(const char *text, struct error *err)
{
    bool long_text = strlen(text) > 200;

    fail_while(err, "%.*s%s", long_text ? 200 : (int)strlen(text), text, long_text ? "..." : "");
}

char *word_expand(const char *word, char escape, const struct strv *env, struct error *err)
{
    const struct word_rules rules = { .escape = escape };
    _cleanup_str_ struct str result = { 0 };

    if (word_process(word, &rules, env, &result, NULL, err) < 0) {
        name_text(word, err);
        return NULL;
    }
    return str_take(&result);
}

int words_expand(const char *text, char escape, const struct strv *env, struct strv *words, struct error *err)
{
    const struct word_rules rules = { .escape = escape };
    _cleanup_str_ struct str result = { 0 };

    if (word_process(text, &rules, env, &result, words, err) < 0) {
        name_text(text, err);
        return -1;
    }
    return 0;
}

char *body_expand(const char *body, const struct strv *env, struct error *err)
{
    const struct word_rules rules = { .escape = '\\', .ordinary_quotes = true };
    _cleanup_str_ struct str result = { 0 };

    if (word_process(body, &rules, env, &result, NULL, err) < 0)
        return NULL;
    return str_take(&result);
}
