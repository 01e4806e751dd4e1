/* One layer is applied to the root filesystem that the layers below it made. */
#include "layer.h"
#include "entry_path.h"
#include "layer_stream.h"
#include "process.h"
#include "str.h"
#include "tar_reader.h"
#include "tree.h"
#include "whiteout.h"

#include <errno.h>

/* A tar of 512 bytes an entry, well compressed, could fill the inodes of any file system; a sparse file of
 * exabytes costs nothing here, and whoever copies it next everything. */
static int take_from_limits(struct extraction *extraction, const struct tar_entry *entry, struct error *err)
{
    if (extraction->entries_left == 0) {
        fail(err, 0, "the image has more entries than any image should");
        err->number = EFBIG;
        return -1;
    }
    extraction->entries_left--;
    if (entry->size > extraction->content_bytes_left) {
        fail(err, 0, "its %llu bytes make the image larger than allowed; --max-bytes allows more",
             (unsigned long long)entry->size);
        err->number = EFBIG;
        return -1;
    }
    extraction->content_bytes_left -= entry->size;
    return 0;
}

static int apply_whiteout(struct tree *tree, enum whiteout whiteout, const char *path, struct error *err)
{
    int parent_fd = tree_parent(tree, path, err);

    if (parent_fd < 0)
        return -1;
    if (whiteout == WHITEOUT_OPAQUE)
        return whiteout_hide_all(tree, parent_fd, err);
    return whiteout_hide(tree, parent_fd, entry_path_hidden(path), err);
}

static int apply_entry(struct extraction *extraction, struct tree *tree, struct tar_reader *reader,
                       const struct tar_entry *entry, struct error *err)
{
    int whiteout;

    if (take_from_limits(extraction, entry, err) < 0)
        return -1;
    whiteout = entry_path_whiteout(entry->path, err);
    if (whiteout < 0)
        return -1;
    if (whiteout == WHITEOUT_IGNORE)
        return 0;
    if (whiteout != WHITEOUT_NONE)
        return apply_whiteout(tree, (enum whiteout)whiteout, entry->path, err);
    return create_entry(extraction, tree, reader, entry, err);
}

int layer_apply(struct extraction *extraction, int fd, const char *diff_id, struct error *err)
{
    _cleanup_(layer_stream_free) struct layer_stream *stream =
        layer_stream_new(fd, &extraction->stream_bytes_left, err);

    if (!stream)
        return -1;

    _cleanup_(tar_reader_free) struct tar_reader *reader = tar_reader_new(stream);
    _cleanup_(tree_end) struct tree tree = { .parent_fd = -1 };
    struct tar_entry *entry;
    int result;

    if (tree_begin(&tree, extraction->root_fd, err) < 0)
        return -1;
    tree.entries_left = &extraction->entries_left;
    while ((result = tar_reader_next(reader, &entry, err)) == 1) {
        if (check_interrupt(err) < 0)
            return -1;
        if (apply_entry(extraction, &tree, reader, entry, err) < 0)
            return fail_entry(err, entry->path);
    }
    if (result < 0)
        return -1;
    return layer_stream_verify(stream, diff_id, err);
}
