/* A file written into a root filesystem that somebody else filled. */
#ifndef REPLACE_FILE_H
#define REPLACE_FILE_H

#include "error.h"

/* Make the clean PATH (entry_path.h; not the root) below ROOT_FD a regular file that holds TEXT and has
 * mode 0644, whatever the umask. Links on the way to it are followed as after chroot(ROOT_FD). What is at PATH itself gives
 * way, be it a file, one of several names of a file, or a link. Its directory has to be there. Returns 0, or -1 with err; then
 * what was at PATH is there still, and nothing else is left. No descriptor stays open. openat2(2), rename(2), fchmod(2). */
int replace_file(int root_fd, const char *path, const char *text, struct error *err);

#endif
