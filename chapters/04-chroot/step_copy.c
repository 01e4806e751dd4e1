/* COPY and ADD: their words become sources, a destination and options. */
#include "add.h"
#include "copy.h"
#include "fs.h"
#include "match.h"
#include "path.h"
#include "steps.h"
#include "supported.h"
#include "user.h"

#include <string.h>
#include <strings.h>

/* What a COPY asks for, all variables replaced. */
struct request {
    struct strv sources; /* as written: for messages */
    struct strv paths;   /* what they name in the context */
    const struct ignore_rule *hidden_by;
    size_t heredocs;
    char *written;     /* the destination, as written */
    bool to_directory; /* its form says so */
    char *path;        /* and as an absolute path */
    char *chmod;
    struct copy_options options;
};

static void free_request(struct request *request)
{
    strv_free(&request->sources);
    strv_free(&request->paths);
    free(request->written);
    free(request->path);
    free(request->chmod);
}

/* The value of a flag, expanded, in *VALUE; NULL where it is not there. */
static int expand_flag(const struct assembly *a, const struct instruction *instruction, const char *name,
                       char **value, struct error *err)
{
    const char *written = instruction_flag(instruction, name);

    *value = written ? variables_expand(&a->variables, written, err) : NULL;
    return written && !*value ? fail_while(err, "--%s", name) : 0;
}

static int read_options(const struct assembly *a, const struct instruction *instruction,
                        struct request *request, struct error *err)
{
    _cleanup_free_ char *chown = NULL;

    if (expand_flag(a, instruction, "chown", &chown, err) < 0 ||
        expand_flag(a, instruction, "chmod", &request->chmod, err) < 0)
        return -1;
    request->options.has_owner = chown && chown[0] != '\0';
    if (request->options.has_owner &&
        owner_find(a->root_fd, chown, &request->options.uid, &request->options.gid, err) < 0)
        return fail_while(err, "--chown");
    if (request->chmod && request->chmod[0] != '\0')
        request->options.chmod = request->chmod;
    return 0;
}

static int read_source(const struct assembly *a, const struct instruction *instruction, const char *word,
                       struct request *request, struct error *err)
{
    _cleanup_free_ char *source = NULL;
    const struct ignore_rule *hidden_by = NULL;

    if (instruction_heredoc(instruction, word)) {
        request->heredocs++;
        return 0;
    }
    source = variables_expand(&a->variables, word, err);
    if (!source)
        return -1;
    if (source_is_remote(source))
        return fail(err, 0,
                    instruction->keyword == KEYWORD_ADD
                        ? "%s is no file of the context: 10-build brings that"
                        : "%s is no file of the context, and COPY takes nothing else",
                    source);
    strv_add(&request->sources, source);
    if (context_find(a->context, source, &request->paths, &hidden_by, err) < 0)
        return -1;
    if (hidden_by)
        request->hidden_by = hidden_by;
    return 0;
}

static bool means_directory(const char *destination)
{
    return destination[0] == '\0' || strcmp(destination, ".") == 0 || ends_with(destination, "/") ||
           ends_with(destination, "/.");
}

/* A wildcard may find nothing (COPY package.json package-lock.json* ./), but not all of them. */
static int check_found(const struct assembly *a, const struct request *request, struct error *err)
{
    const char *first = request->sources.count > 0 ? request->sources.items[0] : "";

    if (request->paths.count + request->heredocs > 0)
        return 0;
    if (request->hidden_by)
        return fail(err, 0, "%s: %s:%d (%s) hides all that it would match", first, a->context->ignore.name,
                    request->hidden_by->line, request->hidden_by->pattern);
    return fail(err, 0, "%s matches nothing in the context %s", first, a->context->name);
}

/* Several files cannot become one: without this check the last would silently be the one that stays. */
static int check_room(const struct assembly *a, const struct request *request, struct error *err)
{
    _cleanup_close_ int fd = -1;
    struct error none = { 0 };

    if (request->paths.count + request->heredocs < 2 || request->to_directory)
        return 0;
    fd = open_in_root(a->root_fd, request->path, O_PATH | O_DIRECTORY, 0, &none);
    if (fd >= 0)
        return 0;
    return fail(err, 0, "with more than one source, the destination must be a directory: write %s/",
                request->written);
}

static int read_request(const struct assembly *a, const struct instruction *instruction,
                        struct request *request, struct error *err)
{
    const struct strv *args = &instruction->args;

    if (args->count < 2)
        return fail(err, 0, "it takes at least a source and a destination");
    request->written = variables_expand(&a->variables, args->items[args->count - 1], err);
    if (!request->written || read_options(a, instruction, request, err) < 0)
        return -1;
    request->to_directory = means_directory(request->written);
    request->path = path_from(a->workdir, request->written);
    for (size_t i = 0; i + 1 < args->count; i++)
        if (read_source(a, instruction, args->items[i], request, err) < 0)
            return -1;
    if (check_found(a, request, err) < 0)
        return -1;
    return check_room(a, request, err);
}

static int copy_heredocs(const struct assembly *a, const struct instruction *instruction,
                         const struct destination *to, const struct copy_options *options, struct error *err)
{
    for (size_t i = 0; i + 1 < instruction->args.count; i++) {
        const struct heredoc *heredoc = instruction_heredoc(instruction, instruction->args.items[i]);
        _cleanup_free_ char *body = NULL;

        if (!heredoc)
            continue;
        body = heredoc->expand ? variables_expand_body(&a->variables, heredoc->body, err)
                               : must_strdup(heredoc->body);
        if (!body)
            return fail_while(err, "<<%s", heredoc->name);
        if (copy_heredoc(heredoc->name, body, to, options, err) < 0)
            return -1;
    }
    return 0;
}

/* ADD, but for ADD --unpack=false. */
static bool unpacks(const struct instruction *instruction)
{
    const char *flag = instruction_flag(instruction, "unpack");

    return instruction->keyword == KEYWORD_ADD && !(flag && strcasecmp(flag, "false") == 0);
}

int step_copy(struct assembly *a, const struct instruction *instruction, struct error *err)
{
    _cleanup_(free_request) struct request request = { 0 };
    struct destination to = { .root_fd = a->root_fd };
    int (*copy_one)(const struct context *, const char *, const struct destination *,
                    const struct copy_options *, struct error *) =
        unpacks(instruction) ? add_source : copy_source;

    if (read_request(a, instruction, &request, err) < 0)
        return -1;
    to.path = request.path;
    to.is_directory = request.to_directory;
    for (size_t i = 0; i < request.paths.count; i++)
        if (copy_one(a->context, request.paths.items[i], &to, &request.options, err) < 0)
            return -1;
    return copy_heredocs(a, instruction, &to, &request.options, err);
}
