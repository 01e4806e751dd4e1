/* Chapter 3: layers become a root filesystem.  New in this chapter: extract.
 *
 * Each layer is a tar of what changed: added and changed files as they are, removed ones as whiteouts. Applied
 * in order, one over the other, they give the root filesystem that a container starts in. */
#include "commands.h"
#include "extract.h"
#include "pull.h"

/* The first is meant when the command line names none. */
static const struct command commands[] = {
    EXTRACT_COMMAND_ROW, /* extract REF DIR */
    PULL_COMMAND_ROW,    /* pull REF */
    PARSE_COMMAND_ROW,   /* parse [FILE] */
    WORD_COMMAND_ROWS,   /* expand WORD, words TEXT */
    { 0 },
};

int main(int argc, char **argv)
{
    return command_main(commands, argc, argv);
}
