/* Where something is mounted: found, or made, inside the root, held open. */
#ifndef GOCKER_MOUNT_POINT_H
#define GOCKER_MOUNT_POINT_H

#include "error.h"

#include <stdbool.h>

/* Open, or make, the directory PATH of the container's root ROOT_FD, without following any link: for the
 * kernel's own file systems. An image whose /proc is a link would have it mounted where it likes
 * (CVE-2019-19921). Returns an O_PATH descriptor, or -1 with err: ELOOP or ENOTDIR where something in PATH
 * is no directory. */
int mount_point_real(int root_fd, const char *path, struct error *err);

/* Open, or make, the directory (or the file, empty) PATH of ROOT_FD, following links as after chroot.
 * Returns an O_PATH descriptor, or -1 with err: where it is of the other kind, is the root itself, or is in
 * a procfs, which must show what it shows (CVE-2019-16884). */
int mount_point_in_root(int root_fd, const char *path, bool is_directory, struct error *err);

#endif
