/* Memory, and strings that grow. Vectors of strings are in strv.c. */
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
