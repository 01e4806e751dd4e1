/* Permissions as COPY --chmod writes them. */
#ifndef GOCKER_MODE_H
#define GOCKER_MODE_H

#include "error.h"

#include <sys/types.h>

/* MODE (a file's st_mode, its type included) changed by TEXT, with its type as it was. TEXT is octal, at most
 * 7777, or chmod(1)'s symbolic form: u=rwX,go-w, +x, g=u. No umask applies. *CHANGED is set. Returns 0, or -1
 * with err where TEXT is neither. */
int mode_change(const char *text, mode_t mode, mode_t *changed, struct error *err);

#endif
