/* Included before an answer (building.py). The headers offer it what they offer the chapters, which are compiled with
 * _GNU_SOURCE. But the macros are gone afterwards: an answer may define one again, with the value that a manual page
 * gives. feature_test_macros(7). */
#ifndef EXERCISE_GNU_SOURCE_H
#define EXERCISE_GNU_SOURCE_H

#define _GNU_SOURCE
#include <features.h>

#ifdef __GLIBC__ /* has noted them by now; other libraries look at them in each header */
#undef _GNU_SOURCE
#undef _POSIX_C_SOURCE
#undef _XOPEN_SOURCE
#endif

#endif
