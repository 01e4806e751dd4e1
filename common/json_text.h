/* What the files of the JSON reader share among themselves: the text before it is a tree. */
#ifndef GOCKER_JSON_TEXT_H
#define GOCKER_JSON_TEXT_H

#include "error.h"

#include <stddef.h>
#include <sys/types.h>

/* The text being read, all of it. */
struct json_text {
    const char *bytes;
    size_t length;
};

/* Fill ERR with the place (AT: the byte's number, from 0; for people its line and column too) and FORMAT….
 * Returns -1 always. */
int json_fail(const struct json_text *text, size_t at, struct error *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The same, saying "expected WANTED, found …". */
int json_expected(const struct json_text *text, size_t at, struct error *err, const char *wanted);

/* Check what jsmn relies on, or takes too long over where it does not hold: the size, brackets that match
 * and nest at most JSON_MAX_DEPTH deep, strings that end and hold no control bytes, and nothing outside of
 * strings that no JSON text can hold. Returns 0, or -1 with err. */
int json_scan(const struct json_text *text, struct error *err);

/* Write the string between its quotes, bytes FROM to END of TEXT, to TO: escapes replaced, a NUL at the end.
 * The result is never longer than the source. Returns its length, or -1 with err for what RFC 8259 does not
 * allow (bytes that are not UTF-8, unknown escapes) and what C strings or UTF-8 cannot hold: \u0000 and
 * surrogates that are no pair. */
ssize_t json_decode_string(const struct json_text *text, size_t from, size_t end, char *to,
                           struct error *err);

/* How many bytes (1 to 4) the character at the start of TEXT takes, of which LENGTH > 0 bytes are there; 0
 * where it is not well-formed UTF-8: overlong, a surrogate, beyond U+10FFFF, cut short (the Unicode Standard,
 * table 3-7). */
size_t json_utf8_size(const char *text, size_t length);

#endif
