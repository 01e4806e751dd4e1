/* Two layers become one. */
#ifndef SQUASH_H
#define SQUASH_H

#include "str.h"

#include <stdbool.h>
#include <stddef.h>

/* An entry of a layer's tar. */
struct member {
    const char *path; /* clean, as entry_path.h has it */
    bool directory;
};

/* What one layer changes: its members, in the tar's order. A directory is listed before what is in it. */
struct changes {
    const struct member *members;
    size_t count;
};

/* Append to NAMES the paths, each once, of one layer that does what LOWER and then UPPER do, whatever lies below them. A
 * path that UPPER has stands for UPPER's member, else for LOWER's, and a whiteout that neither has is made. There are no
 * links, and no whiteouts that entry_path_whiteout calls an error. OCI image specification, layer.md. */
void squash(const struct changes *lower, const struct changes *upper, struct strv *names);

#endif
