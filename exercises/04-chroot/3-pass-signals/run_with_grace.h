/* Running a program to its end, signals and all. */
#ifndef RUN_WITH_GRACE_H
#define RUN_WITH_GRACE_H

#include "error.h"

/* Run ARGV (NULL-terminated, found in PATH) and wait for its end. HUP, INT, QUIT, TERM, USR1, USR2 and WINCH that reach
 * this process meanwhile are passed on to the program. GRACE_MS milliseconds after the first TERM was passed on, a
 * program that still runs gets KILL. The program starts with no signal blocked; the caller's signal mask is afterwards
 * what it was. *STATUS is the program's exit status, or 128 plus the signal that ended it; 127 where it could not be
 * executed. Returns 0, or -1 with err where no process could be made or waited for. */
int run_with_grace(char *const argv[], int grace_ms, int *status, struct error *err);

#endif
