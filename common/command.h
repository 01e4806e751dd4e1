/* The command line: a table of commands, each with a table of options.
 *
 * Every chapter's binary has one command of its own, which is meant when the first word names none, and
 * those of the chapters before it by name: `04-chroot DIR` is `04-chroot run DIR`, and
 * `04-chroot pull busybox` does what `02-pull busybox` does. */
#ifndef GOCKER_COMMAND_H
#define GOCKER_COMMAND_H

#include "error.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Puts ARGUMENT, NULL for a flag, into TARGET. -1 with err, which says only what is wrong with it. */
typedef int option_store(const char *argument, void *target, struct error *err);

option_store option_flag;   /* bool: set to true */
option_store option_string; /* const char *: the argument (argv's), never ""; given twice, the last counts */
option_store option_list;   /* struct strv: the argument is appended */
option_store option_bytes;  /* uint64_t: 512, 64k, 1.5g … (powers of 1024) */

/* An option of a command, and where in the command's struct of options its value goes. */
struct option_spec {
    char letter;          /* 0: has none */
    const char *name;     /* "platform", for --platform */
    const char *argument; /* what help calls its argument: "OS/ARCH"; NULL for a flag */
    const char *help;     /* one line */
    option_store *store;
    size_t offset; /* of its target: offsetof(struct …, member) */
};

struct command {
    const char *name;                  /* "pull" */
    const char *usage;                 /* what follows the options: "REF" */
    const char *summary;               /* one line */
    const struct option_spec *options; /* ends with a NULL name; NULL for none */
    int failure_status;                /* what the program exits with when run fails; 125 for containers */
    /* ARGV[0] is the command's name; it calls parse_options first. Returns the exit status, or -1 with err. */
    int (*run)(const struct command *self, int argc, char **argv, struct error *err);
};

/* Parse ARGV[1…] after SELF's options (getopt_long(3); `--` ends them; an option after the first word that
 * is none is left alone when STOP_AT_WORD) into the struct OPTIONS, and set *REST to the index of the
 * first word that is no option. -1 with err for an unknown option or a bad value, with what was meant; for
 * --help as well, which prints the options and leaves ECANCELED and no text (command_main exits 0). */
int parse_options(const struct command *self, int argc, char **argv, bool stop_at_word, void *options,
                  int *rest, struct error *err);

/* Refuse fewer than LEAST or more than MOST words: -1 with err that shows SELF's usage. */
int check_words(const struct command *self, int words, int least, int most, struct error *err);

/* The whole of a main(): find the command that ARGV[1] names, else the table's first; run it; print its
 * error; answer --help, `help` and --version. COMMANDS ends with a NULL name. Returns the exit status. */
int command_main(const struct command *commands, int argc, char **argv);

/* Parse "512", "64k", "1.5g", "2gb" into bytes (powers of 1024). False where it is none. */
bool parse_bytes(const char *text, uint64_t *bytes);

#endif
