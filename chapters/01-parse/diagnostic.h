/* Telling the author of a Dockerfile. */
#ifndef GOCKER_DIAGNOSTIC_H
#define GOCKER_DIAGNOSTIC_H

#include "dockerfile.h"

#define MAX_DIAGNOSTICS 100 /* nobody reads more, and each takes longer than the line it is about */

/* Append an error, or a warning, about LINE to FILE's diagnostics. A text too long to read is cut, and those
 * behind the first MAX_DIAGNOSTICS are only counted. */
void diagnose_error(struct dockerfile *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void diagnose_warning(struct dockerfile *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
