/* COPY's copying: one source, a file or the contents of a directory. */
#include "copy.h"
#include "copy_tree.h"
#include "explain.h"
#include "fs.h"
#include "path.h"
#include "str.h"
#include "target.h"

#include <errno.h>
#include <string.h>

static int copy_file(const struct context *context, const struct source *source, const struct destination *to,
                     const struct copy_options *options, struct error *err)
{
    _cleanup_(target_free) struct target target = { .parent_fd = -1 };
    _cleanup_free_ char *directory = path_parent(source->path);
    _cleanup_close_ int from = open_below(context->fd, directory, O_RDONLY | O_DIRECTORY, 0, err);

    if (from < 0 || target_find(to, source->name, options, &target, err) < 0)
        return -1;
    return copy_entry(from, path_base(source->path), &source->file, target.parent_fd, target.name, options,
                      err);
}

static int copy_directory(const struct context *context, const struct source *source,
                          const struct destination *to, const struct copy_options *options, struct error *err)
{
    const struct ignore_rule *rule = dockerignore_match(&context->ignore, source->path);
    _cleanup_close_ int directory =
        make_directories(to->root_fd, to->path, 0755, options->uid, options->gid, err);
    size_t copied = 0;

    if (directory < 0 && err->number == ENOTDIR)
        return fail(err, 0, "a file is in the place of the directory in the image");
    if (directory < 0)
        return -1;
    if (copy_tree(context, source->path, to->root_fd, directory, options, &copied, err) < 0)
        return -1;
    if (copied == 0 && rule && !rule->exception)
        return fail(err, 0, "%s:%d (%s) hides it, and excepts nothing in it", context->ignore.name,
                    rule->line, rule->pattern);
    return 0;
}

int copy_source(const struct context *context, const char *path, const struct destination *to,
                const struct copy_options *options, struct error *err)
{
    _cleanup_(source_free) struct source source = { 0 };
    int result;

    if (context_source(context, path, &source, err) < 0)
        return -1;
    explain(formatted("openat2(rootfs, \"%s\", {.resolve = RESOLVE_IN_ROOT})", to->path),
            "a link in the image leads to a place in the image, never to one of the host's",
            formatted("cp -a %s/%s%s rootfs%s", context->name, source.path,
                      S_ISDIR(source.file.st_mode) && strcmp(source.path, ".") != 0 ? "/." : "", to->path));
    result = S_ISDIR(source.file.st_mode) ? copy_directory(context, &source, to, options, err)
                                          : copy_file(context, &source, to, options, err);
    return result < 0 ? fail_while(err, "%s to %s", path, to->path) : 0;
}

int copy_heredoc(const char *name, const char *body, const struct destination *to,
                 const struct copy_options *options, struct error *err)
{
    _cleanup_(target_free) struct target target = { .parent_fd = -1 };

    if (target_find(to, name, options, &target, err) < 0 ||
        write_entry(body, target.parent_fd, target.name, options, err) < 0)
        return fail_while(err, "<<%s to %s", name, to->path);
    return 0;
}
