/* The context: the directory that COPY and ADD take their files from, without what .dockerignore hides.
 *
 * It may hold links, and need not be trusted more than an image (somebody's repository, say). So links are
 * followed as if the context were the root directory: none leads to another file of the host's. */
#ifndef GOCKER_CONTEXT_H
#define GOCKER_CONTEXT_H

#include "dockerignore.h"
#include "error.h"
#include "str.h"

#include <sys/stat.h>

struct context {
    char *name; /* as the user wrote it */
    int fd;
    struct dockerignore ignore;
};

/* Open the directory PATH; DOCKERFILE says which .dockerignore is its (dockerignore_read). context_close frees
 * it in either case. */
int context_open(const char *path, const char *dockerfile, struct context *context, struct error *err);
void context_close(struct context *context); /* for _cleanup_(context_close); {.fd = -1} is closed */

/* Something in the context that a source names. */
struct source {
    char *name; /* of the file it becomes in a directory: a link's own, not its target's */
    char *path; /* relative to the context, clean, free of links; "." for the context itself */
    struct stat file;
};

/* Append to PATHS what SOURCE, an argument of COPY, names: paths relative to the context, sorted. .. does not
 * lead out of the context. A source without wildcards must be there: -1 with err where it is not. Wildcards
 * (match_path, each component on its own) may find nothing; *HIDDEN_BY is then the rule that hid what they
 * would have found, or NULL. */
int context_find(const struct context *context, const char *source, struct strv *paths,
                 const struct ignore_rule **hidden_by, struct error *err);

/* Look at PATH, found by context_find, following links. -1 with err where it is a link that leads nowhere, or
 * to something hidden. source_free frees SOURCE in either case. */
int context_source(const struct context *context, const char *path, struct source *source, struct error *err);
void source_free(struct source *source);

/* The rule that hides PATH, or NULL. A directory with an exception somewhere may hold a file that is not
 * hidden, so it is not hidden itself. */
const struct ignore_rule *context_hides(const struct context *context, const char *path, bool is_directory);

#endif
