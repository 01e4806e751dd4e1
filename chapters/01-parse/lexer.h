/* The state of expanding one text: word.c reads quotes and escapes, substitution.c what follows a $. */
#ifndef GOCKER_LEXER_H
#define GOCKER_LEXER_H

#include "utf8.h"
#include "word.h"

struct lexer {
    const char *at; /* what comes next */
    const struct word_rules *rules;
    const struct strv *env;
    bool keep_escapes; /* rules' own, or another inside a ${} */
    int depth;         /* of ${} in ${} */
    locale_t utf8;
};

struct words;

/* Expand up to the character STOP, which is taken too, or to the end where it is 0, into RESULT. Words are
 * split into WORDS where it is not NULL. -1 with err where STOP does not come. */
int lex_until(struct lexer *l, char stop, struct str *result, struct words *words, struct error *err);

/* Expand what begins with the $ at l->at, and append it to RESULT. -1 with err where it is no substitution, its
 * ? refuses, or RESULT would have more than WORD_MAX_BYTES. */
int lex_dollar(struct lexer *l, struct str *result, struct error *err);

#endif
