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

/* Parse "linux/arm64/v8", "linux/amd64", as docker --platform takes them. */
int platform_parse(const char *text, struct platform *platform, struct error *err);

#endif
