/* The commands of this chapter: 01-parse's own, and every later binary's. */
#ifndef GOCKER_PARSE_COMMANDS_H
#define GOCKER_PARSE_COMMANDS_H

#include "command.h"

/* parse [--format tree|json|dump] [FILE] */
int parse_command(const struct command *self, int argc, char **argv, struct error *err);
extern const struct option_spec parse_command_options[];

/* expand WORD [NAME=VALUE ...], words TEXT [NAME=VALUE ...] */
int expand_command(const struct command *self, int argc, char **argv, struct error *err);
int words_command(const struct command *self, int argc, char **argv, struct error *err);
extern const struct option_spec word_command_options[];

/* Rows for a table of commands. */
#define PARSE_COMMAND_ROW                                                                                    \
    {                                                                                                        \
        "parse", "[FILE]", "show what a Dockerfile says", parse_command_options, 1, parse_command            \
    }
#define WORD_COMMAND_ROWS                                                                                    \
    { "expand", "WORD [NAME=VALUE ...]", "replace the variables in a word", word_command_options,            \
      1,        expand_command },                                                                            \
    {                                                                                                        \
        "words", "TEXT [NAME=VALUE ...]", "the same, and split it into words", word_command_options, 1,      \
            words_command                                                                                    \
    }

#endif
