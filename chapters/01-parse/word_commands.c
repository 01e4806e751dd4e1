/* The commands expand and words: what becomes of a word in an instruction. */
#include "commands.h"
#include "word.h"

#include <stdio.h>
#include <string.h>

struct options {
    const char *escape;
};

const struct option_spec word_command_options[] = {
    { 'e', "escape", "\\|`", "the escape character (default: \\)", option_string,
      offsetof(struct options, escape) },
    { 0 },
};

/* The word among ARGV, and the environment that the arguments behind it are. */
static int read_arguments(const struct command *self, int argc, char **argv, char *escape, const char **word,
                          struct strv *env, struct error *err)
{
    struct options options = { .escape = "\\" };
    int rest;

    if (parse_options(self, argc, argv, true, &options, &rest, err) < 0)
        return -1;
    if (check_words(self, argc - rest, 1, argc, err) < 0)
        return -1;
    if (strcmp(options.escape, "\\") != 0 && strcmp(options.escape, "`") != 0)
        return fail(err, 0, "%s: --escape %s: there are \\ and `", self->name, options.escape);
    *escape = *options.escape;
    *word = argv[rest];
    for (int i = rest + 1; i < argc; i++) {
        if (!strchr(argv[i], '=') || *argv[i] == '=')
            return fail(err, 0, "%s: %s: write NAME=VALUE", self->name, argv[i]);
        strv_add(env, argv[i]);
    }
    return 0;
}

int expand_command(const struct command *self, int argc, char **argv, struct error *err)
{
    _cleanup_strv_ struct strv env = { 0 };
    _cleanup_free_ char *expanded = NULL;
    const char *word = "";
    char escape = '\\';

    if (read_arguments(self, argc, argv, &escape, &word, &env, err) < 0)
        return -1;
    expanded = word_expand(word, escape, &env, err);
    if (!expanded)
        return -1;
    puts(expanded);
    return 0;
}

int words_command(const struct command *self, int argc, char **argv, struct error *err)
{
    _cleanup_strv_ struct strv env = { 0 }, words = { 0 };
    const char *text = "";
    char escape = '\\';

    if (read_arguments(self, argc, argv, &escape, &text, &env, err) < 0 ||
        words_expand(text, escape, &env, &words, err) < 0)
        return -1;
    for (size_t i = 0; i < words.count; i++)
        puts(words.items[i]);
    return 0;
}
