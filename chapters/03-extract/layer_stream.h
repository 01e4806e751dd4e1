/* From a layer's blob to the tar inside it: decompressed, counted, and hashed for the diff_id. */
#ifndef GOCKER_LAYER_STREAM_H
#define GOCKER_LAYER_STREAM_H

#include "error.h"

#include <stdint.h>
#include <sys/types.h>

struct layer_stream;

/* Decompress the blob open as FD (it stays the caller's): gzip of one or several members (RFC 1952), zstd of
 * one or several frames (RFC 8878), or neither; the first bytes tell. At most *BYTES_LEFT bytes come out,
 * and are taken off it. Returns the stream, or NULL with err. libarchive's archive_read(3). */
struct layer_stream *layer_stream_new(int fd, uint64_t *bytes_left, struct error *err);
void layer_stream_free(struct layer_stream **stream); /* for _cleanup_(layer_stream_free) */

/* The next piece: *BYTES points to it until the next call. Returns its length, 0 at the end, or -1 with
 * err: damaged, ends too early, more than is allowed. */
ssize_t layer_stream_read(struct layer_stream *stream, const void **bytes, struct error *err);

/* Read to the end, whatever follows the tar's own end, and compare the digest of all that came out with
 * DIFF_ID. 0, or -1 with err. */
int layer_stream_verify(struct layer_stream *stream, const char *diff_id, struct error *err);

#endif
