/* COPY's copying: from the context into a root filesystem, as BuildKit does it. */
#ifndef GOCKER_COPY_H
#define GOCKER_COPY_H

#include "context.h"
#include "entry.h"
#include "error.h"

#include <stdbool.h>

/* Where to. Links on the way are the image's own: they are followed as after chroot, so none leads out. */
struct destination {
    int root_fd;
    const char *path;  /* absolute, clean */
    bool is_directory; /* the author wrote a / at the end */
};

/* Copy PATH of CONTEXT (found by context_find) to TO. Of a directory, the contents are copied, merged with what
 * is there; a file goes into a directory under its own name, else becomes TO itself. Directories that are
 * missing are made with mode 0755 and the owner of OPTIONS; those that come from the context below PATH get
 * its metadata, also where they were there already. Returns 0, or -1 with err: a directory in a file's place or
 * the reverse, a hidden or missing source. */
int copy_source(const struct context *context, const char *path, const struct destination *to,
                const struct copy_options *options, struct error *err);

/* Make a file NAME with BODY there: what a heredoc becomes. Mode 0644. */
int copy_heredoc(const char *name, const char *body, const struct destination *to,
                 const struct copy_options *options, struct error *err);

#endif
