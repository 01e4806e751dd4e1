/* Chapter 2: an image is blobs named by digest.  New in this chapter: pull.
 *
 * The first row is what the program does when no command is named: `02-pull busybox` is
 * `02-pull pull busybox`. The commands of chapter 1 are there by name. */
#include "commands.h"
#include "pull.h"

static const struct command commands[] = {
    /* new */
    PULL_COMMAND_ROW,
    /* chapter 1's */
    PARSE_COMMAND_ROW,
    WORD_COMMAND_ROWS,
    { 0 },
};

int main(int argc, char **argv)
{
    return command_main(commands, argc, argv);
}
