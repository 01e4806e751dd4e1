/* 02.3: a blob from a stream into a directory. */
#include "receive.h"

#include "cleanup.h"
#include "fs.h"

#include <errno.h>

#define PIECE_BYTES (64 * 1024)

/* Copy FROM to TO, up to FROM's end. */
static int copy(int from, int to, struct error *err)
{
    char piece[PIECE_BYTES];
    ssize_t length;

    while ((length = read(from, piece, sizeof piece)) > 0)
        if (write_all(to, piece, (size_t)length, err) < 0)
            return fail_while(err, "write the blob");
    if (length < 0)
        return fail(err, errno, "read the blob");
    return 0;
}

int receive_blob(int from, const char *digest, uint64_t size, int directory, struct error *err)
{
    /* Whatever comes gets the name, and gets it at once. Your part: the six promises of README.md. */
    _cleanup_close_ int to =
        openat(directory, digest_hex(digest), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    (void)size;
    if (to < 0)
        return fail(err, errno, "create %s", digest_hex(digest));
    return copy(from, to, err);
}
