/* JSON: a tree to read, a writer that cannot forget a comma.
 *
 * jsmn finds the tokens; json_parse checks all that it lets pass (RFC 8259): the grammar between tokens,
 * escapes, UTF-8, numbers, control bytes, duplicate names, and sizes before anything is allocated. */
#ifndef GOCKER_JSON_H
#define GOCKER_JSON_H

#include "error.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_MAX_BYTES  ((size_t)4 * 1024 * 1024)
#define JSON_MAX_DEPTH  64
#define JSON_MAX_VALUES (256 * 1024) /* and names; [[],[],… would take 40 times its size in memory */

enum json_type { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
    enum json_type type;
    char *name;   /* its name, where it is a member of an object, else NULL */
    char *text;   /* a string's characters, unescaped, or a number's or bool's as written; else NULL */
    size_t count; /* members or elements */
    struct json *first, *next;
};

/* Parse LENGTH bytes of TEXT. Returns the tree (json_free frees it, with all below), or NULL with err: at
 * which byte, and what is wrong. A string with a NUL in it (\u0000) is refused: nothing here may hold one. */
struct json *json_parse(const char *text, size_t length, struct error *err);
void json_free(struct json **root); /* for _cleanup_json_ */
#define _cleanup_json_ _cleanup_(json_free)

/* The member NAME of OBJECT; NULL where there is none, or OBJECT is NULL or no object, so that calls nest:
 * json_string(json_get(json_get(root, "config"), "User")). */
const struct json *json_get(const struct json *object, const char *name);

/* The text of a string, or NULL where VALUE is NULL or no string. */
const char *json_string(const struct json *value);

/* Put the number into *NUMBER. False where VALUE is NULL, no number, no whole number or out of range. */
bool json_int(const struct json *value, int64_t *number);

/* True for the literal true, false for everything else. */
bool json_true(const struct json *value);

/* Append the strings of ARRAY to STRINGS. False (nothing appended) where it holds anything else; a NULL or
 * null ARRAY is an empty one, as Go writes it. */
bool json_strings(const struct json *array, struct strv *strings);

/* A writer. {0} is ready; the text is in out. NAME is NULL for elements of an array and the root. Text
 * that is not UTF-8 is written with U+FFFD for each offending byte. */
struct json_writer {
    struct str out;
    bool pretty;   /* set first: a line a value, two spaces a level */
    bool nonempty; /* the open object or array holds something already */
    int depth;
    char closers[2 * JSON_MAX_DEPTH]; /* a value of full depth can be added at any depth of ours */
};

void json_open_object(struct json_writer *w, const char *name);
void json_open_array(struct json_writer *w, const char *name);
void json_close(struct json_writer *w); /* the innermost of the two */
void json_add_string(struct json_writer *w, const char *name, const char *text);
void json_add_int(struct json_writer *w, const char *name, int64_t number);
void json_add_bool(struct json_writer *w, const char *name, bool value);
void json_add_strings(struct json_writer *w, const char *name, const struct strv *strings);
void json_add_value(struct json_writer *w, const char *name,
                    const struct json *value); /* a copy, all of it */

#endif
