/* The options of one command: its table is turned into getopt_long(3)'s, and into its help. */
#include "command.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* What getopt_long returns for the option with index i of a table; letters are below that. */
#define FIRST_LONG 256
#define HELP       'h'

bool parse_bytes(const char *text, uint64_t *bytes)
{
    static const char units[] = "bkmgt";
    char *end;
    const char *unit;
    double number, scale = 1;

    if (strspn(text, "0123456789") == 0)
        return false;
    number = strtod(text, &end);
    if (strspn(text, "0123456789.") != (size_t)(end - text)) /* strtod knows 1e3 and 0x10 as well */
        return false;
    if (*end != '\0') {
        unit = strchr(units, *end | 0x20);
        if (!unit || (end[1] != '\0' && strcasecmp(end + 1, "b") != 0 && strcasecmp(end + 1, "ib") != 0))
            return false;
        for (; unit > units; unit--)
            scale *= 1024;
    }
    if (number * scale >= 0x1p63)
        return false;
    *bytes = (uint64_t)(number * scale);
    return true;
}

static size_t count_options(const struct command *self)
{
    size_t count = 0;

    while (self->options && self->options[count].name)
        count++;
    return count;
}

/* getopt_long's two tables of SELF's options. LETTERS begins with ':', which makes getopt_long tell a
 * missing argument from an unknown option, behind a '+' where scanning ends at the first word. */
static struct option *getopt_tables(const struct command *self, bool stop_at_word, struct str *letters)
{
    size_t count = count_options(self);
    struct option *table = must_calloc(count + 2, sizeof *table);

    str_add(letters, stop_at_word ? "+:h" : ":h");
    for (size_t i = 0; i < count; i++) {
        const struct option_spec *spec = &self->options[i];

        table[i].name = spec->name;
        table[i].has_arg = spec->argument ? required_argument : no_argument;
        table[i].val = FIRST_LONG + (int)i;
        if (spec->letter)
            str_addf(letters, "%c%s", spec->letter, spec->argument ? ":" : "");
    }
    table[count] = (struct option){ .name = "help", .val = HELP };
    return table;
}

static const struct option_spec *spec_of(const struct command *self, int found)
{
    if (found >= FIRST_LONG)
        return &self->options[found - FIRST_LONG];
    for (const struct option_spec *spec = self->options; spec && spec->name; spec++)
        if (spec->letter == found)
            return spec;
    return NULL;
}

int option_flag(const char *argument, void *target, struct error *err)
{
    (void)argument, (void)err;
    *(bool *)target = true;
    return 0;
}

int option_string(const char *argument, void *target, struct error *err)
{
    if (argument[0] == '\0') /* a variable of a script's that is not set */
        return fail(err, 0, "it must not be empty");
    *(const char **)target = argument;
    return 0;
}

int option_list(const char *argument, void *target, struct error *err)
{
    (void)err;
    strv_add(target, argument);
    return 0;
}

int option_bytes(const char *argument, void *target, struct error *err)
{
    if (!parse_bytes(argument, target))
        return fail(err, 0, "not a size; write for example 512m or 1.5g");
    return 0;
}

static void print_command_help(const struct command *self)
{
    printf("usage: %s [OPTION...]%s%s\n%s\n\n", self->name, self->usage ? " " : "",
           self->usage ? self->usage : "", self->summary);
    for (const struct option_spec *spec = self->options; spec && spec->name; spec++) {
        char letter[5] = "    ";
        _cleanup_free_ char *name =
            formatted("%s%s%s", spec->name, spec->argument ? " " : "", spec->argument ? spec->argument : "");

        if (spec->letter)
            snprintf(letter, sizeof letter, "-%c, ", spec->letter);
        printf("  %s--%-28s %s\n", letter, name, spec->help);
    }
    printf("  -h, --%-28s %s\n", "help", "show this");
}

/* Why getopt_long took exception to WORD, "--name" or "--name=value": a beginning of a name stands for the
 * name where there is no other. */
static const char *what_is_wrong(const struct command *self, const char *word)
{
    size_t length = strcspn(word + 2, "="), found = 0;

    for (const struct option_spec *spec = self->options; spec && spec->name; spec++) {
        if (strncmp(spec->name, word + 2, length) != 0)
            continue;
        if (spec->name[length] == '\0')
            return "takes no value";
        found++;
    }
    return found > 1 ? "is the beginning of several" : found == 1 ? "takes no value" : "is unknown";
}

int parse_options(const struct command *self, int argc, char **argv, bool stop_at_word, void *options,
                  int *rest, struct error *err)
{
    _cleanup_str_ struct str letters = { 0 };
    _cleanup_free_ struct option *table = getopt_tables(self, stop_at_word, &letters);
    const struct option_spec *spec;
    int found;

    opterr = 0; /* the messages are ours */
    optind = 0; /* GNU: forget an earlier scan */
    while ((found = getopt_long(argc, argv, letters.text, table, NULL)) != -1) {
        if (found == HELP) {
            print_command_help(self);
            err->text[0] = '\0';
            err->number = ECANCELED;
            return -1;
        }
        if (found == ':')
            return fail(err, 0, "%s: %s needs a value (see %s --help)", self->name, argv[optind - 1],
                        self->name);
        spec = found == '?' ? NULL : spec_of(self, found);
        if (!spec && optopt > 0 && optopt < FIRST_LONG)
            return fail(err, 0, "%s: unknown option -%c (see %s --help)", self->name, optopt, self->name);
        if (!spec)
            return fail(err, 0, "%s: option %s %s (see %s --help)", self->name, argv[optind - 1],
                        what_is_wrong(self, argv[optind - 1]), self->name);
        if (spec->store(optarg, (char *)options + spec->offset, err) < 0)
            return fail_while(err, "%s: --%s%s%s", self->name, spec->name, optarg ? " " : "",
                              !optarg   ? ""
                              : *optarg ? optarg
                                        : "\"\"");
    }
    *rest = optind;
    return 0;
}

int check_words(const struct command *self, int words, int least, int most, struct error *err)
{
    if (words >= least && words <= most)
        return 0;
    return fail(err, 0, "%s: %s; usage: %s [OPTION...] %s", self->name,
                words < least ? "an argument is missing" : "too many arguments", self->name, self->usage);
}
