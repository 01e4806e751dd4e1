/* The command `run`: 04-chroot's own. */
#ifndef GOCKER_RUN_COMMAND_H
#define GOCKER_RUN_COMMAND_H

#include "command.h"
#include "container.h"
#include "error.h"

extern const struct option_spec run_command_options[];
#define RUN_COMMAND_USAGE "[CONTEXT] [-- ARG...]"

/* Assemble CONTEXT's Dockerfile and run its program as a container, isolated by every entry of ISOLATIONS, in a
 * process that LAUNCHER makes; afterwards its root filesystem is removed. A main.c wraps it, giving its chapter's
 * list, whose options and Dockerfile instructions it takes beside its own. Needs root. Returns the program's exit
 * status (exit_status in process.h), or -1 with err. */
int run_command(const struct command *self, int argc, char **argv, const struct isolation *const isolations[],
                const struct launcher *launcher, struct error *err);

#endif
