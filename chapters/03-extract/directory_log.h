/* What is to be done to directories at the end: making files in one changes its times, and needs rights that
 * its final mode may not give an ordinary user. */
#ifndef GOCKER_DIRECTORY_LOG_H
#define GOCKER_DIRECTORY_LOG_H

#include "error.h"

#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/* The records wait in a file without a name, not in memory: an image may hold millions of directories. */
struct directory_log {
    int fd;
    off_t last, end; /* where the last record begins, and ends */

    /* The root's own; the caller applies them. Images need not list it: then it has the mode of one that does. */
    mode_t root_mode;
    struct timespec root_times[2];
};

/* Begin a log on the file system of ROOT_FD. */
int directory_log_open(struct directory_log *log, int root_fd, struct error *err);
void directory_log_close(struct directory_log *log); /* for _cleanup_(…); {.fd = -1} is closed */

/* Note that the directory open as FD, found at the clean PATH ("" is the root), is to have MODE and TIMES in the end. */
int directory_log_add(struct directory_log *log, const char *path, int fd, mode_t mode,
                      const struct timespec times[2], struct error *err);

/* Do it, for those that are still there, but the root. Of two records of one directory the later counts. */
int directory_log_apply(const struct directory_log *log, int root_fd, struct error *err);

#endif
