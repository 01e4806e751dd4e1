/* .dockerignore: what of the context COPY and ADD do not see. */
#ifndef GOCKER_DOCKERIGNORE_H
#define GOCKER_DOCKERIGNORE_H

#include "error.h"
#include "match.h"

#include <stdbool.h>
#include <stddef.h>

struct ignore_rule {
    char *pattern; /* cleaned, without the ! */
    struct ignore_pattern *compiled;
    bool exception;
    int line;
};

struct dockerignore {
    char *name; /* the file's, for messages; NULL where there is none, and nothing is ignored */
    struct ignore_rule *rules;
    size_t count;
    bool has_exceptions;
};

/* Parse TEXT, the file called NAME (the Dockerfile documentation, ".dockerignore files"): a pattern a line,
 * # at the start of a line is a comment, ! makes an exception. Returns 0, or -1 with err that gives the line
 * of a malformed pattern. */
int dockerignore_parse(const char *name, const char *text, struct dockerignore *ignore, struct error *err);

/* Read the file that belongs to DOCKERFILE ("-" or a path of the host's): DOCKERFILE.dockerignore beside it
 * where that exists, else .dockerignore in the directory CONTEXT_FD, called CONTEXT in messages; neither is
 * fine too. */
int dockerignore_read(int context_fd, const char *context, const char *dockerfile,
                      struct dockerignore *ignore, struct error *err);

/* The rule that decides over PATH (clean, relative to the context): the last one that matches it or a
 * directory it is in. NULL: none does. PATH is ignored when there is one and it is no exception. */
const struct ignore_rule *dockerignore_match(const struct dockerignore *ignore, const char *path);

void dockerignore_free(struct dockerignore *ignore);

#endif
