/* Chapter 4: the first container.  New in this chapter: isolate_chroot, fork_launcher. */
#include "chroot.h"
#include "commands.h"
#include "extract.h"
#include "process.h"
#include "pull.h"
#include "run_command.h"

static const struct isolation *const isolations[] = {
    &isolate_chroot, /* chapter 4 */
    NULL,
};

static int run(const struct command *self, int argc, char **argv, struct error *err)
{
    return run_command(self, argc, argv, isolations, &fork_launcher, err);
}

/* The first is meant when the command line names none. */
static const struct command commands[] = {
    { "run", RUN_COMMAND_USAGE, "run what a Dockerfile describes", run_command_options, EXIT_GOCKER_FAILED,
      run },
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
