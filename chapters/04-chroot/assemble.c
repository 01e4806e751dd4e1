/* A Dockerfile becomes a root filesystem and the description of a container. */
#include "assemble.h"
#include "base.h"
#include "fs.h"
#include "path.h"
#include "process.h"
#include "rootfs.h"
#include "steps.h"
#include "user.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* What docker run gives a container that sets none. */
#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static void free_assembly(struct assembly *a)
{
    variables_free(&a->variables);
    cleanup_close(&a->root_fd);
    free(a->workdir);
    free(a->user);
    strv_free(&a->shell);
    strv_free(&a->entrypoint);
    strv_free(&a->cmd);
    strv_free(&a->volumes);
}

static int begin(struct assembly *a, const struct assemble_options *options, struct error *err)
{
    struct platform target;

    platform_of_machine(&target);
    if (options->pull.platform && platform_parse(options->pull.platform, &target, err) < 0)
        return -1;
    variables_begin(&a->variables, a->file->escape ? a->file->escape : '\\', &options->build_args, &target);
    return 0;
}

/* ---- FROM */

/* The base image's own configuration is where ours begins. */
static void take_config(struct assembly *a, const struct image_config *config)
{
    strv_add_all(&a->variables.env, &config->env);
    strv_add_all(&a->entrypoint, &config->entrypoint);
    strv_add_all(&a->cmd, &config->cmd);
    for (size_t i = 0; i < config->volumes.count; i++)
        strv_add_owned(&a->volumes, path_from("/", config->volumes.items[i]));
    a->workdir = path_from("/", config->working_dir ? config->working_dir : "");
    a->user = must_strdup(config->user ? config->user : "");
}

static int from_scratch(struct assembly *a, const char *path, struct error *err)
{
    const struct image_config nothing = { 0 };

    if (mkdir(path, 0755) < 0 || chmod(path, 0755) < 0) /* whatever the umask is */
        return fail(err, errno, "make %s", path);
    take_config(a, &nothing);
    default_shell(&a->shell);
    return 0;
}

static int from_image(struct assembly *a, const char *name, const struct pull_options *options,
                      const char *path, struct error *err)
{
    _cleanup_(store_close) struct store store = { .fd = -1 };
    _cleanup_(image_free) struct image image = { 0 };

    if (store_open(options->store, &store, err) < 0 || pull_missing(&store, name, options, &image, err) < 0)
        return -1;
    if (base_shell(&store, &image, &a->shell, err) < 0 || rootfs_extract(&store, &image, path, 0, err) < 0)
        return -1;
    take_config(a, &image.config);
    return 0;
}

static int from(struct assembly *a, const struct instruction *instruction, const struct pull_options *given,
                const char *path, struct error *err)
{
    const char *written = instruction_flag(instruction, "platform");
    _cleanup_free_ char *name = variables_expand(&a->variables, instruction->args.items[0], err);
    _cleanup_free_ char *platform = NULL;
    struct pull_options options = *given;

    if (!name)
        return -1;
    if (name[0] == '\0')
        return fail(err, 0, "%s is empty: give its ARG a default, or a value by --build-arg",
                    instruction->args.items[0]);
    if (written) {
        platform = variables_expand(&a->variables, written, err);
        if (!platform)
            return -1;
        options.platform = platform;
    }
    a->variables.in_stage = true;
    if (strcmp(name, "scratch") == 0 ? from_scratch(a, path, err) < 0
                                     : from_image(a, name, &options, path, err) < 0)
        return -1;
    a->root_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return a->root_fd < 0 ? fail(err, errno, "open %s", path) : 0;
}

static int carry_out(struct assembly *a, const struct assemble_options *options, const char *path,
                     struct error *err)
{
    for (size_t i = 0; i < a->file->count; i++) {
        const struct instruction *instruction = &a->file->instructions[i];

        if (check_interrupt(err) < 0)
            return -1;
        if (instruction->keyword != KEYWORD_FROM) {
            if (step(a, instruction, err) < 0)
                return -1;
        } else if (from(a, instruction, &options->pull, path, err) < 0) {
            return fail_while(err, "%s:%d: %s", a->file->name, instruction->first_line, instruction->name);
        }
    }
    return 0;
}

/* ---- the container */

/* The reference's table of how CMD and ENTRYPOINT interact. */
static int set_args(const struct assembly *a, const struct strv *args, struct container *c, struct error *err)
{
    strv_add_all(&c->process.args, &a->entrypoint);
    strv_add_all(&c->process.args, args->count > 0 ? args : &a->cmd);
    if (c->process.args.count > 0)
        return 0;
    return fail(
        err, 0,
        "%s names no program to run, and neither does its base image: add an ENTRYPOINT or a CMD, or give one behind --",
        a->file->name);
}

static int set_user(const struct assembly *a, struct container *c, struct error *err)
{
    _cleanup_(user_free) struct user user = { 0 };

    if (user_find(a->root_fd, a->user, &user, err) < 0)
        return a->user_line ? fail_while(err, "%s:%d: USER", a->file->name, a->user_line)
                            : fail_while(err, "the base image's USER");
    c->process.user.uid = user.uid;
    c->process.user.gid = user.gid;
    c->process.user.additional_gid_count = user.additional_gid_count;
    c->process.user.additional_gids = steal_pointer(user.additional_gids);
    if (!env_get(&c->process.env, "HOME"))
        env_set(&c->process.env, "HOME", user.home);
    return 0;
}

static void set_env(const struct assembly *a, struct container *c)
{
    strv_add_all(&c->process.env, &a->variables.env);
    if (!env_get(&c->process.env, "PATH"))
        env_set(&c->process.env, "PATH", DEFAULT_PATH);
    if (!env_get(&c->process.env, "TERM") && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
        env_set(&c->process.env, "TERM", "xterm"); /* as docker run -t */
}

static int describe(const struct assembly *a, const struct strv *args, const char *path, struct container *c,
                    struct error *err)
{
    _cleanup_close_ int cwd = -1;

    if (set_args(a, args, c, err) < 0)
        return -1;
    set_env(a, c);
    if (set_user(a, c, err) < 0)
        return -1;
    /* A base image may name a working directory that none of its layers has. */
    cwd = make_directories(a->root_fd, a->workdir, 0755, 0, 0, err);
    if (cwd < 0)
        return fail_while(err, "WORKDIR");
    strv_add_all(&c->volumes, &a->volumes);
    c->process.cwd = must_strdup(a->workdir);
    c->root.path = must_strdup(path);
    return 0;
}

int assemble(const struct dockerfile *file, const struct context *context,
             const struct assemble_options *options, const char *path, struct container *c, struct error *err)
{
    _cleanup_(free_assembly) struct assembly a = { .file = file, .context = context, .root_fd = -1 };

    if (begin(&a, options, err) < 0 || carry_out(&a, options, path, err) < 0)
        return -1;
    variables_warn_unused(&a.variables);
    return describe(&a, &options->args, path, c, err);
}
