/* Mistake: what is refused is removed, and what fails is not. Rejected by failed_read_leaves_nothing. */
#include "receive.h"

#include "cleanup.h"
#include "fs.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#define PIECE_BYTES (64 * 1024)

/* A file on its way: it has a name of its own until it deserves a better one. */
struct partial {
    int directory;
    int fd;
    char name[32]; /* "": none, or no longer */
};

static void partial_end(struct partial *partial)
{
    if (partial->fd >= 0)
        close(partial->fd);
}

/* The name is random, because somebody else may be receiving the same blob: O_EXCL finds the case that
 * never happens. */
static int partial_begin(struct partial *partial, struct error *err)
{
    uint64_t random;
    char name[sizeof partial->name];

    if (getrandom(&random, sizeof random, 0) != sizeof random)
        return fail(err, errno, "getrandom");
    snprintf(name, sizeof name, ".partial-%016" PRIx64, random);
    partial->fd = openat(partial->directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (partial->fd < 0)
        return fail(err, errno, "create %s", name);
    memcpy(partial->name, name, sizeof name);
    return 0;
}

/* Copy FROM to TO, up to FROM's end, which has to come after SIZE bytes. FOUND is their digest. */
static int copy(int from, int to, uint64_t size, char found[DIGEST_SIZE], struct error *err)
{
    _cleanup_(sha256_free) struct sha256 *hash = sha256_new();
    char piece[PIECE_BYTES];
    uint64_t received = 0;
    ssize_t length;

    while ((length = read(from, piece, sizeof piece)) > 0) {
        /* Before it is written: what a server can fill of our disk is what the manifest said. */
        if ((uint64_t)length > size - received)
            return fail(err, 0, "the blob is longer than %" PRIu64 " bytes", size);
        if (write_all(to, piece, (size_t)length, err) < 0)
            return fail_while(err, "write the blob");
        sha256_update(hash, piece, (size_t)length);
        received += (uint64_t)length;
    }
    if (length < 0)
        return fail(err, errno, "read the blob");
    if (received < size)
        return fail(err, 0, "the blob ends after %" PRIu64 " of %" PRIu64 " bytes", received, size);
    sha256_final(hash, found);
    return 0;
}

int receive_blob(int from, const char *digest, uint64_t size, int directory, struct error *err)
{
    _cleanup_(partial_end) struct partial partial = { .directory = directory, .fd = -1 };
    char found[DIGEST_SIZE];

    if (partial_begin(&partial, err) < 0)
        return -1;
    if (copy(from, partial.fd, size, found, err) < 0) {
        if (err->number == 0)
            unlinkat(directory, partial.name, 0);
        return -1;
    }
    if (strcmp(found, digest) != 0) {
        unlinkat(directory, partial.name, 0);
        return fail(err, 0, "the blob's digest is %s, and should be %s", found, digest);
    }
    /* A name can reach the disk before the bytes do: after a power cut it would stand for a file of zeros. */
    if (fsync(partial.fd) < 0)
        return fail(err, errno, "fsync %s", partial.name);
    /* At once, and in place of an older one: nobody ever sees half of it. rename(2) */
    if (renameat(directory, partial.name, directory, digest_hex(digest)) < 0)
        return fail(err, errno, "rename %s to %s", partial.name, digest_hex(digest));
    partial.name[0] = '\0';
    return 0;
}
