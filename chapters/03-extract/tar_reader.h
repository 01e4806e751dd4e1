/* The entries of a layer's tar, checked and in the terms that the rest of the chapter uses. */
#ifndef GOCKER_TAR_READER_H
#define GOCKER_TAR_READER_H

#include "error.h"
#include "layer_stream.h"

#include <stdint.h>
#include <sys/types.h>
#include <time.h>

struct archive_entry;

enum tar_type {
    TAR_FILE,
    TAR_DIRECTORY,
    TAR_SYMLINK,
    TAR_HARD_LINK,
    TAR_CHARACTER_DEVICE,
    TAR_BLOCK_DEVICE,
    TAR_FIFO,
};

struct tar_entry {
    enum tar_type type;
    char *path;   /* clean (entry_path.h) */
    char *target; /* a symbolic link's, as written; a hard link's, clean; else NULL */
    mode_t mode;  /* the permission bits, with setuid, setgid and sticky */
    uid_t uid;    /* by number: the names mean something in the image only */
    gid_t gid;
    dev_t device;                   /* of a device node */
    uint64_t size;                  /* bytes of a file's contents, holes included */
    struct timespec times[2];       /* access, modification, as utimensat(2) takes them */
    struct archive_entry *archived; /* the reader's: extended attributes are read from it */
};

struct tar_reader;

/* Read the tar that STREAM gives, which must live as long. No tar is an error of tar_reader_next's. */
struct tar_reader *tar_reader_new(struct layer_stream *stream);
void tar_reader_free(struct tar_reader **reader); /* for _cleanup_(tar_reader_free) */

/* The next entry, the reader's until the next call. 1, 0 at the tar's end, or -1 with err, which names the
 * entry where there is one. */
int tar_reader_next(struct tar_reader *reader, struct tar_entry **entry, struct error *err);

/* The next piece of the entry's contents: LENGTH bytes that belong at OFFSET, which only grows; what lies
 * between two is a hole. 1, 0 at the contents' end, or -1 with err. */
int tar_reader_data(struct tar_reader *reader, const void **bytes, size_t *length, uint64_t *offset,
                    struct error *err);

/* Put "entry "PATH": " before what err says, PATH cut where it is long. Returns -1. */
int fail_entry(struct error *err, const char *path);

#endif
