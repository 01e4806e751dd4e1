/* Pulling: from a reference to blobs in the store. */
#ifndef GOCKER_PULL_H
#define GOCKER_PULL_H

#include "command.h"
#include "error.h"
#include "image.h"
#include "reference.h"
#include "store.h"

#include <stdbool.h>

/* The options every command that may pull shares. */
struct pull_options {
    const char *store;    /* --store DIR; NULL: the default one */
    const char *platform; /* --platform; NULL: this machine's */
    const char *ca;       /* --ca FILE: trust this certificate authority as well */
    bool insecure;        /* --insecure: plain HTTP, certificates unchecked */
    bool quiet;           /* --quiet */
};

/* Rows for a table of option_spec: STRUCT_TYPE's member MEMBER is a struct pull_options. */
#define PULL_OPTION_ROWS(struct_type, member)                                                                \
    { 0,                                                                                                     \
      "store",                                                                                               \
      "DIR",                                                                                                 \
      "keep images in DIR, an OCI image layout",                                                             \
      option_string,                                                                                         \
      offsetof(struct_type, member.store) },                                                                 \
        { 0,                                                                                                 \
          "platform",                                                                                        \
          "OS/ARCH[/VARIANT]",                                                                               \
          "the platform to choose (default: this machine's)",                                                \
          option_string,                                                                                     \
          offsetof(struct_type, member.platform) },                                                          \
        { 0,                                                                                                 \
          "ca",                                                                                              \
          "FILE",                                                                                            \
          "trust the certificate authorities in FILE as well",                                               \
          option_string,                                                                                     \
          offsetof(struct_type, member.ca) },                                                                \
        { 0,           "insecure",                                                                           \
          NULL,        "allow plain HTTP and certificates that do not verify",                               \
          option_flag, offsetof(struct_type, member.insecure) },                                             \
    {                                                                                                        \
        'q', "quiet", NULL, "no progress", option_flag, offsetof(struct_type, member.quiet)                  \
    }

/* Ask REF's registry for its manifest, fetch what STORE lacks, and name it in STORE's index. IMAGE is
 * filled from the store. */
int pull(struct store *store, const struct reference *ref, const struct pull_options *options,
         struct image *image, struct error *err);

/* The image TEXT names: from the store where it is there whole and for the platform asked for, else
 * pulled. */
int pull_missing(struct store *store, const char *text, const struct pull_options *options,
                 struct image *image, struct error *err);

/* The command `pull`: 02-pull's own. */
int pull_command(const struct command *self, int argc, char **argv, struct error *err);
extern const struct option_spec pull_command_options[];

/* Its row in a table of commands. */
#define PULL_COMMAND_ROW                                                                                     \
    {                                                                                                        \
        "pull", "REF", "fetch an image into the store and print its digest", pull_command_options, 1,        \
            pull_command                                                                                     \
    }

#endif
