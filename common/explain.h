/* --explain: each step on standard error, as it happens. */
#ifndef GOCKER_EXPLAIN_H
#define GOCKER_EXPLAIN_H

#include <stdbool.h>

/* Turn it on, for this process and those it forks. */
void explain_enable(void);

bool explain_enabled(void);

/* Print one line: the system CALL with its real arguments, WHY, and the SHELL command that does the same
 * (NULL where there is none). Takes CALL and SHELL, made by formatted(), and frees them.
 *
 *     explain(formatted("chroot(\"%s\")", root), "the root directory becomes the image's",
 *             formatted("chroot %s", root));
 */
void explain(char *call, const char *why, char *shell);

#endif
