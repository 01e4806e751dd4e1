/* Telling the author of a Dockerfile. */
#include "diagnostic.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MAX_TEXT 400 /* bytes: what an editor or a terminal still shows of a line */

/* Put it in its place: diagnostics come nearly in the order of lines, but the end of an instruction may be
 * found wrong before its beginning. */
static void diagnose(struct dockerfile *file, int line, bool warning, const char *format, va_list args)
{
    char text[MAX_TEXT + 1];
    int length;
    struct diagnostic diagnostic = { .line = line, .warning = warning };
    size_t at;

    file->error_count += !warning;
    if (file->diagnostic_count > MAX_DIAGNOSTICS)
        return;
    if (file->diagnostic_count == MAX_DIAGNOSTICS)
        format = "there is more to say; only the first of it is shown";
    length = vsnprintf(text, sizeof text, format, args);
    if (length > MAX_TEXT) { /* cut, and not in the middle of a character */
        length = MAX_TEXT - 3;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
            length--;
        memcpy(text + length, "...", 4);
    }
    diagnostic.text = must_strdup(text);
    file->diagnostics =
        must_realloc(file->diagnostics, file->diagnostic_count + 1, sizeof *file->diagnostics);
    at = file->diagnostic_count++;
    for (; at > 0 && file->diagnostics[at - 1].line > line; at--)
        file->diagnostics[at] = file->diagnostics[at - 1];
    file->diagnostics[at] = diagnostic;
}

void diagnose_error(struct dockerfile *file, int line, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    diagnose(file, line, false, format, args);
    va_end(args);
}

void diagnose_warning(struct dockerfile *file, int line, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    diagnose(file, line, true, format, args);
    va_end(args);
}

void dockerfile_print_diagnostics(const struct dockerfile *file)
{
    for (size_t i = 0; i < file->diagnostic_count; i++) {
        const struct diagnostic *d = &file->diagnostics[i];
        _cleanup_free_ char *text =
            formatted("%s:%d: %s%s", file->name, d->line, d->warning ? "warning: " : "", d->text);

        print_escaped(text);
        putc('\n', stderr);
    }
}

int fail_at(struct error *err, const struct dockerfile *file, const struct instruction *instruction,
            const char *format, ...)
{
    va_list args;

    err->number = err->exit_status = 0;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    return fail_while(err, "%s:%d", file->name, instruction->first_line);
}
