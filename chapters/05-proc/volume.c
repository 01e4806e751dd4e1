/* -v, --tmpfs and VOLUME: what the container sees beside its image. */
#include "volume.h"
#include "attach_mount.h"
#include "named_volume.h"
#include "path.h"

#include <errno.h>
#include <string.h>

/* ---- the command line */

static bool is_below(const char *path, const char *directory)
{
    size_t length = strlen(directory);

    return strncmp(path, directory, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

/* WRITTEN as a clean path, or NULL with err where nothing can be mounted there. The caller frees it. */
static char *destination(const char *written, struct error *err)
{
    _cleanup_free_ char *path = NULL;

    if (written[0] != '/') {
        fail(err, 0, "the place in the container, \"%s\", is no absolute path", written);
        return NULL;
    }
    path = path_clean(written);
    if (strcmp(path, "/") == 0 || is_below(path, "/proc")) {
        fail(err, 0, "nothing can be mounted on %s of a container", path);
        return NULL;
    }
    return steal_pointer(path);
}

static bool has_mount(const struct container *c, const char *path)
{
    for (size_t i = 0; i < c->mount_count; i++)
        if (strcmp(c->mounts[i].destination, path) == 0)
            return true;
    return false;
}

static int check_free(const struct container *c, const char *path, struct error *err)
{
    return has_mount(c, path) ? fail(err, 0, "another option mounts something on %s already", path) : 0;
}

/* Of a volume and a bind mount: only options that every mount has. */
static int check_options(const char *options, struct error *err)
{
    _cleanup_free_ char *unknown = NULL;

    if (mount_options_valid(options, &unknown))
        return 0;
    return fail(err, 0, "unknown option \"%s\": ro, rw, nosuid, nodev and noexec are known", unknown);
}

static int add_volume(struct container *c, const char *source, const char *path, const char *options,
                      struct error *err)
{
    if (check_free(c, path, err) < 0 || check_options(options, err) < 0)
        return -1;
    if (source[0] != '/' && source[0] != '.') {
        if (named_volume_check(source, err) < 0)
            return -1;
        container_add_mount(c, path, "volume", source, options);
        return 0;
    }
    if (access(source, F_OK) < 0)
        return fail(err, errno, "look for %s on the host", source);
    container_add_mount(c, path, "bind", source, options);
    return 0;
}

int option_volume(const char *argument, void *target, struct error *err)
{
    _cleanup_free_ char *copy = must_strdup(argument), *path = NULL;
    char *rest = copy, *source = strsep(&rest, ":"), *written = strsep(&rest, ":");
    const char *options = rest ? rest : "";
    struct container *c = target;

    path = destination(written ? written : source, err);
    if (!path)
        return -1;
    if (written)
        return add_volume(c, source, path, options, err);
    strv_add(&c->volumes, path);
    return 0;
}

int option_tmpfs(const char *argument, void *target, struct error *err)
{
    _cleanup_free_ char *copy = must_strdup(argument), *options = NULL, *path = NULL;
    char *rest = copy, *written = strsep(&rest, ":");

    path = destination(written, err);
    if (!path || check_free(target, path, err) < 0)
        return -1;
    options = formatted("nosuid,nodev,noexec%s%s", rest ? "," : "", rest ? rest : "");
    container_add_mount(target, path, "tmpfs", "tmpfs", options);
    return 0;
}

/* ---- before the process exists */

static size_t depth(const struct mount *mount)
{
    size_t slashes = 0;

    for (const char *c = mount->destination; *c; c++)
        slashes += *c == '/';
    return slashes;
}

/* /a before /a/b, or /a would hide /a/b; otherwise the order of the command line. */
static void sort_by_depth(struct container *c)
{
    for (size_t i = 1; i < c->mount_count; i++) {
        struct mount moved = c->mounts[i];
        size_t to = i;

        for (; to > 0 && depth(&c->mounts[to - 1]) > depth(&moved); to--)
            c->mounts[to] = c->mounts[to - 1];
        c->mounts[to] = moved;
    }
}

int volumes_prepare(struct container *c, struct error *err)
{
    for (size_t i = 0; i < c->mount_count; i++)
        if (strcmp(c->mounts[i].type, "volume") == 0 && named_volume_bind(c, &c->mounts[i], err) < 0)
            return fail_while(err, "volume %s", c->mounts[i].source);
    for (size_t i = 0; i < c->volumes.count; i++) {
        _cleanup_free_ char *path = NULL;

        if (has_mount(c, c->volumes.items[i])) /* -v names its place */
            continue;
        path = destination(c->volumes.items[i], err);
        if (!path)
            return fail_while(err, "VOLUME");
        container_add_mount(c, path, "bind", "", "");
    }
    sort_by_depth(c);
    return 0;
}
