/* A directory in a second place, to read only. */
#ifndef BIND_READONLY_H
#define BIND_READONLY_H

#include "error.h"
#include "str.h"

/* Show the directory SOURCE at the directory TARGET, with all that is mounted below it, so that nothing can be written
 * through TARGET. nosuid, nodev and noexec stay where a mount has them. SOURCE stays as it is. Both are absolute, and no links.
 * Returns 0, or -1 with err; then nothing is mounted on TARGET. mount(2), statvfs(3). */
int bind_readonly(const char *source, const char *target, struct error *err);

/* The check's: add to POINTS where something is mounted, of PATH and all below it. A mount comes behind the one that it
 * is mounted on. Returns 0, or -1 with err. */
int mounts_below(const char *path, struct strv *points, struct error *err);

#endif
