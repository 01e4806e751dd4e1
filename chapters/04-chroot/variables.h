/* ARG and ENV: which variables an instruction sees (the Dockerfile reference, "Scope" of ARG). */
#ifndef GOCKER_VARIABLES_H
#define GOCKER_VARIABLES_H

#include "error.h"
#include "platform.h"
#include "str.h"

#include <stdbool.h>

struct variables {
    struct strv given; /* --build-arg, "NAME=VALUE" */
    struct strv
        global; /* ARGs before FROM and the builder's own: seen by FROM, and by an ARG that names them */
    struct strv args;     /* the stage's ARGs */
    struct strv env;      /* the container's environment so far: the base image's, then ENV's */
    struct strv declared; /* the names of all ARGs */
    bool in_stage;        /* a FROM was read */
    char escape;          /* the Dockerfile's */
};

/* Begin, with --build-arg's GIVEN ("NAME=VALUE", or "NAME" for the value in gocker's own environment) and the
 * platform to build for, which BUILDPLATFORM, TARGETARCH and their kin tell. */
void variables_begin(struct variables *v, char escape, const struct strv *given,
                     const struct platform *target);
void variables_free(struct variables *v); /* for _cleanup_(variables_free) */

/* WORD with its variables replaced: those of the FROM scope or the stage's, where ENV hides an ARG of the same
 * name. The caller frees it; NULL with err as word_expand. */
char *variables_expand(const struct variables *v, const char *word, struct error *err);

/* The same for the body of a heredoc (body_expand). */
char *variables_expand_body(const struct variables *v, const char *body, struct error *err);

/* One word of an ARG: "NAME" or "NAME=DEFAULT". */
int variables_declare(struct variables *v, const char *word, struct error *err);

/* Warn about each --build-arg that no ARG took; proxies excepted, which need none. */
void variables_warn_unused(const struct variables *v);

#endif
