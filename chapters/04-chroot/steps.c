/* The instructions between FROM and the program: each changes the root filesystem or the configuration. */
#include "steps.h"
#include "fs.h"
#include "path.h"
#include "user.h"

#include <string.h>

/* The only argument of an instruction that has one, expanded. */
static char *expand_argument(const struct assembly *a, const struct instruction *instruction,
                             struct error *err)
{
    char *text =
        variables_expand(&a->variables, instruction->args.count > 0 ? instruction->args.items[0] : "", err);

    if (text && text[0] == '\0') {
        free(text);
        fail(err, 0, "it is empty%s", instruction->args.count > 0 ? " after its variables are replaced" : "");
        return NULL;
    }
    return text;
}

static int step_arg(struct assembly *a, const struct instruction *instruction, struct error *err)
{
    for (size_t i = 0; i < instruction->args.count; i++)
        if (variables_declare(&a->variables, instruction->args.items[i], err) < 0)
            return -1;
    return 0;
}

/* All pairs see the values as of the start: in ENV abc=bye def=$abc, def is the old abc. LABEL is checked the
 * same way, and then has nothing left to do: an image's labels come with chapter 10. */
static int step_pairs(struct assembly *a, const struct instruction *instruction, struct error *err)
{
    _cleanup_strv_ struct strv pairs = { 0 };

    for (size_t i = 0; i + 2 < instruction->args.count; i += 3) {
        char *name = variables_expand(&a->variables, instruction->args.items[i], err);

        if (!name)
            return -1;
        strv_add_owned(&pairs, name);
        if (name[0] == '\0')
            return fail(err, 0, "a name is empty");
        strv_add_owned(&pairs, variables_expand(&a->variables, instruction->args.items[i + 1], err));
        if (!pairs.items[pairs.count - 1])
            return -1;
    }
    if (instruction->keyword == KEYWORD_ENV)
        for (size_t i = 0; i < pairs.count; i += 2)
            env_set(&a->variables.env, pairs.items[i], pairs.items[i + 1]);
    return 0;
}

/* The directory is made, as BuildKit does it, for the user of that moment. */
static int step_workdir(struct assembly *a, const struct instruction *instruction, struct error *err)
{
    _cleanup_free_ char *text = expand_argument(a, instruction, err);
    _cleanup_close_ int fd = -1;
    char *workdir;
    uid_t uid = 0;
    gid_t gid = 0;

    if (!text)
        return -1;
    workdir = path_from(a->workdir, text);
    free(a->workdir);
    a->workdir = workdir;
    if (a->user[0] != '\0' && owner_find(a->root_fd, a->user, &uid, &gid, err) < 0)
        return fail_while(err, "the owner of %s", workdir);
    fd = make_directories(a->root_fd, workdir, 0755, uid, gid, err);
    return fd < 0 ? -1 : 0;
}

static int step_volume(struct assembly *a, const struct instruction *instruction, struct error *err)
{
    for (size_t i = 0; i < instruction->args.count; i++) {
        _cleanup_free_ char *text = variables_expand(&a->variables, instruction->args.items[i], err);

        if (!text)
            return -1;
        if (text[0] == '\0')
            return fail(err, 0, "a path is empty");
        strv_add_owned(&a->volumes, path_from(a->workdir, text));
    }
    return 0;
}

static int step_user(struct assembly *a, const struct instruction *instruction, struct error *err)
{
    char *text = expand_argument(a, instruction, err);

    if (!text)
        return -1;
    free(a->user);
    a->user = text;
    a->user_line = instruction->first_line;
    return 0;
}

/* CMD and ENTRYPOINT are not expanded: in the shell form the shell does that, when it runs. */
static void set_command(const struct assembly *a, const struct instruction *instruction, struct strv *command)
{
    strv_free(command);
    if (!instruction->exec_form)
        strv_add_all(command, &a->shell);
    strv_add_all(command, &instruction->args);
}

static int step_command(struct assembly *a, const struct instruction *instruction)
{
    if (instruction->keyword == KEYWORD_CMD) {
        set_command(a, instruction, &a->cmd);
        a->cmd_set = true;
        return 0;
    }
    set_command(a, instruction, &a->entrypoint);
    if (!a->cmd_set) /* the base image's CMD was written for the base image's ENTRYPOINT */
        strv_free(&a->cmd);
    return 0;
}

static int dispatch(struct assembly *a, const struct instruction *instruction, struct error *err)
{
    switch (instruction->keyword) {
    case KEYWORD_ARG: return step_arg(a, instruction, err);
    case KEYWORD_ENV:
    case KEYWORD_LABEL: return step_pairs(a, instruction, err);
    case KEYWORD_WORKDIR: return step_workdir(a, instruction, err);
    case KEYWORD_USER: return step_user(a, instruction, err);
    case KEYWORD_VOLUME: return step_volume(a, instruction, err);
    case KEYWORD_CMD:
    case KEYWORD_ENTRYPOINT: return step_command(a, instruction);
    case KEYWORD_ADD:
    case KEYWORD_COPY: return step_copy(a, instruction, err);
    default: return fail(err, 0, "not in this chapter");
    }
}

int step(struct assembly *a, const struct instruction *instruction, struct error *err)
{
    if (dispatch(a, instruction, err) < 0)
        return fail_while(err, "%s:%d: %s", a->file->name, instruction->first_line, instruction->name);
    return 0;
}
