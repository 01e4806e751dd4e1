/* Variables, quotes and escapes in the words of an instruction (the Dockerfile reference, "Environment
 * replacement"). */
#ifndef GOCKER_WORD_H
#define GOCKER_WORD_H

#include "error.h"
#include "str.h"

/* WORD with its variables replaced by their values in ENV ("NAME=VALUE"), its quotes and escapes removed.
 * ESCAPE is \ or `. Returns the text (the caller frees it), or NULL with err: a bad substitution, an
 * unclosed brace, ${x:?message}. */
char *word_expand(const char *word, char escape, const struct strv *env, struct error *err);

/* The same, then split at unquoted white space, also of values: the words are appended to WORDS. */
int words_expand(const char *text, char escape, const struct strv *env, struct strv *words,
                 struct error *err);

#endif
