/* ADD's copying: as COPY's, but an archive is unpacked.
 *
 * Chapter 3 makes the files: an archive may be as hostile as a layer. */
#include "add.h"
#include "create.h"
#include "decompress.h"
#include "explain.h"
#include "fs.h"
#include "layer_stream.h"
#include "process.h"
#include "real_path.h"
#include "rootfs.h"
#include "str.h"

#include <errno.h>
#include <string.h>

/* Has the file open as FD, at its start, a first entry that can be read as tar's? It is left at its start. */
static bool is_tar(int fd)
{
    uint64_t bytes_left = ROOTFS_DEFAULT_MAX_BYTES;
    struct error err = { 0 };
    _cleanup_(layer_stream_free) struct layer_stream *stream = layer_stream_new(fd, &bytes_left, &err);
    _cleanup_(tar_reader_free) struct tar_reader *reader = stream ? tar_reader_new(stream) : NULL;
    struct tar_entry *entry;
    bool found = reader && tar_reader_next(reader, &entry, &err) == 1;

    return lseek(fd, 0, SEEK_SET) == 0 && found;
}

/* PATH below DIRECTORY, both clean; "." and "" mean nothing. */
static char *below(const char *directory, const char *path)
{
    if (strcmp(directory, ".") == 0)
        return must_strdup(path);
    return formatted("%s%s%s", directory, path[0] ? "/" : "", path);
}

/* ENTRY of the archive, moved below DIRECTORY, is made. */
static int unpack_entry(struct extraction *extraction, struct tree *tree, struct tar_reader *reader,
                        const struct tar_entry *entry, const char *directory,
                        const struct copy_options *options, struct error *err)
{
    _cleanup_free_ char *path = below(directory, entry->path);
    _cleanup_free_ char *target = entry->type == TAR_HARD_LINK ? below(directory, entry->target) : NULL;
    struct tar_entry moved = *entry;

    if (check_interrupt(err) < 0)
        return -1;
    if (extraction->entries_left-- == 0 || entry->size > extraction->content_bytes_left)
        return fail(err, EFBIG, "unpack");
    extraction->content_bytes_left -= entry->size;
    moved.path = path;
    if (target)
        moved.target = target;
    if (options->has_owner) {
        moved.uid = options->uid;
        moved.gid = options->gid;
    }
    return create_entry(extraction, tree, reader, &moved, err);
}

static int unpack_entries(struct extraction *extraction, int fd, const char *directory,
                          const struct copy_options *options, struct error *err)
{
    _cleanup_(layer_stream_free) struct layer_stream *stream =
        layer_stream_new(fd, &extraction->stream_bytes_left, err);
    _cleanup_(tar_reader_free) struct tar_reader *reader = stream ? tar_reader_new(stream) : NULL;
    _cleanup_(tree_end) struct tree tree = { .parent_fd = -1 };
    struct tar_entry *entry;
    int result;

    if (!reader || tree_begin(&tree, extraction->root_fd, err) < 0)
        return -1;
    while ((result = tar_reader_next(reader, &entry, err)) == 1)
        if (unpack_entry(extraction, &tree, reader, entry, directory, options, err) < 0)
            return fail_entry(err, entry->path);
    return result;
}

/* Unpack the tar open as FD into TO, which may be behind links of the image: they stay. */
static int unpack(int fd, const struct destination *to, const struct copy_options *options, struct error *err)
{
    _cleanup_(directory_log_close) struct directory_log log = { .fd = -1 };
    struct extraction extraction = {
        .root_fd = to->root_fd,
        .log = &log,
        .stream_bytes_left = ROOTFS_DEFAULT_MAX_BYTES,
        .content_bytes_left = ROOTFS_DEFAULT_MAX_BYTES,
        .entries_left = ROOTFS_MAX_ENTRIES,
    };
    _cleanup_close_ int place =
        make_directories(to->root_fd, to->path, 0755, options->uid, options->gid, err);
    _cleanup_free_ char *directory = place < 0 ? NULL : real_path_below(to->root_fd, place, err);

    if (!directory || directory_log_open(&log, to->root_fd, err) < 0 ||
        unpack_entries(&extraction, fd, directory, options, err) < 0 ||
        directory_log_apply(&log, to->root_fd, err) < 0)
        return -1;
    return 0;
}

int add_source(const struct context *context, const char *path, const struct destination *to,
               const struct copy_options *options, struct error *err)
{
    _cleanup_(source_free) struct source source = { 0 };
    _cleanup_close_ int fd = -1, tar = -1;

    if (context_source(context, path, &source, err) < 0)
        return -1;
    if (!S_ISREG(source.file.st_mode))
        return copy_source(context, path, to, options, err);
    fd = open_below(context->fd, source.path, O_RDONLY | O_NONBLOCK, 0, err);
    if (fd < 0)
        return -1;
    tar = decompressed(fd, to->root_fd, ROOTFS_DEFAULT_MAX_BYTES, err);
    if (tar < 0)
        return fail_while(err, "%s", path);
    if (!is_tar(tar))
        return copy_source(context, path, to, options, err);
    explain(formatted("openat2(rootfs, \"%s\", {.resolve = RESOLVE_IN_ROOT})", to->path),
            "an archive is unpacked as a layer is, without leaving the image",
            formatted("tar -x -C rootfs%s -f %s/%s", to->path, context->name, source.path));
    return unpack(tar, to, options, err) < 0 ? fail_while(err, "unpack %s to %s", path, to->path) : 0;
}
