/* A registry that misbehaves (faultserver.py), one for a test, and pulls from it. */
#ifndef GOCKER_FAULTSERVER_H
#define GOCKER_FAULTSERVER_H

#include "cleanup.h"
#include "testing.h"

struct faults {
    const char *directory; /* what the server writes; see faultserver.py */
    const char *image;     /* the reference of its image: "127.0.0.1:PORT/app:1" */
    const char *registry;  /* "127.0.0.1:PORT" */
    struct running *server;
};

/* Start the server for SCENARIO, a method of faults.py's. */
struct faults faults_start(const char *scenario);

/* The same; the files manifest and content-type are served in place of its own (NULL: its own). */
struct faults faults_start_with(const char *manifest, const char *content_type);

void faults_stop(struct faults *faults);

/* How many lines of its log NAME ("log", "other-log") contain TEXT. */
int faults_count(const struct faults *faults, const char *name, const char *text);

/* One pull from the server into a store of its own; for _cleanup_(pulled_end), which stops the server. */
struct pulled {
    struct faults faults;
    const char *store;
    struct outcome outcome;
};
struct pulled pull_scenario(const char *scenario);
struct pulled pull_manifest(const char *manifest, const char *content_type);
void pulled_end(struct pulled *pulled);

/* Pull once more, into STORE, with ENV beside what makes tests short and lets no login in. */
struct outcome pull_again(const struct pulled *pulled, const char *store, const char *env);

/* How many files there are below the directory NAME of STORE. */
int files_in(const char *store, const char *name);

/* It came: every blob is in the store. */
void assert_pulled(const struct pulled *pulled);

/* It failed and said BECAUSE; nothing that does not verify is in the store, nor a name for it. */
void assert_failed(const struct pulled *pulled, const char *because);

#endif
