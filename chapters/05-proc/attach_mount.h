/* Mounting by descriptors: what is mounted, and where, is held open before the two are joined.
 *
 * mount(2) takes paths, and an image may make links of them between a look and the call (CVE-2021-30465).
 * The calls of Linux 5.2 make a mount that is nowhere yet, which move_mount(2) then puts on a descriptor. */
#ifndef GOCKER_ATTACH_MOUNT_H
#define GOCKER_ATTACH_MOUNT_H

#include "error.h"

#include <stdbool.h>

/* Mount a new file system of TYPE on the file or directory that TARGET is open on. OPTIONS are mount(8)'s:
 * what every mount has (ro, nosuid, …) and the file system's own (size=64k). Returns 0, or -1 with err,
 * which holds what the file system says of its options. fsopen(2), fsconfig(2), fsmount(2), move_mount(2). */
int mount_new(const char *type, const char *options, int target, struct error *err);

/* A copy of the mount that SOURCE (relative to DIR_FD; "" is DIR_FD itself) is in, of the tree below SOURCE
 * only and with all that is mounted there, where RECURSIVE. Returns a descriptor of it, or -1 with err.
 * open_tree(2). */
int mount_copy(int dir_fd, const char *source, bool recursive, struct error *err);

/* Give the mount MOUNT_FD, and with RECURSIVE all those in it, the OPTIONS: only what every mount has; -1
 * with err for any other. mount_setattr(2). */
int mount_set(int mount_fd, const char *options, bool recursive, struct error *err);

/* Put the mount MOUNT_FD on TARGET. move_mount(2). */
int mount_attach(int mount_fd, int target, struct error *err);

/* Are OPTIONS all such as mount_set takes? *UNKNOWN is the first that is not. */
bool mount_options_valid(const char *options, char **unknown);

#endif
