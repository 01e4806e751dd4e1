/* 06.4: a program on a terminal of its own. */
#ifndef EXERCISE_RUN_ON_TERMINAL_H
#define EXERCISE_RUN_ON_TERMINAL_H

#include "error.h"
#include "str.h"

/* Run ARGV, found in PATH, on a new terminal of ROWS by COLUMNS, and append to OUTPUT what comes out of it. *STATUS is its exit
 * status, or 128 plus the signal that ended it; 126 or 127 where it cannot be executed or is not there. Returns 0, or -1 with
 * err. pty(7). */
int run_on_terminal(char *const argv[], unsigned short rows, unsigned short columns, struct str *output,
                    int *status, struct error *err);

#endif
