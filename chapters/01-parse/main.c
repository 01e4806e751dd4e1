/* Chapter 1: what a Dockerfile says.  New in this chapter: parse, expand, words.
 *
 *     01-parse Dockerfile                   instructions, with their lines, flags and arguments
 *     01-parse expand '$A/b' A=/x           a word, with its variables replaced
 *     01-parse words '$A c' A='a b'         a text, with its variables replaced and then split
 *
 * Each row is a command; the first is the one that is meant when none is named. Later chapters add rows above
 * and keep these. */
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
