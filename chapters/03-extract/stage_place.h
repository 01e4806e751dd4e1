/* Places for a root filesystem: absent or empty, and nothing else. */
#ifndef GOCKER_STAGE_PLACE_H
#define GOCKER_STAGE_PLACE_H

#include "error.h"

/* The first name in the directory FD (the caller frees it), or NULL where it is empty. */
char *first_name(int fd);

/* Open what PATH needs: the empty directory PATH, *NAME then NULL; or, where it is absent, the directory it is
 * to be made in, and *NAME its name there (the caller frees it). What a killed gocker left in it is removed.
 * -1 with err that says what to do. */
int open_place(const char *path, char **name, struct error *err);

#define WORKSHOP_PREFIX ".gocker-extract-"

#endif
