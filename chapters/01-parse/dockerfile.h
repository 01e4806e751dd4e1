/* A Dockerfile as a list of instructions (the Dockerfile reference). */
#ifndef GOCKER_DOCKERFILE_H
#define GOCKER_DOCKERFILE_H

#include "error.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>

/* The 18 instructions, in the reference's order. */
enum keyword {
    KEYWORD_ADD,
    KEYWORD_ARG,
    KEYWORD_CMD,
    KEYWORD_COPY,
    KEYWORD_ENTRYPOINT,
    KEYWORD_ENV,
    KEYWORD_EXPOSE,
    KEYWORD_FROM,
    KEYWORD_HEALTHCHECK,
    KEYWORD_LABEL,
    KEYWORD_MAINTAINER,
    KEYWORD_ONBUILD,
    KEYWORD_RUN,
    KEYWORD_SHELL,
    KEYWORD_STOPSIGNAL,
    KEYWORD_USER,
    KEYWORD_VOLUME,
    KEYWORD_WORKDIR,
    KEYWORD_UNKNOWN, /* some other word: an error, but `dump` still shows it */
};

/* <<EOF … EOF below an ADD, COPY or RUN. */
struct heredoc {
    char *name;                /* "EOF", without quotes */
    char *body;                /* the lines between, each with its newline; tabs stripped already for <<- */
    bool expand;               /* false where the word was quoted: <<"EOF" */
    bool strip_tabs;           /* <<- */
    int descriptor;            /* 3 for 3<<EOF, which a shell would read it from; else 0 */
    int first_line, last_line; /* of the body and its end word */
};

struct instruction {
    enum keyword keyword;
    char *name;                /* the keyword as written */
    int first_line, last_line; /* counted from 1; heredocs included */
    char *source;              /* the logical line: continuations joined, comments gone */
    struct strv flags;         /* "--from=base", as written */
    struct strv args;          /* the arguments as the reference's parser splits them, unexpanded; for ENV
                                  and LABEL three a pair (name, value, "=" or "") */
    bool exec_form;            /* args come from a JSON array */
    struct heredoc *heredocs;
    size_t heredoc_count;
    struct instruction *onbuild; /* ONBUILD's instruction, or NULL; heredocs are the inner one's */
};

/* # syntax=docker/dockerfile:1 before everything else in the file. */
struct directive {
    int line;
    char *name; /* "syntax", "escape" or "check" */
    char *value;
};

/* Something to tell the author, tied to a line. */
struct diagnostic {
    int line;
    bool warning;
    char *text; /* without file and line */
};

struct dockerfile {
    char *name;  /* what diagnostics call it */
    char escape; /* \ or ` */
    struct directive *directives;
    size_t directive_count;
    struct instruction *instructions;
    size_t count;
    struct diagnostic *diagnostics; /* in the order of lines */
    size_t diagnostic_count;
    size_t error_count; /* of diagnostics that are no warnings */
};

/* Parse LENGTH bytes of TEXT and, with CHECK, look at each instruction on its own and in its stage as well
 * (arguments, flags, stage names). Everything found is in FILE->diagnostics; parsing goes on after an
 * error where it can. Returns 0, or -1 with err where a diagnostic is an error ("2 errors"), FILE filled
 * as far as it got. dockerfile_free frees it in either case. */
int dockerfile_parse(const char *name, const char *text, size_t length, bool check, struct dockerfile *file,
                     struct error *err);
void dockerfile_free(struct dockerfile *file);

/* Print FILE's diagnostics on standard error: "Dockerfile:3: unknown instruction …". */
void dockerfile_print_diagnostics(const struct dockerfile *file);

/* Read PATH ("-": standard input) of at most 4 MiB, parse it, print its diagnostics. err->text is empty
 * where all was said by the diagnostics (error_print then prints nothing). */
int dockerfile_read(const char *path, bool check, struct dockerfile *file, struct error *err);

/* The value of the flag --NAME, "" for a flag without one, NULL where INSTRUCTION has none. */
const char *instruction_flag(const struct instruction *instruction, const char *name);

/* The heredoc that ARG, a source of an ADD or COPY, stands for, or NULL where it is a path. */
const struct heredoc *instruction_heredoc(const struct instruction *instruction, const char *arg);

/* Add an instruction's diagnostic as others of the file's: "FILE:LINE: TEXT". Returns -1 with err. */
int fail_at(struct error *err, const struct dockerfile *file, const struct instruction *instruction,
            const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
