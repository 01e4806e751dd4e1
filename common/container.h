/* The engine: a container is a process plus a list of isolations.
 *
 * Every chapter from 4 on adds entries to the list in its main.c. The way in is straight:
 *
 *     prepare all -> create the process -> attach all -> let it go
 *                                 the child: enter all -> become the user -> exec
 *     wait -> release all, in reverse
 *
 * A failure anywhere releases what was prepared and names the step that failed. */
#ifndef GOCKER_CONTAINER_H
#define GOCKER_CONTAINER_H

#include "error.h"
#include "str.h"

#include <stdint.h>
#include <sys/types.h>

/* Named after the OCI runtime specification's config.md; it grows with the chapters. */
struct container {
    struct {
        struct strv args; /* the program and its arguments */
        struct strv env;  /* "NAME=VALUE", nothing of the host's */
        char *cwd;        /* an absolute path inside the root */
        struct {
            uid_t uid;
            gid_t gid;
            gid_t *additional_gids;
            size_t additional_gid_count;
        } user;
    } process;
    struct {
        char *path; /* the root filesystem, a directory of the host's */
    } root;
};

void container_free(struct container *c); /* what it points to; for _cleanup_(container_free) */

/* One way in which the container differs from any other process. Members may be NULL. */
struct isolation {
    const char *name;                                                 /* "cgroup" */
    const char *why;                                                  /* one line; --explain prints it */
    uint64_t clone_flags;                                             /* namespaces it adds */
    int (*prepare)(struct container *c, struct error *err);           /* host, before the process exists */
    int (*attach)(struct container *c, pid_t pid, struct error *err); /* host, while the child waits */
    int (*enter)(struct container *c, struct error *err);             /* child, before exec */
    void (*release)(struct container *c); /* host, after it ended; in reverse order */
};

/* How the process comes to be: create one that calls child(argument) and never returns from it, with the
 * namespaces in CLONE_FLAGS. Returns its pid, or -1 with err. Chapter 4 forks; later ones clone. */
typedef pid_t launcher(uint64_t clone_flags, void (*child)(void *argument), void *argument,
                       struct error *err);

/* Run C's process to its end, isolated by every entry of LIST (ends with NULL). Signals that reach this
 * process meanwhile are passed on to it. *STATUS is its exit status (exit_status in process.h). Returns 0,
 * or -1 with err: the isolation and step that failed, err->exit_status 127 where the program is not in
 * the container, 126 where it cannot be executed. Nothing is left running or prepared either way. */
int container_run(struct container *c, const struct isolation *const list[], launcher *launch, int *status,
                  struct error *err);

#endif
