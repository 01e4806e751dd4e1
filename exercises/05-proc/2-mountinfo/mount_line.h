/* A line of /proc/PID/mountinfo. */
#ifndef MOUNT_LINE_H
#define MOUNT_LINE_H

#include "error.h"

/* All texts are the caller's, and decoded: a name with a blank has a blank. (In the options the kernel writes no escapes.) */
struct mount_line {
    int id, parent; /* of this mount, and of the one that it is mounted on */
    char *root;     /* the directory of the file system that is seen here */
    char *point;    /* where it is mounted */
    char *options;  /* of the mount: "rw,nosuid" */
    int shared;     /* its peer group; 0: not shared */
    int master;     /* the peer group that it is a slave of; 0: none */
    char *type;     /* of the file system: "ext4" */
    char *source;   /* "/dev/sda1", "tmpfs"; may be empty */
};

/* Read LINE, with or without the newline at its end, into FOUND, whose texts mount_line_free frees. Returns 0, or -1 with
 * err, EINVAL where a field is missing; there is nothing to free then. proc_pid_mountinfo(5). */
int mount_line_parse(const char *line, struct mount_line *found, struct error *err);

void mount_line_free(struct mount_line *line);

#endif
