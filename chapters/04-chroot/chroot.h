/* The first container: a process whose root directory is an image's. */
#ifndef GOCKER_CHROOT_H
#define GOCKER_CHROOT_H

#include "container.h"

/* chroot(2) and chdir(2) into root.path. Needs CAP_SYS_CHROOT; keeps nobody in who has it too. */
extern const struct isolation isolate_chroot;

/* The launcher of this chapter: fork(2). It adds no namespaces; clone flags other than 0 are EINVAL. */
extern const struct launcher fork_launcher;

#endif
