/* What belongs to a file beside its contents: owner, permissions, extended attributes, times. */
#ifndef GOCKER_METADATA_H
#define GOCKER_METADATA_H

#include "error.h"
#include "tar_reader.h"

#include <stdint.h>
#include <sys/stat.h>

/* What an ordinary user may not do, or a file system cannot hold: counted, and said once at the end. */
struct left_out {
    uint64_t owners, setuid_bits, devices, attributes, acls;
};

/* A file just made, or a directory found: its directory and name, and a descriptor where its type can be
 * opened without doing something (a device or FIFO cannot), else -1. */
struct made_file {
    int parent_fd;
    const char *name;
    int fd;
    struct stat stat; /* as it was made */
};

/* Give FILE what ENTRY says. The order matters: chown(2) clears the setuid bits and security.capability, and
 * writing attributes may need rights that the final mode takes away. A directory keeps all rights of its
 * owner, and its times are not set: directory_log.h. Returns 0, or -1 with err. */
int set_metadata(const struct made_file *file, const struct tar_entry *entry, struct left_out *left_out,
                 struct error *err);

/* Warn of what was left out, in one line, if anything was. */
void left_out_print(const struct left_out *left_out);

#endif
