/* For the tests of `run`: a place with a Dockerfile, images and containers, and what must hold afterwards. */
#ifndef GOCKER_SITE_H
#define GOCKER_SITE_H

#include "testing.h"

struct site {
    const char *context, *root; /* the Dockerfile's directory, GOCKER_ROOT */
    struct how how;             /* begins in the context */
};

/* A fresh one, where images come from the test registry: NEED_REGISTRY. Sets GOCKER_ROOT and GOCKER_MIRROR. */
struct site new_site(const char *dockerfile);

/* Run, or start, `run` of BINARY there, with these arguments. The file that uses these defines BINARY: binary("05-proc"). */
#define RUN_SITE(site, ...)                                                                                  \
    run_how(&(site)->how, (const char *const[]){ BINARY, "run", "--quiet", __VA_ARGS__, NULL })
#define START_SITE(site, ...)                                                                                \
    start(&(site)->how, (const char *const[]){ BINARY, "run", "--quiet", __VA_ARGS__, NULL })

/* Run the shell's SCRIPT in a container of the site's, with OPTIONS of `run`, separated by spaces. */
#define IN_CONTAINER(site, options, script) in_container(BINARY, site, options, script)
struct outcome in_container(const char *program, const struct site *site, const char *options,
                            const char *script);

/* It ended so, and printed exactly OUT on standard output. */
#define assert_outcome(outcome, status, out) assert_outcome_at(outcome, status, out, __FILE__, __LINE__)
void assert_outcome_at(const struct outcome *outcome, int status, const char *out, const char *file,
                       int line);

/* How many containers' directories there are, and that there is none. */
int containers(const struct site *site);
void assert_nothing_left(const struct site *site);

#endif
