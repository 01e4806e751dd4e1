/* A terminal of the container's own, and what stands between it and the user's. */
#ifndef GOCKER_TERMINAL_H
#define GOCKER_TERMINAL_H

#include "container.h"

/* Brings --interactive and --tty. With the latter, a pseudoterminal of the container's own devpts is the
 * program's: were it the user's, the program could type into it (TIOCSTI, CVE-2017-5226). pty(7). */
extern const struct isolation isolate_terminal;

/* In the program's process: begin a session, so that a signal to its own process group (kill(0, …)) is not
 * the init's too; and where C has a terminal, make that its controlling terminal, standard input, output and
 * error. Returns 0, or -1 with err. setsid(2), ioctl_tty(2). */
int take_terminal(const struct container *c, struct error *err);

/* In the init: send the host's side of the terminal through CHANNEL, and close it here. The other stays open,
 * or the line would be cut whenever no program has it open for a moment. Nothing where C has none. unix(7),
 * SCM_RIGHTS. */
int give_terminal(struct container *c, int channel, struct error *err);

/* On the host, a launcher's follow: where C has a terminal, take its side of it from CHANNEL, and until PID
 * has ended carry what is typed there, what is printed back, and the window's size there. The user's
 * terminal is in raw mode meanwhile, and afterwards as it was, however this ends. When the user's terminal is
 * gone, so is the container's. Without one, container_follow, and standard input and output are let go. */
int follow_terminal(struct container *c, pid_t pid, int channel, int signals, int *wait_status,
                    struct error *err);

#endif
