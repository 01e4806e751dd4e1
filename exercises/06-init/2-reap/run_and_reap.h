/* 06.2: a program, and what it leaves behind. */
#ifndef EXERCISE_RUN_AND_REAP_H
#define EXERCISE_RUN_AND_REAP_H

#include "error.h"

/* Run ARGV, found in PATH, to its end, and take in its orphans meanwhile. *STATUS is the program's exit status, or 128 plus
 * the signal that ended it; 126 or 127 where it cannot be executed or is not there. *ORPHANS counts the other processes that
 * were taken off the table. Returns 0, or -1 with err. */
int run_and_reap(char *const argv[], int *status, int *orphans, struct error *err);

#endif
