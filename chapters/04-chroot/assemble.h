/* A Dockerfile becomes a root filesystem and the description of a container. */
#ifndef GOCKER_ASSEMBLE_H
#define GOCKER_ASSEMBLE_H

#include "container.h"
#include "context.h"
#include "dockerfile.h"
#include "error.h"
#include "pull.h"
#include "str.h"

struct assemble_options {
    struct pull_options pull;
    struct strv build_args; /* --build-arg: "NAME=VALUE", or "NAME" */
    struct strv args;       /* behind --: they replace CMD */
};

/* Carry out FILE, which dockerfile_supported has found good: pull the base image, apply its layers at PATH (which
 * is not there yet), carry out the instructions in order, and describe in C what is to run there: root.path,
 * process.args (ENTRYPOINT, then ARGS or else CMD), env, cwd and user. Nothing of gocker's own environment gets
 * into env, but for TERM=xterm when a terminal is in front. Returns 0, or -1 with err. */
int assemble(const struct dockerfile *file, const struct context *context,
             const struct assemble_options *options, const char *path, struct container *c,
             struct error *err);

#endif
