/* Which layer a file of the root filesystem comes from. */
#ifndef ORIGIN_H
#define ORIGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* An entry of a layer's tar. */
struct member {
    const char *path; /* clean, as entry_path.h has it */
    bool directory;
};

/* What one layer changes: its members, in the tar's order, which may be any. */
struct changes {
    const struct member *members;
    size_t count;
};

/* Apply LAYERS, COUNT of them, the lowest first: which of them gave what is at the clean PATH in the end? Returns its
 * index, or -1 where PATH is not there. A directory counts for the highest layer that lists it; a layer that has a
 * file lists the directories on the way to it, too. There are no links,
 * and no whiteouts that entry_path_whiteout calls an error. OCI image specification, layer.md, Whiteouts. */
ssize_t find_origin(const struct changes *layers, size_t count, const char *path);

#endif
