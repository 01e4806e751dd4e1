/* Errors that say what was being done when they happened. */
#include "error.h"
#include "str.h"

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

/* How many bytes the control character at TEXT takes; 0 where there is none. Those of ASCII take one, U+0080
 * to U+009F two (C2 80 to C2 9F): xterm takes U+009B for ESC [. */
static int control_size(const char *text)
{
    unsigned char first = (unsigned char)text[0], second;

    if (first < 0x20 || first == 0x7f)
        return 1;
    second = first == 0xc2 ? (unsigned char)text[1] : 0;
    return second >= 0x80 && second <= 0x9f ? 2 : 0;
}

/* Print BEFORE, TEXT escaped, and AFTER, in one write: a container may be printing at the same time. */
static void print_between(const char *before, const char *text, const char *after)
{
    _cleanup_str_ struct str line = { 0 };

    str_add(&line, before);
    while (*text != '\0') {
        int control = control_size(text);

        if (control == 0)
            str_add_char(&line, *text++);
        for (; control > 0; control--)
            str_addf(&line, "\\x%02x", (unsigned char)*text++);
    }
    str_add(&line, after);
    fwrite(line.text, 1, line.length, stderr);
}

void print_escaped(const char *text)
{
    print_between("", text, "");
}

void error_print(const struct error *err)
{
    if (err->text[0] == '\0')
        return;
    print_between("gocker: ", err->text, "\n");
}

void warn(const char *format, ...)
{
    struct error text;
    va_list args;

    va_start(args, format);
    vsnprintf(text.text, sizeof text.text, format, args);
    va_end(args);
    print_between("gocker: warning: ", text.text, "\n");
}
