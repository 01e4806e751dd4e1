/* Memory, growing strings, and vectors of strings. */
#include "str.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static void *must(void *pointer)
{
    if (!pointer) {
        fputs("gocker: out of memory\n", stderr);
        abort();
    }
    return pointer;
}

void *must_calloc(size_t count, size_t size)
{
    return must(calloc(count ? count : 1, size));
}

void *must_realloc(void *pointer, size_t count, size_t size)
{
    return must(reallocarray(pointer, count ? count : 1, size));
}

char *must_strdup(const char *text)
{
    return must(strdup(text));
}

char *must_strndup(const char *text, size_t length)
{
    return must(strndup(text, length));
}

char *formatted(const char *format, ...)
{
    va_list args;
    char *text = NULL;

    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        text = NULL;
    va_end(args);
    return must(text);
}

bool starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool ends_with(const char *text, const char *suffix)
{
    size_t length = strlen(text), end = strlen(suffix);

    return length >= end && strcmp(text + length - end, suffix) == 0;
}

/* Room for MORE bytes and a NUL. Doubling keeps the total cost of n additions proportional to n. */
static void str_reserve(struct str *s, size_t more)
{
    size_t needed;

    if (__builtin_add_overflow(s->length, more, &needed) || __builtin_add_overflow(needed, 1, &needed))
        must(NULL);
    if (needed <= s->capacity)
        return;
    if (needed < SIZE_MAX / 2)
        needed = needed < 32 ? 64 : needed * 2;
    s->text = must_realloc(s->text, needed, 1);
    s->capacity = needed;
}

void str_add_bytes(struct str *s, const void *bytes, size_t length)
{
    str_reserve(s, length);
    if (length > 0)
        memcpy(s->text + s->length, bytes, length);
    s->length += length;
    s->text[s->length] = '\0';
}

void str_add(struct str *s, const char *text)
{
    str_add_bytes(s, text, strlen(text));
}

void str_add_char(struct str *s, char c)
{
    str_add_bytes(s, &c, 1);
}

void str_addf(struct str *s, const char *format, ...)
{
    va_list args;
    _cleanup_free_ char *text = NULL;

    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        text = NULL;
    va_end(args);
    str_add(s, must(text));
}

const char *str_text(const struct str *s)
{
    return s->text ? s->text : "";
}

char *str_take(struct str *s)
{
    char *text = s->text ? s->text : must_strdup("");

    *s = (struct str){ 0 };
    return text;
}

void str_free(struct str *s)
{
    free(s->text);
    *s = (struct str){ 0 };
}

void strv_add_owned(struct strv *v, char *text)
{
    /* The capacity is the next power of two: grow when count + the NULL reaches it. */
    if ((v->count & (v->count + 1)) == 0)
        v->items = must_realloc(v->items, (v->count + 1) * 2, sizeof *v->items);
    v->items[v->count++] = text;
    v->items[v->count] = NULL;
}

void strv_add(struct strv *v, const char *text)
{
    strv_add_owned(v, must_strdup(text));
}

void strv_add_all(struct strv *v, const struct strv *from)
{
    for (size_t i = 0; i < from->count; i++)
        strv_add(v, from->items[i]);
}

bool strv_has(const struct strv *v, const char *text)
{
    for (size_t i = 0; i < v->count; i++)
        if (strcmp(v->items[i], text) == 0)
            return true;
    return false;
}

void strv_free(struct strv *v)
{
    for (size_t i = 0; i < v->count; i++)
        free(v->items[i]);
    free(v->items);
    *v = (struct strv){ 0 };
}

/* The last "NAME=…" of ENV, or NULL: what a program that looks from the end would see, and what getenv
 * sees once env_set has seen to it that there is one only. */
static char **env_find(const struct strv *env, const char *name)
{
    size_t length = strlen(name);

    for (size_t i = env->count; i > 0; i--)
        if (strncmp(env->items[i - 1], name, length) == 0 && env->items[i - 1][length] == '=')
            return &env->items[i - 1];
    return NULL;
}

const char *env_get(const struct strv *env, const char *name)
{
    char **found = env_find(env, name);

    return found ? *found + strlen(name) + 1 : NULL;
}

void env_set(struct strv *env, const char *name, const char *value)
{
    char **found = env_find(env, name);
    char *entry = formatted("%s=%s", name, value);

    if (!found) {
        strv_add_owned(env, entry);
        return;
    }
    free(*found);
    *found = entry;
}
