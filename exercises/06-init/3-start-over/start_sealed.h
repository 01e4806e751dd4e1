/* 06.3: a program that runs from a copy which nobody can change. */
#ifndef EXERCISE_START_SEALED_H
#define EXERCISE_START_SEALED_H

#include "error.h"

/* Called first thing in main. Returns 0 where this process executes a file with all four seals. Where it does not, execute a
 * copy that has them in the place of this one, with the arguments ARGV and the environment as it is: then this call does not
 * return. -1 with err where that fails. memfd_create(2), fcntl(2), fexecve(3). */
int start_sealed(char *const argv[], struct error *err);

#endif
