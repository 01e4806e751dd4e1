/* A registry that misbehaves (faultserver.py), one for a test. */
#ifndef GOCKER_FAULTSERVER_H
#define GOCKER_FAULTSERVER_H

struct faults {
    const char *directory; /* what the server writes; see faultserver.py */
    const char *image;     /* the reference of its image: "127.0.0.1:PORT/app:1" */
    const char *registry;  /* "127.0.0.1:PORT" */
};

/* Start the server for SCENARIO, a method of faultserver.py's. It ends with the test. */
struct faults faults_start(const char *scenario);

/* The same; the files manifest and content-type are served in place of its own (NULL: its own). */
struct faults faults_start_with(const char *manifest, const char *content_type);

/* How many lines of its log NAME ("log", "other-log") contain TEXT. */
int faults_count(const struct faults *faults, const char *name, const char *text);

#endif
