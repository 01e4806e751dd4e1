/* Variables, quotes and escapes in the words of an instruction (the Dockerfile reference, "Environment
 * replacement"). Which words of which instruction are expanded is for those to know who build. */
#ifndef GOCKER_WORD_H
#define GOCKER_WORD_H

#include "error.h"
#include "str.h"

#include <stdbool.h>

/* `ENV A=$A$A` doubles, and a Dockerfile has room for a hundred thousand of them. */
#define WORD_MAX_BYTES (4 * 1024 * 1024)

/* WORD with its variables replaced by their values in ENV ("NAME=VALUE"), its quotes and escapes removed.
 * ESCAPE is \ or `. Returns the text (the caller frees it), or NULL with err: a bad substitution, an
 * unclosed brace, ${x:?message}, a result of more than WORD_MAX_BYTES. */
char *word_expand(const char *word, char escape, const struct strv *env, struct error *err);

/* The same, then split at unquoted white space, also of values: the words are appended to WORDS. */
int words_expand(const char *text, char escape, const struct strv *env, struct strv *words,
                 struct error *err);

/* BODY of a heredoc of ADD or COPY with its variables replaced: quotes are ordinary characters there, and the
 * escape character is always \. Returns the text, or NULL with err. */
char *body_expand(const char *body, const struct strv *env, struct error *err);

/* What the three above have in common, and finding heredocs needs raw. */
struct word_rules {
    char escape;
    bool keep_quotes;     /* quotes keep their meaning, and stay in the result */
    bool keep_escapes;    /* so do escape characters */
    bool keep_unset;      /* $x stays $x where ENV has no x */
    bool ordinary_quotes; /* quotes have no meaning */
};

/* Expand TEXT by RULES: RESULT gets the whole, and WORDS its words, where they are not NULL. */
int word_process(const char *text, const struct word_rules *rules, const struct strv *env, struct str *result,
                 struct strv *words, struct error *err);

#endif
