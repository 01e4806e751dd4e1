/* The command `extract`. */
#include "extract.h"
#include "pull.h"
#include "rootfs.h"

struct extract_options {
    struct pull_options pull;
    uint64_t max_bytes;
};

const struct option_spec extract_command_options[] = {
    PULL_OPTION_ROWS(struct extract_options, pull),
    { 0, "max-bytes", "SIZE", "refuse layers of more than SIZE unpacked (0, the default: 32g)", option_bytes,
      offsetof(struct extract_options, max_bytes) },
    { 0 },
};

int extract_command(const struct command *self, int argc, char **argv, struct error *err)
{
    struct extract_options options = { 0 };
    _cleanup_(store_close) struct store store = { .fd = -1 };
    _cleanup_(image_free) struct image image = { 0 };
    int rest;

    if (parse_options(self, argc, argv, false, &options, &rest, err) < 0 ||
        check_words(self, argc - rest, 2, 2, err) < 0)
        return -1;

    const char *name = argv[rest], *path = argv[rest + 1];

    if (rootfs_check(path, err) < 0)
        return fail_while(err, "extract %s", name);
    if (store_open(options.pull.store, &store, err) < 0 ||
        pull_missing(&store, name, &options.pull, &image, err) < 0 ||
        rootfs_extract(&store, &image, path, options.max_bytes, err) < 0)
        return -1;
    return 0;
}
