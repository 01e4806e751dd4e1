/* The container's first program is gocker itself, started anew. */
#ifndef GOCKER_REEXEC_H
#define GOCKER_REEXEC_H

#include "container.h"

/* Of the init, by number: where it finds the spec (a pipe; its end ends the spec), and the socket to the
 * host. */
#define INIT_SPEC_FD    3
#define INIT_CHANNEL_FD 4

/* The launcher of this chapter: a process in new namespaces executes a sealed copy of /proc/self/exe with
 * GOCKER_INIT=1 (container_init), and reads from a pipe what container it is to be. It is followed to its
 * end by follow_terminal. */
extern const struct launcher init_launcher;

/* A copy of this program in memory that nobody can change any more: a container that gets hold of
 * /proc/self/exe gets this one, and not the file that the next container starts from (CVE-2019-5736).
 * Returns a descriptor, or -1 with err. memfd_create(2), fcntl(2) F_ADD_SEALS. */
int sealed_self(struct error *err);

#endif
