/* The compressions that ADD knows and layers do not have. */
#ifndef GOCKER_DECOMPRESS_H
#define GOCKER_DECOMPRESS_H

#include "error.h"

#include <stdint.h>

/* Take xz or bzip2 off the file open as FD, into a file without a name in the directory DIR_FD; of any other
 * file a second descriptor, at its start, is enough. At most LIMIT bytes come out. Returns a descriptor, or -1
 * with err. */
int decompressed(int fd, int dir_fd, uint64_t limit, struct error *err);

#endif
