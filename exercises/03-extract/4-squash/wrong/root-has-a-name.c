/* Mistake: what an opaque directory hides begins with its name and a slash, and the root has neither. Rejected by opaque_root_hides_the_lower_layers_files. */
/* 03.4: two layers become one. */
#include "squash.h"

#include "entry_path.h"

#include <string.h>

/* Is PATH somewhere below DIRECTORY? */
static bool is_below(const char *path, const char *directory)
{
    size_t length = strlen(directory);

    return strncmp(path, directory, length) == 0 && path[length] == '/';
}

/* NAME in the directory of PATH; the caller frees it. */
static char *beside(const char *path, const char *prefix, const char *name)
{
    return formatted("%.*s%s%s", (int)(entry_path_base(path) - path), path, prefix, name);
}

/* Does MEMBER take PATH of the layers below away? A whiteout is below a directory like any other name. */
static bool hides(const struct member *member, const char *path)
{
    _cleanup_free_ char *parent = must_strndup(member->path, entry_path_parent(member->path));
    _cleanup_free_ char *hidden = NULL;
    struct error err;

    switch (entry_path_whiteout(member->path, &err)) {
    case WHITEOUT_OPAQUE: return is_below(path, parent);
    case WHITEOUT_FILE:
        hidden = beside(member->path, "", entry_path_hidden(member->path));
        return strcmp(path, hidden) == 0 || is_below(path, hidden);
    case WHITEOUT_NONE: return !member->directory && is_below(path, member->path);
    default: return false;
    }
}

static bool layer_hides(const struct changes *layer, const char *path)
{
    for (size_t i = 0; i < layer->count; i++)
        if (hides(&layer->members[i], path))
            return true;
    return false;
}

static const struct member *find_member(const struct changes *layer, const char *path)
{
    for (size_t i = 0; i < layer->count; i++)
        if (strcmp(layer->members[i].path, path) == 0)
            return &layer->members[i];
    return NULL;
}

static void add_once(struct strv *names, const char *path)
{
    if (!strv_has(names, path))
        strv_add(names, path);
}

/* LOWER's file also took away what a directory of this name held further below; UPPER's directory does not. */
static void keep_hidden(const struct changes *lower, const struct member *member, struct strv *names)
{
    const struct member *below = find_member(lower, member->path);

    if (member->directory && below && !below->directory) {
        _cleanup_free_ char *whiteout = beside(member->path, ".wh.", entry_path_base(member->path));

        add_once(names, whiteout);
    }
}

void squash(const struct changes *lower, const struct changes *upper, struct strv *names)
{
    for (size_t i = 0; i < lower->count; i++)
        if (!layer_hides(upper, lower->members[i].path))
            add_once(names, lower->members[i].path);
    for (size_t i = 0; i < upper->count; i++) {
        keep_hidden(lower, &upper->members[i], names);
        add_once(names, upper->members[i].path);
    }
}
