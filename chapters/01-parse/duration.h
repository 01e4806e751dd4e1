/* Durations as Go writes them, and so Dockerfiles: 30s, 1m30s, 1.5h, 500ms. */
#ifndef GOCKER_DURATION_H
#define GOCKER_DURATION_H

#include <stdbool.h>
#include <stdint.h>

/* Parse TEXT into *NANOSECONDS: a sign, and numbers with a unit each (ns, us, ms, s, m, h). 0 alone needs none.
 * False where it is no duration, or one of more than 292 years. Go's time.ParseDuration. */
bool parse_duration(const char *text, int64_t *nanoseconds);

#endif
