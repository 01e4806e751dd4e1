/* Which stages of a Dockerfile a build needs. */
#ifndef STAGES_H
#define STAGES_H

#include "dockerfile.h"

/* Which stages does building TARGET need? TARGET is the name or the number of a stage, or NULL for the last one.
 * NEEDED has room for every stage of FILE: element 0 stands for the first FROM. All become true or false. FILE was
 * parsed and checked, and has a stage at least. Returns 0, or -1 with err where there is no such stage. */
int needed_stages(const struct dockerfile *file, const char *target, bool *needed, struct error *err);

#endif
