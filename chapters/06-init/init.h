/* The init: process 1 of a container, which starts the program and looks after all others. */
#ifndef GOCKER_INIT_H
#define GOCKER_INIT_H

#include "container.h"

/* What main does where GOCKER_INIT is set: read the spec, enter every isolation of LIST, start the program
 * as a child, and until that ends take in orphans and pass signals on. Then everything that is left in the
 * container ends with it. Returns the exit status for main: the program's, 128 plus its signal, or 125
 * where the host was told an error. */
int container_init(const struct isolation *const list[]);

#endif
