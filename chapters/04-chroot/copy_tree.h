/* The contents of a directory, copied into another. */
#ifndef GOCKER_COPY_TREE_H
#define GOCKER_COPY_TREE_H

#include "context.h"
#include "entry.h"
#include "error.h"

/* Copy what is in the directory PATH of CONTEXT (free of links), without what .dockerignore hides, into TO_FD.
 * Directories merge; a file replaces a file. Links are copied as they are, hard links stay linked with each
 * other. A directory below PATH is given its metadata after its contents. ROOT_FD is the image's root: meeting
 * it in the context is an error, since the copy would never end. *COPIED is how many entries were copied. */
int copy_tree(const struct context *context, const char *path, int root_fd, int to_fd,
              const struct copy_options *options, size_t *copied, struct error *err);

#endif
