/* A blob from a stream into a directory. */
#ifndef RECEIVE_H
#define RECEIVE_H

#include "digest.h"
#include "error.h"

#include <stdint.h>

/* Read FROM (a pipe, a socket, a file) to its end, and put what comes into DIRECTORY, under the 64 digits of
 * DIGEST (digest_hex). It has to be SIZE bytes with that digest, which is a valid one. Returns 0, or -1 with err
 * where it is not, or where a system call failed: then DIRECTORY is as it was before. */
int receive_blob(int from, const char *digest, uint64_t size, int directory, struct error *err);

#endif
