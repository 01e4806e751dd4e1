/* Chapter 2: an image is blobs named by digest.  New in this chapter: pull. */
#include "commands.h"
#include "pull.h"

static const struct command commands[] = {
    PULL_COMMAND_ROW,
    PARSE_COMMAND_ROW,
    WORD_COMMAND_ROWS,
    { 0 },
};

int main(int argc, char **argv)
{
    return command_main(commands, argc, argv);
}
