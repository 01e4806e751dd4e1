/* One file copied into an image, with what belongs to it: owner, permissions, extended attributes, times. */
#ifndef GOCKER_ENTRY_H
#define GOCKER_ENTRY_H

#include "error.h"

#include <stdbool.h>
#include <sys/stat.h>

/* What COPY's flags say. */
struct copy_options {
    uid_t uid;
    gid_t gid;
    bool has_owner;    /* there is a --chown */
    bool keep_owner;   /* as it is in the source, whatever uid and gid say */
    const char *chmod; /* mode_change's text; NULL: as in the context */
};

/* Copy NAME of FROM_FD, which is no directory and whose lstat(2) is FILE, to TO_NAME of TO_FD. What is there
 * is replaced, unless it is a directory. A link is copied as a link, a device, named pipe or socket made anew.
 * Returns 0, or -1 with err that names the file. */
int copy_entry(int from_fd, const char *name, const struct stat *file, int to_fd, const char *to_name,
               const struct copy_options *options, struct error *err);

/* Make the regular file TO_NAME of TO_FD with the text BODY, mode 0644 where OPTIONS does not say otherwise. */
int write_entry(const char *body, int to_fd, const char *to_name, const struct copy_options *options,
                struct error *err);

/* Give TO_FD, a file or directory open for reading or writing, owner, permissions, extended attributes and
 * times of FROM_FD, whose fstat(2) is FILE, as far as OPTIONS does not say otherwise. */
int copy_metadata(int from_fd, const struct stat *file, int to_fd, const struct copy_options *options,
                  struct error *err);

#endif
