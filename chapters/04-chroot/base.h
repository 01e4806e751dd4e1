/* What a build takes from its base image beside what a container takes from it. */
#ifndef GOCKER_BASE_H
#define GOCKER_BASE_H

#include "error.h"
#include "image.h"
#include "store.h"
#include "str.h"

/* Append the SHELL of IMAGE's config to SHELL: ["/bin/sh", "-c"] where it has none. -1 with err where the image
 * has ONBUILD triggers: instructions for whoever builds on it, which a build may not leave out. */
int base_shell(const struct store *store, const struct image *image, struct strv *shell, struct error *err);

/* The default of the Dockerfile reference. */
void default_shell(struct strv *shell);

#endif
