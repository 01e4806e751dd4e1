/* A root directory that shows a few of the host's directories and nothing else. */
#ifndef SHOW_ONLY_H
#define SHOW_ONLY_H

#include "error.h"

/* Give the calling process a mount namespace of its own with an empty root in memory. In it are the directories PATHS (each
 * absolute, and no link; none is in another; ends with NULL) at their places, with what is mounted below them now. Nothing
 * can be written, and nothing comes in that the host mounts later. The working directory is /, and all descriptors are
 * closed but 0, 1 and 2, the caller's too. No other process sees a change. Returns 0, or -1 with err (ENOENT where one of
 * PATHS is not there): the process is then somewhere half way, and has to end. pivot_root(2), mount_namespaces(7). */
int show_only(const char *const paths[], struct error *err);

#endif
