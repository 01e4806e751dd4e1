/* The command `pull`. */
#include "pull.h"

#include <stdio.h>

struct pull_command {
    struct pull_options pull;
};

const struct option_spec pull_command_options[] = {
    PULL_OPTION_ROWS(struct pull_command, pull),
    { 0 },
};

static int pull_text(const char *text, const struct pull_options *options, struct error *err)
{
    _cleanup_(reference_free) struct reference ref = { 0 };
    _cleanup_(store_close) struct store store = { .fd = -1 };
    _cleanup_(image_free) struct image image = { 0 };

    if (reference_parse(text, &ref, err) < 0 || store_open(options->store, &store, err) < 0 ||
        pull(&store, &ref, options, &image, err) < 0)
        return fail_while(err, "pull %s", text);
    puts(image.registry_digest);
    return 0;
}

int pull_command(const struct command *self, int argc, char **argv, struct error *err)
{
    struct pull_command options = { 0 };
    int rest;

    if (parse_options(self, argc, argv, false, &options, &rest, err) < 0 ||
        check_words(self, argc - rest, 1, 1, err) < 0)
        return -1;
    return pull_text(argv[rest], &options.pull, err);
}
