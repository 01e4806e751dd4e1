/* A file's contents, holes kept. */
#ifndef GOCKER_CONTENTS_H
#define GOCKER_CONTENTS_H

#include "error.h"
#include "tar_reader.h"

/* Write the contents of the entry that READER is at, SIZE bytes, to the new file FD. */
int write_contents(struct tar_reader *reader, uint64_t size, int fd, struct error *err);

#endif
