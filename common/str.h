/* Memory, growing strings, and vectors of strings.
 *
 * Small allocations do not fail here: when there is no memory left they say so and abort, the one place
 * below main that ends the program. Whatever a registry or an image can make large has a limit of its own
 * before it is allocated. */
#ifndef GOCKER_STR_H
#define GOCKER_STR_H

#include "cleanup.h"

#include <stdbool.h>
#include <stddef.h>

/* COUNT zeroed elements of SIZE bytes. Never NULL; aborts when memory runs out or the product overflows. */
void *must_calloc(size_t count, size_t size);

/* POINTER resized to COUNT elements of SIZE bytes; the new part is not zeroed. Never NULL. */
void *must_realloc(void *pointer, size_t count, size_t size);

/* A copy of TEXT, or of its first LENGTH bytes. Never NULL; the caller frees it. */
char *must_strdup(const char *text);
char *must_strndup(const char *text, size_t length);

/* sprintf into memory of the right size. Never NULL; the caller frees it. */
char *formatted(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* True when TEXT begins (ends) with the other string. */
bool starts_with(const char *text, const char *prefix);
bool ends_with(const char *text, const char *suffix);

/* A string that grows. {0} is an empty one; text is NULL until something was added, then always ends
 * with a NUL that length does not count, so that bytes with NULs inside can be held too. */
struct str {
    char *text;
    size_t length;   /* bytes */
    size_t capacity; /* bytes, the NUL included */
};

void str_add(struct str *s, const char *text);
void str_add_bytes(struct str *s, const void *bytes, size_t length);
void str_add_char(struct str *s, char c);
void str_addf(struct str *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The text, "" where nothing was added. Stays s's. */
const char *str_text(const struct str *s);

/* Give the text away (never NULL; the caller frees it); S is empty afterwards. */
char *str_take(struct str *s);

/* Empty S and free its memory. */
void str_free(struct str *s);
#define _cleanup_str_ _cleanup_(str_free)

/* A vector of strings, each the vector's own. {0} is an empty one. When not empty, items[count] is NULL,
 * as execve wants it. */
struct strv {
    char **items;
    size_t count;
};

/* Append a copy of TEXT (strv_add) or TEXT itself, which becomes V's (strv_add_owned). */
void strv_add(struct strv *v, const char *text);
void strv_add_owned(struct strv *v, char *text);

/* Append copies of all of FROM's strings. */
void strv_add_all(struct strv *v, const struct strv *from);

/* Is TEXT one of V's strings? */
bool strv_has(const struct strv *v, const char *text);

void strv_free(struct strv *v);
#define _cleanup_strv_ _cleanup_(strv_free)

/* ENV holds "NAME=VALUE" strings (environ(7)). env_get returns the value (ENV's) of the last string for
 * NAME, or NULL. env_set replaces in place or appends, so the order of first setting is kept. */
const char *env_get(const struct strv *env, const char *name);
void env_set(struct strv *env, const char *name, const char *value);

#endif
