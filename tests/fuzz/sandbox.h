/* A place for fuzzing what writes files: a mistake must show, and must not reach the machine. */
#ifndef GOCKER_SANDBOX_H
#define GOCKER_SANDBOX_H

#define SANDBOX "/tmp"

/* Give this process mounts of its own, where SANDBOX is empty, memory only, and beside the working directory the
 * only place that can be written to. In SANDBOX/outside there are then some files that nobody has a reason
 * to touch. Ends the program with FUZZ_SKIPPED where that is not allowed (it takes root, or a user namespace).
 * mount_namespaces(7), mount_setattr(2). */
void sandbox_enter(void);

/* What SANDBOX/outside looks like, in a text that any change but a reading changes, and what else is in SANDBOX
 * but a directory called root. The caller frees it. */
char *outside_look(void);

#endif
