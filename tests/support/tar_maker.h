/* Tars made by hand, so that they can say what no honest tool would write (POSIX.1-2017, pax Interchange
 * Format). */
#ifndef GOCKER_TAR_MAKER_H
#define GOCKER_TAR_MAKER_H

#include "str.h"

#define TAR_MODE_NONE 010000 /* permission bits 0: a plain 0 means the default */

/* A member; what is not given has a default. */
struct tar_member {
    const char *name;
    char type;          /* its typeflag; 0: '0', a regular file */
    const char *target; /* a link's */
    const char *content;
    size_t size;            /* of content; 0: strlen */
    long long claimed_size; /* what the header says; 0: the same */
    unsigned mode;          /* 0: 0644, or 0755 for directories */
    long long uid, gid;     /* negative and large ones in base 256 */
    long long mtime;
    unsigned major, minor;
    const char *const *pax; /* "path=x": records of an extended header before it, NULL-terminated */
};

/* Append a member to TAR; a name or target of more than 100 bytes goes before it, as GNU tar does it. */
#define tar_add(tar, ...) tar_add_member(tar, &(struct tar_member){ __VA_ARGS__ })
void tar_add_member(struct str *tar, const struct tar_member *member);

#define PAX(...)                                                                                             \
    (const char *const[])                                                                                    \
    {                                                                                                        \
        __VA_ARGS__, NULL                                                                                    \
    }

/* The same for one record whose value may hold NULs. */
void tar_add_pax_bytes(struct str *tar, const char *name, const void *value, size_t length);

/* The two blocks that end a tar. */
void tar_end(struct str *tar);

enum packing { PACK_PLAIN, PACK_GZIP, PACK_ZSTD };

/* LENGTH BYTES, packed; the test need not free it. */
struct str packed(enum packing packing, const void *bytes, size_t length);

#endif
