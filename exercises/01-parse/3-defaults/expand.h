/* Variables in a word. */
#ifndef EXERCISE_EXPAND_H
#define EXERCISE_EXPAND_H

#include "error.h"
#include "str.h"

/* WORD with its variables replaced by their values in ENV ("NAME=VALUE"). Returns the text (the caller frees it), or
 * NULL with err: ${x:?word} without a value, an unknown modifier, a brace that is not closed. */
char *expand(const char *word, const struct strv *env, struct error *err);

#endif
