/* UTF-8 text, a character at a time, and what Unicode says of a character.
 *
 * Texts are C strings: they end with a NUL, and a Dockerfile that holds one is refused before it gets here. */
#ifndef GOCKER_UTF8_H
#define GOCKER_UTF8_H

#include "str.h"

#include <locale.h>
#include <stdbool.h>
#include <stddef.h>
#include <uchar.h>

#define REPLACEMENT_CHARACTER 0xFFFD /* stands for what is no UTF-8 */

/* The character at TEXT, which is not at its end. Returns how many bytes it takes: 1 to 4. A byte that
 * begins no valid sequence (RFC 3629: overlong forms and surrogates are none) is 1 byte long and
 * REPLACEMENT_CHARACTER. */
size_t utf8_decode(const char *text, char32_t *character);

/* Append CHARACTER to S. */
void utf8_add(struct str *s, char32_t character);

/* Unicode's White_Space: what separates words in a Dockerfile, the no-break space included. */
bool is_white_space(char32_t character);

/* The first character of TEXT that is none, or its end. */
const char *utf8_skip_space(const char *text);

/* TEXT without white space at both ends: a pointer to its first character, and *LENGTH bytes. */
const char *utf8_trim(const char *text, size_t *length);

/* The C library's knowledge of Unicode, without changing the process's own locale. (locale_t)0 where the
 * C library has no C.UTF-8 (glibc before 2.35 without Debian's patch): then nothing beyond ASCII is lower-
 * cased, and all of it counts as letters that print. */
locale_t utf8_locale(void);
void utf8_locale_free(locale_t *locale); /* for _cleanup_(utf8_locale_free) */

bool is_letter_or_digit(char32_t character, locale_t utf8);
bool is_printable(char32_t character, locale_t utf8);

/* A copy of TEXT in lower case, with REPLACEMENT_CHARACTER for bytes that are no UTF-8. */
char *utf8_lower(const char *text, locale_t utf8);

/* Append TEXT in double quotes with Go's escapes (strconv.Quote): \n, \x07, \u200b, \xff for a byte that is
 * no UTF-8. With NULS, the two bytes that stand for a NUL (exec_form.h) are printed as what they stand for. */
void utf8_add_quoted(struct str *s, const char *text, bool nuls, locale_t utf8);

#endif
