/* The root filesystem while layers are applied to it: the way to an entry's directory, and which files the
 * layer at hand brought itself. */
#ifndef GOCKER_TREE_H
#define GOCKER_TREE_H

#include "error.h"
#include "number_set.h"
#include "str.h"

#include <stdbool.h>
#include <sys/stat.h>

struct tree {
    int root_fd;            /* the caller's */
    uint64_t *entries_left; /* the caller's: how many directories may be made on the way; NULL: any number */

    /* Entries come a directory at a time, so the last one's directory stays open. */
    int parent_fd;
    struct str parent;

    /* What this layer brought, so that a whiteout spares it: inodes, and with each its directory and all
     * above. An inode number cannot mislead: one that is freed and used again is this layer's again. */
    struct number_set ours;
    struct number_set swept;     /* directories that hold nothing any more but what is ours */
    struct number_set our_links; /* names this layer gave to files of lower layers: name_number() */
    uint64_t seed;
};

/* Begin a layer on the root ROOT_FD; tree_end frees what it held. */
int tree_begin(struct tree *tree, int root_fd, struct error *err);
void tree_end(struct tree *tree); /* for _cleanup_(tree_end); {.parent_fd = -1} is ended */

/* The directory of the clean PATH, links of the image followed inside the root, made where it is not there
 * (mode 0755); it is this layer's now. Returns an O_PATH descriptor, the tree's until the next call, or -1. */
int tree_parent(struct tree *tree, const char *path, struct error *err);

/* Note that what STAT describes came with this layer. */
void tree_add(struct tree *tree, const struct stat *stat);

/* Note that NAME in PARENT_FD is this layer's further name of the file that STAT describes. */
int tree_add_link(struct tree *tree, int parent_fd, const char *name, const struct stat *stat,
                  struct error *err);

/* Did NAME of PARENT_FD, which STAT describes, come with this layer? 1, 0, or -1 with err. */
int tree_has(const struct tree *tree, int parent_fd, const char *name, const struct stat *stat,
             struct error *err);

/* Remove NAME of PARENT_FD and all in it, if it is there. */
int tree_remove(struct tree *tree, int parent_fd, const char *name, struct error *err);

#endif
