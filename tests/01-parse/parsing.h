/* What the parser's tests share: a Dockerfile in, its dump or its diagnostics out. */
#ifndef GOCKER_PARSING_H
#define GOCKER_PARSING_H

#include "dockerfile.h"
#include "print.h"
#include "testing.h"

#include <stdio.h>
#include <string.h>

/* The dump of TEXT, or "error". The caller frees it. */
static inline char *dump_of(const char *text, size_t length)
{
    _cleanup_(dockerfile_free) struct dockerfile file;
    struct error err;
    char *dump = NULL;
    size_t dump_length;
    FILE *out;

    if (dockerfile_parse("Dockerfile", text, length, false, &file, &err) < 0)
        return must_strdup("error");
    out = open_memstream(&dump, &dump_length);
    ck_assert_msg(out != NULL, "a stream in memory");
    print_dump(&file, out);
    fclose(out);
    return dump;
}

#define check_dump(text, wanted) check_dump_of(text, strlen(text), wanted)
static inline void check_dump_of(const char *text, size_t length, const char *wanted)
{
    _cleanup_free_ char *got = dump_of(text, length);

    ck_assert_msg(strcmp(got, wanted) == 0, "of:\n%s\nwanted:\n%s\ngot:\n%s", text, wanted, got);
}

/* A line for each of TEXT's diagnostics: "2: text", "3: warning: text". The caller frees it. */
static inline char *diagnostics_of(const char *text, bool check)
{
    _cleanup_(dockerfile_free) struct dockerfile file;
    struct error err;
    struct str lines = { 0 };
    int outcome = dockerfile_parse("Dockerfile", text, strlen(text), check, &file, &err);

    for (size_t i = 0; i < file.diagnostic_count; i++)
        str_addf(&lines, "%d: %s%s\n", file.diagnostics[i].line,
                 file.diagnostics[i].warning ? "warning: " : "", file.diagnostics[i].text);
    ck_assert_msg((outcome < 0) == (file.error_count > 0), "an error is reported, or none, in both ways");
    return str_take(&lines);
}

/* TEXT has one diagnostic, an error, and that is WANTED ("2: text"). */
static inline void check_error(const char *text, const char *wanted)
{
    _cleanup_free_ char *got = diagnostics_of(text, true);
    _cleanup_free_ char *line = formatted("%s\n", wanted);

    ck_assert_msg(strcmp(got, line) == 0, "of:\n%s\nwanted:\n%s\ngot:\n%s", text, line, got);
}

static inline void check_no_diagnostics(const char *text)
{
    _cleanup_free_ char *got = diagnostics_of(text, true);

    ck_assert_msg(*got == '\0', "of:\n%s\nwanted nothing, got:\n%s", text, got);
}

#endif
