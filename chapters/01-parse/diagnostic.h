/* Telling the author of a Dockerfile. */
#ifndef GOCKER_DIAGNOSTIC_H
#define GOCKER_DIAGNOSTIC_H

#include "dockerfile.h"

/* Append an error, or a warning, about LINE to FILE's diagnostics. A text too long to read is cut. */
void diagnose_error(struct dockerfile *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void diagnose_warning(struct dockerfile *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* How many of FILE's diagnostics are errors. */
size_t count_errors(const struct dockerfile *file);

#endif
