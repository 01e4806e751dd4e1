/* Tests of earlier chapters that a later chapter changes on purpose. */
#ifndef GOCKER_CHANGED_H
#define GOCKER_CHANGED_H

#include <stddef.h>

/* A test holds for its own chapter's binary, and for those after it up to where one changes what it tests. */
struct change {
    const char *suite, *test; /* as run_tests prints them */
    const char *from, *until; /* the first and the last chapter for which it does not hold; NULL: for good */
    const char *why;
};

/* All of them, ended by a row with no suite. */
extern const struct change changes[];

/* The row that says why TEST of SUITE does not hold for BINARY (a path, its last part a chapter's name; NULL: the
 * chapter's own), or NULL where it holds. */
const struct change *change_find(const char *suite, const char *test, const char *binary);

#endif
