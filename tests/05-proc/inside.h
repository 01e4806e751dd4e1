/* What the tests of this chapter share: what a shell in a container prints, and what is refused. */
#ifndef GOCKER_INSIDE_H
#define GOCKER_INSIDE_H

#include "keep.h"
#include "site.h"
#include "str.h"

#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#define NEED_CONTAINER (NEED_ROOT | NEED_REGISTRY)

/* sprintf into memory that lasts as long as the test. */
#define text(...) ((const char *)keep(formatted(__VA_ARGS__)))

/* A site whose context SCRIPT fills first, a shell's, run on the host. */
static inline struct site site_made_by(const char *script, const char *dockerfile)
{
    struct site site = new_site(dockerfile);
    struct outcome o = run_how(&site.how, (const char *const[]){ "sh", "-ec", script, NULL });

    ck_assert_msg(o.status == 0, "make the context: %s", o.err);
    return site;
}

/* SCRIPT, a shell's, in a container with OPTIONS: it ends with 0 and prints exactly WANTED. */
#define expect_inside(site, options, script, wanted)                                                         \
    do {                                                                                                     \
        struct outcome outcome_ = IN_CONTAINER(site, options, script);                                       \
        assert_outcome(&outcome_, 0, wanted);                                                                \
        assert_nothing_left(site);                                                                           \
    } while (0)

/* With OPTIONS no program is started: the exit status is 125, the error holds WORDS, nothing is left. */
#define expect_refused(site, options, words)                                                                 \
    do {                                                                                                     \
        struct outcome outcome_ = IN_CONTAINER(site, options, "echo started");                               \
        assert_outcome(&outcome_, 125, "");                                                                  \
        ck_assert_contains(outcome_.err, words);                                                             \
        assert_nothing_left(site);                                                                           \
    } while (0)

static inline const char *mounts_of_this_process(void)
{
    return get_file("/proc/self", "mountinfo");
}

/* From now on the test has a mount namespace of its own, in which all mounts are shared, as systemd has it on a
 * host: what a container mounts would show here if it were let. What else mounts on this machine does not. */
static inline void become_a_host(void)
{
    ck_assert_msg(unshare(CLONE_NEWNS) == 0, "unshare: %m");
    ck_assert_msg(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "make all mounts private: %m");
    ck_assert_msg(mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL) == 0, "make all mounts shared: %m");
}

/* A program that runs until it gets SIGTERM, and says "ready" before. */
#define UNTIL_TERM "trap 'exit 3' TERM; echo ready; while :; do sleep 0.1; done"

#endif
