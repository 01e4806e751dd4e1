/* What of a Dockerfile this chapter can do, asked before anything is downloaded. */
#ifndef GOCKER_SUPPORTED_H
#define GOCKER_SUPPORTED_H

#include "dockerfile.h"
#include "error.h"

#include <stdbool.h>
#include <stdint.h>

/* Look at all of FILE, and print "FILE:LINE: …" on standard error for each instruction, flag or further stage
 * that a later chapter brings, naming it; INSTRUCTIONS are those it has brought by now (1 << enum keyword, or-ed).
 * Returns 0, or -1 with an empty err where anything was printed; -1 with err where there is no FROM. */
int dockerfile_supported(const struct dockerfile *file, uint64_t instructions, struct error *err);

/* Is SOURCE of an ADD a URL or a Git repository, and no file? */
bool source_is_remote(const char *source);

#endif
