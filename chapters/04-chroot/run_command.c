/* The command `run`: 04-chroot's own. */
#include "run_command.h"
#include "assemble.h"
#include "containers.h"
#include "explain.h"
#include "supported.h"

#include <errno.h>
#include <string.h>

struct run_options {
    const char *file;
    bool keep, explain;
    struct assemble_options assemble;
    struct container container;
};

const struct option_spec run_command_options[] = {
    { 'f', "file", "FILE", "the Dockerfile (default: CONTEXT/Dockerfile; - is standard input)", option_string,
      offsetof(struct run_options, file) },
    { 0, "build-arg", "NAME=VALUE", "give the Dockerfile's ARG NAME a value", option_list,
      offsetof(struct run_options, assemble.build_args) },
    { 0, "keep", NULL, "keep the root filesystem, and say where", option_flag,
      offsetof(struct run_options, keep) },
    { 0, "explain", NULL, "print each system call that makes the container", option_flag,
      offsetof(struct run_options, explain) },
    PULL_OPTION_ROWS(struct run_options, assemble.pull),
    { 0 },
};

static void free_options(struct run_options *options)
{
    strv_free(&options->assemble.build_args);
    strv_free(&options->assemble.args);
    container_free(&options->container);
}

/* The command with the isolations' options behind its own. They go into the container. */
static struct option_spec *all_options(const struct command *self, const struct isolation *const isolations[])
{
    struct option_spec *all = NULL;
    size_t count = 0;

    for (const struct option_spec *spec = self->options; spec->name; spec++) {
        all = must_realloc(all, count + 1, sizeof *all);
        all[count++] = *spec;
    }
    for (; *isolations; isolations++)
        for (const struct option_spec *spec = (*isolations)->options; spec && spec->name; spec++) {
            all = must_realloc(all, count + 1, sizeof *all);
            all[count] = *spec;
            all[count++].offset += offsetof(struct run_options, container);
        }
    all = must_realloc(all, count + 1, sizeof *all);
    all[count] = (struct option_spec){ 0 };
    return all;
}

/* What is behind -- is the program's. It is taken off first, because getopt(3) permutes its words and would not
 * tell the context from it. */
static int parse(const struct command *self, int argc, char **argv, struct run_options *options,
                 const char **context, struct error *err)
{
    int end, rest;

    for (end = 1; end < argc && strcmp(argv[end], "--") != 0; end++)
        ;
    for (int i = end + 1; i < argc; i++)
        strv_add(&options->assemble.args, argv[i]);
    if (parse_options(self, end, argv, false, options, &rest, err) < 0)
        return -1;
    if (end - rest > 1)
        return fail(err, 0,
                    "%s: too many arguments (the program's own go behind --); usage: %s [OPTION...] %s",
                    self->name, self->name, RUN_COMMAND_USAGE);
    if (rest < end)
        *context = argv[rest];
    return 0;
}

static void no_dockerfile(const char *path, struct error *err)
{
    _cleanup_free_ char *here = strchr(path, '/') ? NULL : getcwd(NULL, 0);

    fail(err, 0, "there is no %s%s%s: write one, or name it by -f FILE", path, here ? " in " : "",
         here ? here : "");
}

static int read_dockerfile(const char *path, const struct isolation *const isolations[],
                           struct dockerfile *file, struct error *err)
{
    uint64_t instructions = 0;

    for (; *isolations; isolations++)
        instructions |= (*isolations)->instructions;
    if (dockerfile_read(path, true, file, err) == 0)
        return dockerfile_supported(file, instructions, err);
    if (err->number == ENOENT)
        no_dockerfile(path, err);
    else if (err->text[0] == '\0')
        err->number = 0; /* all was said */
    return -1;
}

/* Keep the root filesystem, if that is asked for, as soon as it is whole. */
static int keep(const struct run_options *options, struct container_directory *dir, struct error *err)
{
    return options->keep ? container_directory_keep(dir, err) : 0;
}

static int assemble_and_run(const struct dockerfile *file, const struct context *context,
                            struct run_options *options, const struct isolation *const isolations[],
                            const struct launcher *launcher, int *status, struct error *err)
{
    _cleanup_(container_directory_free) struct container_directory dir = { .parent_fd = -1, .lock_fd = -1 };
    int result;

    if (container_directory_new(&dir, err) < 0 ||
        assemble(file, context, &options->assemble, dir.rootfs, &options->container, err) < 0 ||
        keep(options, &dir, err) < 0)
        return -1;
    options->container.id = dir.id;
    options->container.quiet = options->assemble.pull.quiet;
    result = container_run(&options->container, isolations, launcher, status, err);
    if (options->keep)
        fprintf(stderr, "gocker: the root filesystem stays in %s\n", dir.rootfs);
    return result;
}

int run_command(const struct command *self, int argc, char **argv, const struct isolation *const isolations[],
                const struct launcher *launcher, struct error *err)
{
    _cleanup_free_ struct option_spec *specs = all_options(self, isolations);
    const struct command whole = {
        .name = self->name, .usage = self->usage, .summary = self->summary, .options = specs
    };
    _cleanup_(free_options) struct run_options options = { 0 };
    _cleanup_(dockerfile_free) struct dockerfile file = { 0 };
    _cleanup_(context_close) struct context context = { .fd = -1 };
    _cleanup_free_ char *path = NULL;
    const char *directory = ".";
    int status;

    if (parse(&whole, argc, argv, &options, &directory, err) < 0)
        return -1;
    if (options.explain)
        explain_enable();
    if (geteuid() != 0)
        return fail(
            err, 0,
            "only root may chroot: run it through sudo (08-namespaces brings containers without root)");
    if (options.file)
        path = must_strdup(options.file);
    else
        path =
            strcmp(directory, ".") == 0 ? must_strdup("Dockerfile") : formatted("%s/Dockerfile", directory);
    if (context_open(directory, path, &context, err) < 0 || read_dockerfile(path, isolations, &file, err) < 0)
        return -1;
    if (assemble_and_run(&file, &context, &options, isolations, launcher, &status, err) < 0)
        return -1;
    return status;
}
