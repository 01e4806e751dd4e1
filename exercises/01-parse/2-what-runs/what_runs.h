/* What a container's ENTRYPOINT and CMD run. */
#ifndef WHAT_RUNS_H
#define WHAT_RUNS_H

#include "dockerfile.h"

/* Append to ARGV, which is empty, the program that a container runs, and its arguments. ENTRYPOINT and CMD are
 * instructions of the Dockerfile, or NULL where it has none. Their args are the strings of the array in the exec form
 * (exec_form is true), and in the shell form a single string, the command; they are empty where nothing stands behind
 * the keyword. SHELL is what SHELL set, or /bin/sh and -c.
 * Returns 0, or -1 with err where there is nothing to run. */
int what_runs(const struct instruction *entrypoint, const struct instruction *cmd, const struct strv *shell,
              struct strv *argv, struct error *err);

#endif
