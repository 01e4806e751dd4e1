/* Processes: signals, exit statuses, programs whose output we read. */
#ifndef GOCKER_PROCESS_H
#define GOCKER_PROCESS_H

#include "error.h"
#include "str.h"

#include <stdbool.h>
#include <sys/types.h>

/* What gocker exits with where the program did not get to say (the convention of docker run(1) and of
 * shells): 125 gocker itself failed, 126 the program cannot be executed, 127 it was not found, and 128
 * plus the signal's number where a signal ended it. */
#define EXIT_GOCKER_FAILED  125
#define EXIT_NOT_EXECUTABLE 126
#define EXIT_NOT_FOUND      127

/* The exit status that stands for WAIT_STATUS (waitpid(2)): the program's, or 128 plus its signal. */
int exit_status(int wait_status);

/* From now on SIGINT, SIGTERM and SIGHUP do not end the process but are noted, so that what was begun can
 * be cleaned up: blocking calls return EINTR, and loops ask interrupted(). SIGPIPE is ignored: writing to
 * a closed pipe fails with EPIPE instead, and SIGCHLD is at its default. */
void interrupt_catch(void);

/* The number of the signal that was noted, or 0. */
int interrupted(void);

/* 0, or -1 with err ("interrupted by SIGTERM", EINTR) when a signal was noted. For long loops. */
int check_interrupt(struct error *err);

/* When a signal was noted: end this process by that very signal, so that the shell above sees it. Called
 * last in main, after everything was released. */
void interrupt_finish(void);

/* Put NULL_FD in the place of our standard descriptors up to LAST (2: all three): a program of ours has them.
 * Were they open here as well, who is at a pipe's other end would not notice that the program has closed it. */
void let_go(int null_fd, int last);

/* In a child, before exec: all signals at their default action, none blocked. */
void reset_signals(void);

/* Run ARGV (found in PATH), give it INPUT on standard input, and append at most LIMIT bytes of its
 * standard output to OUTPUT; its standard error is ours. *STATUS is as exit_status gives it. -1 with err
 * where it cannot be started, prints more, or takes longer than TIMEOUT_S seconds (it is then killed). */
int run_program(char *const argv[], const char *input, size_t limit, int timeout_s, struct str *output,
                int *status, struct error *err);

#endif
