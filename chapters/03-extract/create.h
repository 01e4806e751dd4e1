/* Making the files of a layer. */
#ifndef GOCKER_CREATE_H
#define GOCKER_CREATE_H

#include "directory_log.h"
#include "metadata.h"
#include "tar_reader.h"
#include "tree.h"

/* Where entries go and what is kept about them, for all layers of an image. */
struct extraction {
    int root_fd;
    struct directory_log *log;
    struct left_out left_out;
    uint64_t stream_bytes_left;  /* that may still come out of the decompressor */
    uint64_t content_bytes_left; /* of files, holes included */
    uint64_t entries_left;
};

/* Make ENTRY, whose contents READER gives, in TREE. What is there under its name gives way, but a directory
 * stays where ENTRY is one too. Returns 0, or -1 with err. */
int create_entry(struct extraction *extraction, struct tree *tree, struct tar_reader *reader,
                 const struct tar_entry *entry, struct error *err);

#endif
