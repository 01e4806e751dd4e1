/* Where a descriptor has led to. */
#ifndef GOCKER_REAL_PATH_H
#define GOCKER_REAL_PATH_H

#include "error.h"

/* The path of FD, opened below ROOT_FD, relative to ROOT_FD and free of links; "." for ROOT_FD itself. The
 * kernel knows it: it is where the link /proc/self/fd/N points (proc_pid_fd(5)). Returns the path (the caller
 * frees it), or NULL with err. */
char *real_path_below(int root_fd, int fd, struct error *err);

#endif
