/* The instructions between FROM and the program: each changes the root filesystem or the configuration. */
#ifndef GOCKER_STEPS_H
#define GOCKER_STEPS_H

#include "context.h"
#include "dockerfile.h"
#include "error.h"
#include "str.h"
#include "variables.h"

#include <stdbool.h>

/* What has come together so far. */
struct assembly {
    const struct dockerfile *file;
    const struct context *context;
    struct variables variables;
    int root_fd;       /* the root filesystem */
    char *workdir;     /* absolute, clean */
    char *user;        /* USER's words; "" is root */
    int user_line;     /* where this Dockerfile says so; 0: its base image does */
    struct strv shell; /* what the shell form is given to */
    struct strv entrypoint, cmd;
    struct strv volumes; /* absolute paths */
    bool cmd_set;        /* by this Dockerfile, not by the base image */
};

/* Carry out INSTRUCTION, which is not FROM. Returns 0, or -1 with err: "FILE:LINE: WORKDIR: …". */
int step(struct assembly *a, const struct instruction *instruction, struct error *err);

/* COPY and ADD, for step(). */
int step_copy(struct assembly *a, const struct instruction *instruction, struct error *err);

#endif
