/* The name of an image, as people write it and in full. */
#ifndef GOCKER_REFERENCE_H
#define GOCKER_REFERENCE_H

#include "digest.h"
#include "error.h"

struct reference {
    char *registry;           /* "docker.io", "127.0.0.1:5000" */
    char *repository;         /* "library/alpine" */
    char *tag;                /* "latest"; NULL where only a digest was given */
    char digest[DIGEST_SIZE]; /* "" where none was given */
    char *name;               /* all of it again in one: "docker.io/library/alpine:latest" */
};

/* Parse TEXT as Docker does: no registry means docker.io, no slash there library/, no tag latest. -1 with
 * err where a part is no valid name, tag or digest (distribution's reference grammar). */
int reference_parse(const char *text, struct reference *ref, struct error *err);
void reference_free(struct reference *ref);

#endif
