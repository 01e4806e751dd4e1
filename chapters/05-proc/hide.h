/* What /proc and /sys would tell about the host, or let a container do to it. */
#ifndef GOCKER_HIDE_H
#define GOCKER_HIDE_H

#include "error.h"

/* Below the container's root ROOT_FD, with everything mounted: make the masked paths empty and the
 * read-only paths read-only (config-linux.md, "Masked Paths", "Readonly Paths"; the lists are Docker's, but
 * for what that masks of each CPU). Paths that this kernel does not have are left out. Returns 0, or -1
 * with err. */
int hide_paths(int root_fd, struct error *err);

#endif
