/* Patterns in ${x#pattern} and its kin: * is any text, ? any character (neither a newline), \ takes the
 * meaning away. There are no [brackets]. POSIX.1, Shell Command Language, 2.13, less those. */
#ifndef GOCKER_PATTERN_H
#define GOCKER_PATTERN_H

#include "error.h"

#include <stdbool.h>
#include <stddef.h>
#include <uchar.h>

/* Looking for a text in a text takes the product of their lengths. */
#define PATTERN_MAX_BYTES 4096

/* Characters of a text, or elements of a pattern. A byte that is no UTF-8 is a character of its own. */
struct characters {
    char32_t *items;
    size_t count;
};

struct characters characters_of(const char *text);
void characters_free(struct characters *characters); /* for _cleanup_(characters_free) */
void characters_reverse(struct characters *characters);

/* How many bytes the first COUNT characters of TEXT have. */
size_t characters_bytes(const char *text, size_t count);

/* Parse TEXT into PATTERN. -1 with err for a \ before anything but * ? \ / and }, and for one too long. */
int pattern_parse(const char *text, struct characters *pattern, struct error *err);

/* Does PATTERN match TEXT from character START on? Then *END is where the match ends: the first possible
 * place, or with LONGEST the last. *HOPELESS: no, and not from any later start either. */
bool pattern_match(const struct characters *pattern, const struct characters *text, size_t start,
                   bool longest, size_t *end, bool *hopeless);

#endif
