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

#include "command.h"
#include "error.h"
#include "str.h"

#include <stdint.h>
#include <sys/signalfd.h>
#include <sys/types.h>

/* What is mounted in the container on request (config.md, "Mounts"). */
struct mount {
    char *destination; /* an absolute path in it */
    char *type;        /* "bind", "tmpfs"; "volume" until it is prepared */
    char *source;      /* of a bind mount: a path of the host's, or "" for the image's own directory there */
    char *options;     /* as mount(8) takes them: "ro,nosuid,size=64k" */
};

/* What the container may use of the machine (config-linux.md, "Control groups"). 0: nobody asked; -1: no limit. */
struct resources {
    struct {
        int64_t limit; /* bytes */
        int64_t swap;  /* bytes of memory and swap together */
    } memory;
    struct {
        int64_t quota;    /* microseconds of CPU time in each 100000 */
        const char *cpus; /* "0-2,7"; NULL: nobody asked */
    } cpu;
    struct {
        int64_t limit; /* processes and threads */
    } pids;
    struct {
        int64_t weight; /* against other cgroups, 1 to 10000 as io.weight has it; 100 is everybody's */
    } block_io;
};

/* Named after the OCI runtime specification's config.md; it grows with the chapters. */
struct container {
    const char *id; /* its directory's, in hexadecimal digits */
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
        bool interactive; /* standard input is ours, and not empty */
        bool terminal;    /* standard input, output and error are a terminal of its own */
        struct {
            unsigned short height, width;
        } console_size;
    } process;
    struct {
        char *path;    /* the root filesystem, a directory of the host's */
        bool readonly; /* nothing in it may be written, but for mounts */
    } root;
    struct mount *mounts; /* in their order */
    size_t mount_count;
    struct strv volumes; /* paths that are to be volumes without a name (VOLUME) */
    struct {
        int host, own; /* the two ends of the container's terminal; 0: has none */
    } terminal;
    struct resources resources;
    bool stats;        /* at the end, say what it used */
    bool quiet;        /* do not warn of a default that cannot be had */
    int cgroup_fd;     /* the cgroup that the process is to begin in; 0: ours */
    char *cgroup_path; /* where that is in the host's tree */
};

void container_free(struct container *c); /* what it points to; for _cleanup_(container_free) */

/* Append a mount to C's, with copies of the four. */
void container_add_mount(struct container *c, const char *destination, const char *type, const char *source,
                         const char *options);

/* One way in which the container differs from any other process. Members may be NULL. */
struct isolation {
    const char *name;                                                 /* "cgroup" */
    const char *why;                                                  /* one line; --explain prints it */
    uint64_t clone_flags;                                             /* namespaces it adds */
    int (*prepare)(struct container *c, struct error *err);           /* host, before the process exists */
    int (*attach)(struct container *c, pid_t pid, struct error *err); /* host, while the child waits */
    int (*enter)(struct container *c, struct error *err);             /* child, before exec */
    void (*release)(struct container *c); /* host, after it ended; in reverse order */
    const struct option_spec *options;    /* of `run`, with offsets into struct container */
    uint64_t instructions;                /* of Dockerfiles, which it brings: 1 << enum keyword, or-ed */
};

/* What the new process needs. */
struct launch {
    struct container *container;
    const struct isolation *const *list; /* ends with NULL */
    uint64_t clone_flags;                /* those of the whole list */
    int host, own;                       /* the two ends of the socket between us; each closes the other's */
};

/* How the process comes to be, and how it is followed to its end. Chapter 4 forks; later ones clone. */
struct launcher {
    /* Create a process that calls container_child(launch). Returns its pid, or -1 with err. */
    pid_t (*create)(const struct launch *launch, struct error *err);
    bool tells; /* a byte from the process says that the program runs; else the end of file that exec makes */
    /* Wait for PID's end, and pass signals on; NULL: container_follow. */
    int (*follow)(struct container *c, pid_t pid, int channel, int signals, int *wait_status,
                  struct error *err);
};

/* Run C's process to its end, isolated by every entry of LIST (ends with NULL). Signals that reach this
 * process meanwhile are passed on to it. *STATUS is its exit status (exit_status in process.h). Returns 0,
 * or -1 with err: the isolation and step that failed, err->exit_status 127 where the program is not in
 * the container, 126 where it cannot be executed. Nothing is left running or prepared either way. */
int container_run(struct container *c, const struct isolation *const list[], const struct launcher *launcher,
                  int *status, struct error *err);

/* ---- for launchers */

/* The child's side: wait until the host has attached everything, enter every isolation. -1 with err. It ends
 * the process without a word where the host gave up. */
int container_enter(const struct launch *launch, struct error *err);

/* The whole child's side: enter, become the program; or tell the host why not, and end. */
void container_child(const struct launch *launch) __attribute__((noreturn));

/* Send ERR through CHANNEL to the host, which takes it as its own; print it where nobody listens. */
void container_report(int channel, const struct error *err);

/* What launcher.follow is by default. SIGNALS is a signalfd(2) of those that are the program's business, all
 * blocked; CHANNEL is the host's end of the socket. Returns 0, or -1 with err. */
int container_follow(struct container *c, pid_t pid, int channel, int signals, int *wait_status,
                     struct error *err);

/* Its two parts: has PID ended (1, else 0; -1 with err)? Pass on to PID the signal INFO, if it is its business. */
int process_ended(pid_t pid, int *wait_status, struct error *err);
void pass_signal(pid_t pid, const struct signalfd_siginfo *info);

#endif
