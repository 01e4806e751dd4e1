/* 03.4: two layers become one. */
#include "squash.h"

void squash(const struct changes *lower, const struct changes *upper, struct strv *names)
{
    /* All names of both, each once. Your part. */
    for (size_t i = 0; i < lower->count; i++)
        if (!strv_has(names, lower->members[i].path))
            strv_add(names, lower->members[i].path);
    for (size_t i = 0; i < upper->count; i++)
        if (!strv_has(names, upper->members[i].path))
            strv_add(names, upper->members[i].path);
}
