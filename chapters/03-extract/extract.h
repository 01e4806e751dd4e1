/* The command of this chapter: 03-extract's own, and every later binary's. */
#ifndef GOCKER_EXTRACT_H
#define GOCKER_EXTRACT_H

#include "command.h"

/* extract [--store DIR] [--max-bytes SIZE] [options of pull] REF DIR */
int extract_command(const struct command *self, int argc, char **argv, struct error *err);
extern const struct option_spec extract_command_options[];

/* A row for a table of commands. */
#define EXTRACT_COMMAND_ROW                                                                                  \
    {                                                                                                        \
        "extract", "REF DIR", "make a root filesystem out of an image's layers", extract_command_options, 1, \
            extract_command                                                                                  \
    }

#endif
