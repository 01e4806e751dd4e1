/* Errors that say what was being done when they happened. */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* strerror_r in its GNU form returns a pointer and never fails. */
static void describe(struct error *err, int number, const char *format, va_list args)
{
    size_t used;
    char buffer[128];

    err->number = number;
    vsnprintf(err->text, sizeof err->text, format, args);
    if (number != 0) {
        used = strlen(err->text);
        snprintf(err->text + used, sizeof err->text - used, ": %s",
                 strerror_r(number, buffer, sizeof buffer));
    }
}

int fail(struct error *err, int number, const char *format, ...)
{
    va_list args;

    err->exit_status = 0;
    va_start(args, format);
    describe(err, number, format, args);
    va_end(args);
    return -1;
}

int fail_exit(struct error *err, int exit_status, int number, const char *format, ...)
{
    va_list args;

    err->exit_status = exit_status;
    va_start(args, format);
    describe(err, number, format, args);
    va_end(args);
    return -1;
}

int fail_while(struct error *err, const char *format, ...)
{
    char before[sizeof err->text];
    size_t used;
    va_list args;

    memcpy(before, err->text, sizeof before);
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    used = strlen(err->text);
    snprintf(err->text + used, sizeof err->text - used, ": %.*s", (int)sizeof before - 1, before);
    return -1;
}

void print_escaped(const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;

        if (byte < 0x20 || byte == 0x7f)
            fprintf(stderr, "\\x%02x", byte);
        else
            putc(byte, stderr);
    }
}

void error_print(const struct error *err)
{
    if (err->text[0] == '\0')
        return;
    fputs("gocker: ", stderr);
    print_escaped(err->text);
    putc('\n', stderr);
}

void warn(const char *format, ...)
{
    struct error text;
    va_list args;

    va_start(args, format);
    vsnprintf(text.text, sizeof text.text, format, args);
    va_end(args);
    fputs("gocker: warning: ", stderr);
    print_escaped(text.text);
    putc('\n', stderr);
}
