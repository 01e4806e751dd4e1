/* Progress of several transfers at once, for people: bars that move on a terminal, one line each elsewhere. */
#ifndef GOCKER_PROGRESS_H
#define GOCKER_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress;

/* Start reporting on standard error; with QUIET nothing is printed. Never NULL. */
struct progress *progress_new(bool quiet);

/* A new line for LABEL (copied; what is not printable ASCII is shown as \xNN). TOTAL_BYTES 0: not known. Returns the line's number. */
int progress_add(struct progress *p, const char *label, uint64_t total_bytes);

/* DONE_BYTES of the line have been done so far. Redraws at most ten times a second, on a terminal. */
void progress_update(struct progress *p, int line, uint64_t done_bytes);

/* The line is over; RESULT, in a word or a few ("done", "already there"), ends it. */
void progress_finish(struct progress *p, int line, const char *result);

/* A line between the others that stays: "registry asks to wait 30 s". */
void progress_note(struct progress *p, const char *text);

void progress_free(struct progress **p); /* leaves the cursor below the last line */

#endif
