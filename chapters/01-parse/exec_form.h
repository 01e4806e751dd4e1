/* The exec form: arguments written as a JSON array of strings, ["sh", "-c", "make"]. */
#ifndef GOCKER_EXEC_FORM_H
#define GOCKER_EXEC_FORM_H

#include "error.h"
#include "str.h"

#include <stdbool.h>

/* JSON can say "\u0000", a C string cannot hold it. These two bytes stand for it: they are no UTF-8, and what
 * exec_form_parse returns holds no other bytes that are none, so nothing else can look like them. */
#define NUL_STAND_IN "\xc0\x80"

/* Is TEXT, all of it, a JSON array of strings? Then *EXEC_FORM is true and ARGS has them appended. It is false
 * for anything that is no JSON array at all: `RUN [ -f x ] && make` is the shell form. Bytes that are no UTF-8
 * become U+FFFD. -1 with err for valid JSON with something else than strings in it: nobody means that. */
int exec_form_parse(const char *text, bool *exec_form, struct strv *args, struct error *err);

#endif
