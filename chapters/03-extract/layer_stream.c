/* From a layer's blob to the tar inside it.
 *
 * libarchive would decompress and parse in one go, but then the decompressed bytes, whose digest is the
 * diff_id, would never be seen. So it is used twice: here it takes off the compression and sees the
 * contents as one "raw" file, in tar_reader.c it parses. The blob's own digest was verified when it was
 * pulled, and need not be again: the diff_id covers every byte that is used. */
#include "layer_stream.h"
#include "digest.h"
#include "process.h"
#include "str.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>

#define READ_BYTES (64 * 1024)

struct layer_stream {
    struct archive *archive;
    struct sha256 *hash;
    uint64_t *bytes_left;
    bool ended;
};

static int fail_with(struct archive *archive, struct error *err)
{
    const char *reason = archive_error_string(archive);

    if (archive_errno(archive) == ENOMEM)
        return fail(err, ENOMEM, "decompress");
    return fail(err, 0, "decompress: %s", reason ? reason : "unknown error");
}

/* Only these filters and formats: others of libarchive's parse far more than a layer may be, and some start
 * programs. And only one of them: libarchive would take off up to 25 shells of gzip, and an innermost one that
 * holds nothing keeps it busy for days without a byte coming out that a limit could count.
 *
 * Memory: gzip needs 32 KiB, zstd the window that the frame asks for, at most libzstd's limit of 128 MiB
 * (RFC 8878, 3.1.1.1.2); builders ask for 4 to 32. */
static int open_raw(struct layer_stream *stream, int fd, struct error *err)
{
    struct archive_entry *entry;
    int result;

    archive_read_support_filter_gzip(stream->archive);
    archive_read_support_filter_zstd(stream->archive);
    archive_read_support_format_raw(stream->archive);
    archive_read_support_format_empty(stream->archive); /* a blob of no bytes is not raw */
    if (archive_read_open_fd(stream->archive, fd, READ_BYTES) != ARCHIVE_OK)
        return fail_with(stream->archive, err);
    if (archive_filter_count(stream->archive) > 2) /* the one that reads the file counts too */
        return fail(err, 0, "decompress: it is compressed more than once");
    result = archive_read_next_header(stream->archive, &entry);
    if (result == ARCHIVE_EOF)
        stream->ended = true;
    else if (result != ARCHIVE_OK)
        return fail_with(stream->archive, err);
    return 0;
}

struct layer_stream *layer_stream_new(int fd, uint64_t *bytes_left, struct error *err)
{
    _cleanup_(layer_stream_free) struct layer_stream *stream = must_calloc(1, sizeof *stream);

    stream->bytes_left = bytes_left;
    stream->hash = sha256_new();
    stream->archive = archive_read_new();
    if (!stream->archive) {
        fail(err, ENOMEM, "archive_read_new");
        return NULL;
    }
    if (open_raw(stream, fd, err) < 0)
        return NULL;
    return steal_pointer(stream);
}

void layer_stream_free(struct layer_stream **stream)
{
    if (!*stream)
        return;
    archive_read_free((*stream)->archive);
    sha256_free(&(*stream)->hash);
    free(*stream);
    *stream = NULL;
}

ssize_t layer_stream_read(struct layer_stream *stream, const void **bytes, struct error *err)
{
    size_t length = 0;
    la_int64_t offset;

    *bytes = "";
    while (length == 0 && !stream->ended) {
        int result = archive_read_data_block(stream->archive, bytes, &length, &offset);

        if (check_interrupt(err) < 0)
            return -1;
        if (result == ARCHIVE_EOF)
            stream->ended = true;
        else if (result != ARCHIVE_OK)
            return fail_with(stream->archive, err);
    }
    if (length > *stream->bytes_left) {
        fail(err, 0, "the image is larger than allowed; --max-bytes allows more");
        err->number = EFBIG;
        return -1;
    }
    *stream->bytes_left -= length;
    sha256_update(stream->hash, *bytes, length);
    return (ssize_t)length;
}

int layer_stream_verify(struct layer_stream *stream, const char *diff_id, struct error *err)
{
    char found[DIGEST_SIZE];
    const void *bytes;
    ssize_t length;

    do
        length = layer_stream_read(stream, &bytes, err);
    while (length > 0);
    if (length < 0)
        return -1;
    sha256_final(stream->hash, found);
    if (strcmp(found, diff_id) != 0)
        return fail(err, 0, "its contents are %s, the image's config says %s", found, diff_id);
    return 0;
}
