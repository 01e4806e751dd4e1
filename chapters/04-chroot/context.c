/* The context: the directory that COPY and ADD take their files from, without what .dockerignore hides. */
#include "context.h"
#include "fs.h"
#include "match.h"
#include "path.h"
#include "real_path.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

int context_open(const char *path, const char *dockerfile, struct context *context, struct error *err)
{
    *context = (struct context){ .name = must_strdup(path), .fd = -1 };
    if (path[0] == '\0')
        return fail(err, 0, "the context's name is empty: name a directory (. is this one)");
    context->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (context->fd < 0)
        return fail(err, errno, "open the context %s, the directory that COPY takes its files from", path);
    return dockerignore_read(context->fd, path, dockerfile, &context->ignore, err);
}

void context_close(struct context *context)
{
    cleanup_close(&context->fd);
    free(context->name);
    dockerignore_free(&context->ignore);
    *context = (struct context){ .fd = -1 };
}

const struct ignore_rule *context_hides(const struct context *context, const char *path, bool is_directory)
{
    const struct ignore_rule *rule = dockerignore_match(&context->ignore, path);

    if (!rule || rule->exception || strcmp(path, ".") == 0)
        return NULL;
    return is_directory && context->ignore.has_exceptions ? NULL : rule;
}

static int fail_hidden(const struct context *context, const char *path, const struct ignore_rule *rule,
                       struct error *err)
{
    return fail(err, 0, "%s: %s:%d (%s) hides it", path, context->ignore.name, rule->line, rule->pattern);
}

int context_source(const struct context *context, const char *path, struct source *source, struct error *err)
{
    _cleanup_close_ int fd = open_in_root(context->fd, path, O_PATH, 0, err);
    const struct ignore_rule *rule;
    bool is_directory;

    *source = (struct source){ .name = must_strdup(path_base(path)) };
    if (fd < 0 && err->number == ENOENT)
        return fail(err, 0, "%s: not found in the context %s", path, context->name);
    if (fd < 0)
        return fail_while(err, "%s", path);
    if (fstat(fd, &source->file) < 0)
        return fail(err, errno, "stat %s", path);
    source->path = real_path_below(context->fd, fd, err);
    if (!source->path)
        return fail_while(err, "%s", path);
    is_directory = S_ISDIR(source->file.st_mode);
    rule = context_hides(context, path, is_directory);
    if (!rule)
        rule = context_hides(context, source->path, is_directory);
    return rule ? fail_hidden(context, path, rule, err) : 0;
}

void source_free(struct source *source)
{
    free(source->name);
    free(source->path);
    *source = (struct source){ 0 };
}

/* ---- wildcards */

struct search {
    const struct context *context;
    struct strv *found;
    const struct ignore_rule *hidden_by;
};

static void note_match(struct search *search, const char *path, bool is_directory)
{
    const struct ignore_rule *rule = context_hides(search->context, path, is_directory);

    if (rule)
        search->hidden_by = rule;
    else
        strv_add(search->found, path);
}

/* Match the first component of PATTERN with what is in DIRECTORY ("" is the context), and the others below.
 * Links to directories are not searched. */
static int search_directory(struct search *search, const char *directory, const char *pattern,
                            struct error *err)
{
    const char *slash = strchrnul(pattern, '/');
    _cleanup_free_ char *component = must_strndup(pattern, (size_t)(slash - pattern));
    _cleanup_close_ int fd =
        open_below(search->context->fd, directory[0] ? directory : ".", O_RDONLY | O_DIRECTORY, 0, err);
    struct dirent **names;
    int count, result = 0;

    if (fd < 0)
        return -1;
    count = scandirat(fd, ".", &names, NULL, alphasort);
    if (count < 0)
        return fail(err, errno, "list %s in the context", directory);
    for (int i = 0; i < count; i++) {
        _cleanup_free_ struct dirent *entry = names[i];
        _cleanup_free_ char *path = formatted("%s%s%s", directory, directory[0] ? "/" : "", entry->d_name);
        struct stat file;

        if (result < 0 || strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            !match_path(component, entry->d_name) ||
            fstatat(fd, entry->d_name, &file, AT_SYMLINK_NOFOLLOW) < 0)
            continue;
        if (*slash == '\0')
            note_match(search, path, S_ISDIR(file.st_mode));
        else if (S_ISDIR(file.st_mode))
            result = search_directory(search, path, slash + 1, err);
    }
    free(names);
    return result;
}

/* The length of PATH's components before the first that has a wildcard. */
static size_t plain_prefix(const char *path)
{
    size_t prefix = 0;

    for (size_t end = 0; path[end] != '\0';) {
        _cleanup_free_ char *start = NULL;

        end += strcspn(path + end, "/");
        start = must_strndup(path, end);
        if (match_has_wildcards(start))
            break;
        prefix = end;
        end += path[end] == '/';
    }
    return prefix;
}

int context_find(const struct context *context, const char *source, struct strv *paths,
                 const struct ignore_rule **hidden_by, struct error *err)
{
    struct search search = { .context = context, .found = paths };
    _cleanup_(source_free) struct source base = { 0 };
    _cleanup_free_ char *path = path_inside(source);
    size_t prefix = plain_prefix(path);
    _cleanup_free_ char *plain = prefix > 0 ? must_strndup(path, prefix) : must_strdup(".");

    *hidden_by = NULL;
    if (path[prefix] != '\0' && !match_valid(path))
        return fail(err, 0, "%s: bad pattern: a [ is not closed or its class is empty, or a \\ ends it",
                    source);
    if (context_source(context, plain, &base, err) < 0)
        return -1;
    if (path[prefix] == '\0') {
        strv_add(paths, path);
        return 0;
    }
    if (!S_ISDIR(base.file.st_mode))
        return 0;
    if (search_directory(&search, strcmp(base.path, ".") == 0 ? "" : base.path, path + prefix + (prefix > 0),
                         err) < 0)
        return fail_while(err, "%s", source);
    *hidden_by = search.hidden_by;
    return 0;
}
