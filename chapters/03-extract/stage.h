/* Where a root filesystem is built before it is whole, so that a failure leaves its place as it was. */
#ifndef GOCKER_STAGE_H
#define GOCKER_STAGE_H

#include "error.h"

#include <stdbool.h>
#include <sys/stat.h>

struct stage {
    int root_fd;        /* the directory to fill; its mode is 0700 until it is whole */
    int parent_fd;      /* of the directory that holds both names below; -1 when built in place */
    char *temporary;    /* a name beside its place; NULL when built in place */
    char *name;         /* its place */
    struct stat before; /* built in place: what the directory was like */
    bool committed;
};

/* Can PATH become a root filesystem: absent, in a directory that is there, or an empty directory? 0, or -1
 * with err that says what to do. */
int stage_check(const char *path, struct error *err);

/* Prepare a place for PATH. Absent, it is built in a directory beside it and moved there by stage_commit with
 * rename(2), so that PATH is there whole or not at all. An empty directory is filled in place: it may be a
 * mount point, or the only directory its owner may write to. */
int stage_begin(const char *path, struct stage *stage, struct error *err);

/* The root is whole: put it in its place. Nothing is fsynced: a root filesystem can be made again from the
 * store, and 15,000 fsyncs take longer than that. */
int stage_commit(struct stage *stage, struct error *err);

/* Undo what was not committed, and free all; for _cleanup_(stage_end). {.root_fd = -1, .parent_fd = -1} is
 * ended. */
void stage_end(struct stage *stage);

#endif
