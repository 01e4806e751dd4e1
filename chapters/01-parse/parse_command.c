/* The command parse: show what a Dockerfile says. */
#include "commands.h"
#include "diagnostic.h"
#include "print.h"

#include <string.h>
#include <unistd.h>

struct options {
    const char *format;
};

const struct option_spec parse_command_options[] = {
    { 'f', "format", "tree|json|dump", "for people (default), with everything, or a line an instruction",
      option_string, offsetof(struct options, format) },
    { 0 },
};

/* Terminals understand colours, files do not; NO_COLOR is how a user says no (no-color.org). */
static bool wants_color(void)
{
    const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");

    return isatty(STDOUT_FILENO) && (!no_color || *no_color == '\0') && terminal &&
           strcmp(terminal, "dumb") != 0;
}

int parse_command(const struct command *self, int argc, char **argv, struct error *err)
{
    _cleanup_(dockerfile_free) struct dockerfile file = { 0 };
    struct options options = { .format = "tree" };
    bool dump, json;
    int rest, outcome;

    if (parse_options(self, argc, argv, false, &options, &rest, err) < 0 ||
        check_words(self, argc - rest, 0, 1, err) < 0)
        return -1;
    dump = strcmp(options.format, "dump") == 0;
    json = strcmp(options.format, "json") == 0;
    if (!dump && !json && strcmp(options.format, "tree") != 0)
        return fail(err, 0, "%s: --format %s: there are tree, json and dump", self->name, options.format);

    outcome = dockerfile_read(rest < argc ? argv[rest] : "Dockerfile", !dump, &file, err);
    if (json && file.name) /* errors are in it as well */
        print_json(&file, stdout);
    else if (dump && outcome == 0)
        print_dump(&file, stdout);
    else if (outcome == 0)
        print_tree(&file, wants_color(), stdout);
    return outcome;
}
