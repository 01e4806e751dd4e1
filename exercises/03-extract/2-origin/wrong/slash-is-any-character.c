/* Mistake: the whiteout is taken off the whole path, and its slash is any character. Rejected by whiteout_hides_lower_file. */
/* 03.2: which layer a file comes from. */
#include "origin.h"

#include "entry_path.h"
#include "str.h"

#include <string.h>

/* Is PATH somewhere below DIRECTORY? All but the root is below the root. */
static bool is_below(const char *path, const char *directory)
{
    size_t length = strlen(directory);

    return length == 0 ? *path != '\0' : strncmp(path, directory, length) == 0 && path[length] == '/';
}

/* Does MEMBER take PATH of the layers below away? */
static bool hides(const struct member *member, const char *path)
{
    _cleanup_free_ char *parent = must_strndup(member->path, entry_path_parent(member->path));
    _cleanup_free_ char *hidden = NULL;
    struct error err;

    switch (entry_path_whiteout(member->path, &err)) {
    case WHITEOUT_OPAQUE: return is_below(path, parent);
    case WHITEOUT_FILE:
        hidden = formatted("%s%s%s", parent, *parent ? "/" : "", entry_path_hidden(member->path));
        if (strlen(path) == strlen(hidden) && *parent && strncmp(path, parent, strlen(parent)) == 0)
            return strcmp(path + strlen(parent) + 1, hidden + strlen(parent) + 1) == 0;
        return strcmp(path, hidden) == 0 || is_below(path, hidden);
    case WHITEOUT_NONE: return !member->directory && is_below(path, member->path);
    default: return false;
    }
}

/* Does LAYER bring PATH itself? */
static bool brings(const struct changes *layer, const char *path)
{
    for (size_t i = 0; i < layer->count; i++)
        if (strcmp(layer->members[i].path, path) == 0)
            return true;
    return false;
}

static bool layer_hides(const struct changes *layer, const char *path)
{
    for (size_t i = 0; i < layer->count; i++)
        if (hides(&layer->members[i], path))
            return true;
    return false;
}

ssize_t find_origin(const struct changes *layers, size_t count, const char *path)
{
    for (size_t i = count; i-- > 0;) {
        if (brings(&layers[i], path))
            return (ssize_t)i;
        if (layer_hides(&layers[i], path))
            return -1;
    }
    return -1;
}
