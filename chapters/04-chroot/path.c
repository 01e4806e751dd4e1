/* Paths as text: what Go's path package does to them before Docker looks at a file. */
#include "path.h"
#include "str.h"

#include <string.h>

/* Take the last component off PATH. FLOOR bytes at its start ("/", or the ".." that lead up) stay. */
static void drop_last(struct str *path, size_t floor)
{
    while (path->length > floor && path->text[path->length - 1] != '/')
        path->length--;
    if (path->length > floor)
        path->length--; /* the slash itself */
    path->text[path->length] = '\0';
}

static void add_component(struct str *path, const char *name, size_t length)
{
    if (path->length > 0 && path->text[path->length - 1] != '/')
        str_add_char(path, '/');
    str_add_bytes(path, name, length);
}

char *path_clean(const char *path)
{
    bool absolute = path[0] == '/';
    struct str clean = { 0 };
    size_t floor = absolute ? 1 : 0, length;

    if (absolute)
        str_add_char(&clean, '/');
    for (const char *p = path; *p != '\0'; p += length) {
        p += strspn(p, "/");
        length = strcspn(p, "/");
        if (length == 0 || (length == 1 && p[0] == '.'))
            continue;
        if (length != 2 || strncmp(p, "..", 2) != 0) {
            add_component(&clean, p, length);
        } else if (clean.length > floor) {
            drop_last(&clean, floor);
        } else if (!absolute) {
            add_component(&clean, p, length);
            floor = clean.length;
        }
    }
    if (clean.length == 0)
        str_add_char(&clean, '.');
    return str_take(&clean);
}

char *path_from(const char *directory, const char *path)
{
    _cleanup_free_ char *joined = formatted("%s/%s", directory, path);

    return path_clean(path[0] == '/' ? path : joined);
}

char *path_inside(const char *path)
{
    _cleanup_free_ char *rooted = formatted("/%s", path);
    _cleanup_free_ char *clean = path_clean(rooted);

    return must_strdup(clean[1] == '\0' ? "." : clean + 1);
}

const char *path_base(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash && slash[1] != '\0' ? slash + 1 : path;
}

char *path_parent(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return must_strdup(".");
    return must_strndup(path, slash == path ? 1 : (size_t)(slash - path));
}
