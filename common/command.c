/* The command line: which command is meant, and what becomes of its result. */
#include "command.h"
#include "process.h"
#include "version.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

static const struct command *find(const struct command *commands, const char *name)
{
    for (; commands->name; commands++)
        if (strcmp(commands->name, name) == 0)
            return commands;
    return NULL;
}

static void print_overview(const struct command *commands, const char *program)
{
    const char *slash = strrchr(program, '/');
    const char *name = slash ? slash + 1 : program;

    printf("usage: %s [COMMAND] [OPTION...] [ARGUMENT...]\n\n", name);
    for (const struct command *c = commands; c->name; c++)
        printf("  %-10s %s\n", c->name, c->summary);
    printf("\nWithout a command, %s is meant. `%s COMMAND --help` shows a command's options, `%s --version` "
           "which gocker this is.\n",
           commands->name, name, name);
}

/* Answer `--help`, `help` and `--version`, which are no command's. False where WORD is none of them. */
static bool answer_about_program(const struct command *commands, const char *program, const char *word)
{
    if (strcmp(word, "--help") == 0 || strcmp(word, "help") == 0)
        print_overview(commands, program);
    else if (strcmp(word, "--version") == 0)
        puts("gocker " GOCKER_VERSION);
    else
        return false;
    return true;
}

/* Whoever starts us with descriptor 0, 1 or 2 closed would have the next file we open in its place, and our
 * messages in that file. Occupied the wrong way round, reading and writing fail as on a closed one. */
static void occupy_standard_descriptors(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY); /* NOLINT: the lowest free one, which is fd */
}

/* What was printed may still be in stdio's buffer, and the disk full or the reader gone. */
static int flush_output(struct error *err)
{
    if (fflush(stdout) == EOF || ferror(stdout))
        return fail(err, errno, "write standard output");
    return 0;
}

int command_main(const struct command *commands, int argc, char **argv)
{
    struct error err = { 0 };
    const struct command *command = argc > 1 ? find(commands, argv[1]) : NULL;
    int status;

    occupy_standard_descriptors();
    interrupt_catch();
    if (!command && argc > 1 && answer_about_program(commands, argv[0], argv[1])) {
        status = flush_output(&err) < 0 ? commands->failure_status : 0;
        error_print(&err);
        return status;
    }
    if (command) {
        argc--;
        argv++;
    } else {
        command = commands;
    }

    status = command->run(command, argc, argv, &err);
    if (status < 0 && err.number == ECANCELED && err.text[0] == '\0')
        status = 0; /* help was asked for, and shown */
    if (status >= 0 && flush_output(&err) < 0)
        status = -1;
    if (status < 0) {
        error_print(&err);
        status = err.exit_status ? err.exit_status : command->failure_status;
        interrupt_finish();
    }
    return status;
}
