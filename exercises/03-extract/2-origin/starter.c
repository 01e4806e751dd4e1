/* 03.2: which layer a file comes from. */
#include "origin.h"

#include <string.h>

/* Does LAYER bring PATH itself? */
static bool brings(const struct changes *layer, const char *path)
{
    for (size_t i = 0; i < layer->count; i++)
        if (strcmp(layer->members[i].path, path) == 0)
            return true;
    return false;
}

ssize_t find_origin(const struct changes *layers, size_t count, const char *path)
{
    /* From the top: the first layer that has the file. Nothing is ever hidden. Your part. */
    for (size_t i = count; i-- > 0;)
        if (brings(&layers[i], path))
            return (ssize_t)i;
    return -1;
}
