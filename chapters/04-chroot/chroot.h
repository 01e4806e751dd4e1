/* The first container: a process whose root directory is an image's. */
#ifndef GOCKER_CHROOT_H
#define GOCKER_CHROOT_H

#include "container.h"

/* chroot(2) and chdir(2) into root.path. Needs CAP_SYS_CHROOT; keeps nobody in who has it too. */
extern const struct isolation isolate_chroot;

/* The launcher of this chapter: fork(2). It adds no namespaces; CLONE_FLAGS other than 0 are EINVAL. */
pid_t fork_launcher(uint64_t clone_flags, void (*child)(void *argument), void *argument, struct error *err);

#endif
