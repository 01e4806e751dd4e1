/* Chapter 1: what a Dockerfile says.  New in this chapter: parse, expand, words. */
#include "commands.h"

static const struct command commands[] = {
    PARSE_COMMAND_ROW,
    WORD_COMMAND_ROWS,
    { 0 },
};

int main(int argc, char **argv)
{
    return command_main(commands, argc, argv);
}
