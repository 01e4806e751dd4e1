/* The parts of the parser: a file becomes lines, lines become instructions, an instruction's text its
 * arguments. */
#ifndef GOCKER_PARSE_H
#define GOCKER_PARSE_H

#include "dockerfile.h"
#include "utf8.h"

#define MAX_LINE_BYTES    65536 /* without the end of the line; BuildKit's limit is one less */
#define MAX_ONBUILD_DEPTH 32    /* more than one is refused anyhow, but by the checks */

struct parser {
    struct dockerfile *file;
    const char *rest, *end; /* what is not read yet */
    int line;               /* of what was read last */
    bool directives_done;   /* they come first or not at all */
    locale_t utf8;
};

/* A part of the file's text, which does not end with a NUL. */
struct slice {
    const char *text;
    size_t length;
};

/* The next line, its end included. False at the end of the file. Lines that are too long are reported and
 * left out. */
bool read_line(struct parser *parser, struct slice *line);

/* LINE without its end: any number of \r and \n. */
struct slice without_line_end(struct slice line);

/* The next instruction: one line, or several that the escape character at the end of each joins; directives
 * and comments are seen to on the way. *FIRST_LINE is where it begins. False at the end of the file. */
bool read_logical_line(struct parser *parser, struct str *joined, int *first_line);

/* When LINE is a parser directive (`# escape=...`) at its place, take note of it. */
void read_directive(struct parser *parser, struct slice line);

/* Parse the logical line SOURCE into INSTRUCTION, its heredocs' bodies aside. -1 with err where its arguments
 * break the syntax. DEPTH is 0, and more below ONBUILD. */
int parse_instruction(struct parser *parser, const char *source, int depth, struct instruction *instruction,
                      struct error *err);

/* Split TEXT behind the keyword into flags, and return the rest: words that begin with -- up to the first one
 * that does not, or to -- itself. Quotes and ESCAPE are removed from them. */
const char *take_flags(const char *text, char escape, struct strv *flags);

/* Split TEXT, behind the flags, into INSTRUCTION's args as its keyword has them. */
int parse_arguments(struct parser *parser, const char *text, int depth, struct instruction *instruction,
                    struct error *err);

/* TEXT's words between white space, quotes and escapes in them kept; ESCAPE takes white space's meaning away. */
void quoted_words(const char *text, char escape, struct strv *words);

void instruction_free(struct instruction *instruction);

#endif
