/* What the reference says of each instruction: how its arguments are written, and which flags it has. */
#ifndef GOCKER_KEYWORD_H
#define GOCKER_KEYWORD_H

#include "dockerfile.h"

/* How the arguments are written. */
enum argument_form {
    FORM_COMMAND,     /* a JSON array, or else the rest of the line for a shell: RUN */
    FORM_PATHS,       /* a JSON array, or else words between white space: COPY */
    FORM_WORDS,       /* words between white space: FROM */
    FORM_TEXT,        /* the rest of the line: WORKDIR */
    FORM_PAIRS,       /* name=value …, or the old form, name value: ENV */
    FORM_NAMES,       /* name or name=value …: ARG */
    FORM_HEALTHCHECK, /* NONE, or CMD and a command */
    FORM_INSTRUCTION, /* another instruction: ONBUILD */
    FORM_UNKNOWN,
};

enum flag_type {
    FLAG_TEXT,
    FLAG_TEXTS,    /* may be given several times */
    FLAG_BOOLEAN,  /* --link, --link=true, --link=false */
    FLAG_CHOICE,   /* one of the words in choices */
    FLAG_DURATION, /* 1m30s, as Go's time.ParseDuration reads it */
    FLAG_COUNT,    /* 0, 1, 2 … */
    FLAG_MOUNT,    /* type=cache,target=/x; may be given several times */
};

struct flag_spec {
    const char *name; /* without the dashes */
    enum flag_type type;
    const char *choices; /* between blanks */
    const char *fault;   /* what is wrong with any other */
};

struct keyword_spec {
    const char *name; /* "FROM" */
    enum argument_form form;
    const struct flag_spec *flags; /* ends with a NULL name */
};

/* KEYWORD's, also KEYWORD_UNKNOWN's. */
const struct keyword_spec *keyword_spec(enum keyword keyword);

/* The keyword NAME is in lower case, or KEYWORD_UNKNOWN. */
enum keyword keyword_find(const char *name);

/* Of CANDIDATES, which end with NULL, the one that WORD was probably meant to be, its case aside; NULL where
 * none is near. */
const char *nearest(const char *word, const char *const *candidates);

/* The names of all instructions, and of SPEC's flags, in the form that nearest takes. The caller frees the
 * array, not what is in it. */
const char **keyword_names(void);
const char **flag_names(const struct keyword_spec *spec);

#endif
