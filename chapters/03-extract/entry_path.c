/* Names in a layer's tar: cleaned, and what a name alone can mean. */
#include "entry_path.h"
#include "str.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#define WHITEOUT_PREFIX      ".wh."
#define WHITEOUT_META_PREFIX ".wh..wh."
#define WHITEOUT_OPAQUE_NAME ".wh..wh..opq"

/* Remove the last component of PATH. False where it has none. */
static bool remove_last(struct str *path)
{
    char *slash;

    if (path->length == 0)
        return false;
    slash = strrchr(path->text, '/');
    path->length = slash ? (size_t)(slash - path->text) : 0;
    path->text[path->length] = '\0';
    return true;
}

char *entry_path_clean(const char *name, struct error *err)
{
    _cleanup_str_ struct str path = { 0 };
    size_t length;

    if (*name == '\0') {
        fail(err, 0, "it has no name");
        return NULL;
    }
    for (const char *at = name + strspn(name, "/"); *at != '\0'; at += length, at += strspn(at, "/")) {
        length = strcspn(at, "/");
        if (length == 1 && at[0] == '.')
            continue;
        if (length == 2 && at[0] == '.' && at[1] == '.') {
            if (remove_last(&path))
                continue;
            fail(err, 0, "its name leads out of the root");
            return NULL;
        }
        if (path.length > 0)
            str_add_char(&path, '/');
        str_add_bytes(&path, at, length);
    }
    if (path.length >= PATH_MAX) {
        fail(err, ENAMETOOLONG, "a path of %zu bytes", path.length);
        return NULL;
    }
    return str_take(&path);
}

size_t entry_path_parent(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? (size_t)(slash - path) : 0;
}

const char *entry_path_base(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* Does a component of PATH before the last begin with PREFIX? */
static bool passes_through(const char *path, const char *prefix)
{
    for (const char *slash; (slash = strchr(path, '/')) != NULL; path = slash + 1)
        if (starts_with(path, prefix))
            return true;
    return false;
}

int entry_path_whiteout(const char *path, struct error *err)
{
    const char *base = entry_path_base(path), *hidden = base + strlen(WHITEOUT_PREFIX);

    if (passes_through(path, WHITEOUT_META_PREFIX))
        return WHITEOUT_IGNORE;
    if (passes_through(path, WHITEOUT_PREFIX))
        return fail(err, 0, "a whiteout is no directory");
    if (strcmp(base, WHITEOUT_OPAQUE_NAME) == 0)
        return WHITEOUT_OPAQUE;
    if (starts_with(base, WHITEOUT_META_PREFIX))
        return WHITEOUT_IGNORE;
    if (!starts_with(base, WHITEOUT_PREFIX))
        return WHITEOUT_NONE;
    if (hidden[0] == '\0' || strcmp(hidden, ".") == 0 || strcmp(hidden, "..") == 0)
        return fail(err, 0, "a whiteout must name a file");
    return WHITEOUT_FILE;
}

const char *entry_path_hidden(const char *path)
{
    return entry_path_base(path) + strlen(WHITEOUT_PREFIX);
}
