/* The place in an image that a path means. */
#ifndef GOCKER_TARGET_H
#define GOCKER_TARGET_H

#include "copy.h"
#include "error.h"

/* A directory entry that is no link: NAME of PARENT_FD. */
struct target {
    int parent_fd;
    char *name;
};

/* Find where a file called NAME is to go: into TO when that is a directory (or its author says so), else TO
 * itself, through any links there, also those that lead to nothing yet. Missing directories are made, with
 * OPTIONS' owner. target_free closes TARGET in either case. */
int target_find(const struct destination *to, const char *name, const struct copy_options *options,
                struct target *target, struct error *err);
void target_free(struct target *target); /* for _cleanup_(target_free); {.parent_fd = -1} is free */

#endif
