/* Where a root filesystem is built until it is whole, so that a failure leaves its place as it was. */
#ifndef GOCKER_STAGE_H
#define GOCKER_STAGE_H

#include "error.h"

#include <stdbool.h>
#include <sys/stat.h>
#include <time.h>

/* PATH is absent: the root is built beside it, BASE/.gocker-extract-X/ROOT, and renamed to BASE/NAME.
 * PATH is an empty directory: it is built inside, PATH/.gocker-extract-X/ROOT, and its files are moved up; PATH
 * itself stays, because it may be a mount point, or the only directory its owner may write to. */
struct stage {
    int root_fd;        /* the directory to fill */
    int base_fd;        /* of the directory that holds the workshop */
    int workshop_fd;    /* .gocker-extract-X: nobody else may enter, and it is locked while somebody works */
    char *workshop;     /* its name */
    char *name;         /* PATH's name in BASE, or NULL where BASE is PATH */
    struct stat before; /* of PATH, where it was there */
    enum { STAGE_BUILDING, STAGE_PLACED, STAGE_COMMITTED } state;
};

/* Can PATH become a root filesystem: absent, in a directory that is there, or an empty directory? 0, or -1
 * with err that says what to do. */
int stage_check(const char *path, struct error *err);

/* Make a workshop for PATH, after removing those that a killed gocker left. */
int stage_begin(const char *path, struct stage *stage, struct error *err);

/* All layers are applied. An ordinary user can move only directories that they can write to, so files are moved
 * up before the final modes are set; root_fd is PATH from now on where PATH was there. */
int stage_settle(struct stage *stage, struct error *err);

/* The root is whole: put it in its place, and give it MODE and TIMES. Nothing is fsynced: a root filesystem
 * can be made again from the store, and 15,000 fsyncs take longer than that. */
int stage_commit(struct stage *stage, mode_t mode, const struct timespec times[2], struct error *err);

/* Undo what was not committed, and free all; for _cleanup_(stage_end). STAGE_NONE is ended. */
void stage_end(struct stage *stage);
#define STAGE_NONE                                                                                           \
    {                                                                                                        \
        .root_fd = -1, .base_fd = -1, .workshop_fd = -1                                                      \
    }

#endif
