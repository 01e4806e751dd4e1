/* Which image of several is this machine's: OS, architecture and variant (OCI image index, platform). */
#ifndef GOCKER_PLATFORM_H
#define GOCKER_PLATFORM_H

#include "error.h"

struct platform {
    char os[32];           /* "linux" */
    char architecture[32]; /* "amd64", "arm64": GOARCH's names */
    char variant[16];      /* "v7", or "" */
};

/* This machine's, by uname(2). */
void platform_of_machine(struct platform *platform);

/* The same, for what uname -s and uname -m print. A MACHINE we have no name for keeps its own. */
void platform_of_uname(const char *sysname, const char *machine, struct platform *platform);

/* Parse "linux/arm64/v8", "linux/amd64", as docker --platform takes them. */
int platform_parse(const char *text, struct platform *platform, struct error *err);

/* How well an image for OFFERED suits WANTED: 0 not at all, else the more the better. Equal is best; an
 * earlier variant of arm or amd64 does too, since a processor runs its predecessors' programs. No variant
 * means the base one: arm v7, arm64 v8, amd64 v1. */
int platform_suits(const struct platform *offered, const struct platform *wanted);

/* Where OFFERED leaves its OS or architecture empty it is taken to be WANTED's, as Docker does with old
 * configs; variants count only where both are given. Returns whether they agree. */
int platform_agrees(const struct platform *offered, const struct platform *wanted);

/* "linux/arm/v7". The caller frees it. */
char *platform_text(const struct platform *platform);

#endif
