/* The entries of a layer's tar: libarchive parses, everything it says is checked here. */
#include "tar_reader.h"
#include "entry_path.h"
#include "str.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>
#include <sys/sysmacros.h>

/* libarchive keeps what stands before an entry's contents (extended headers, maps of sparse files) in
 * memory: up to a megabyte of the first, twelve times its length of the second. This many bytes read without an
 * entry or contents coming out are a bomb. */
#define MAX_HEADER_BYTES ((size_t)1280 * 1024)

#define SHOWN_BYTES 200 /* of a path in an error, so that the reason still fits */

struct tar_reader {
    struct archive *archive;
    struct layer_stream *stream;
    struct tar_entry entry;
    size_t header_bytes; /* read since the last entry or piece came out */
    struct error error;  /* why the stream failed: libarchive knows only that it did */
    bool failed;
};

int fail_entry(struct error *err, const char *path)
{
    if (strlen(path) > SHOWN_BYTES)
        return fail_while(err, "entry \"%.*s...\"", SHOWN_BYTES, path);
    return fail_while(err, "entry \"%s\"", path);
}

/* archive_read_callback(3): libarchive asks for the next bytes. */
static la_ssize_t next_bytes(struct archive *archive, void *user, const void **bytes)
{
    struct tar_reader *reader = user;
    ssize_t length = layer_stream_read(reader->stream, bytes, &reader->error);

    if (length > 0)
        reader->header_bytes += (size_t)length;
    if (length >= 0 && reader->header_bytes > MAX_HEADER_BYTES)
        length =
            fail(&reader->error, 0, "the headers of one entry are longer than %zu bytes", MAX_HEADER_BYTES);
    if (length < 0) {
        reader->failed = true;
        archive_set_error(archive, EIO, "the stream failed");
    }
    return length;
}

static int fail_with(const struct tar_reader *reader, struct error *err)
{
    const char *reason = archive_error_string(reader->archive);

    if (reader->failed) {
        *err = reader->error;
        return -1;
    }
    return fail(err, 0, "read tar: %s", reason ? reason : "unknown error");
}

struct tar_reader *tar_reader_new(struct layer_stream *stream)
{
    struct tar_reader *reader = must_calloc(1, sizeof *reader);

    reader->stream = stream;
    return reader;
}

/* Opening reads the first block already, so it waits until there is somebody to tell of an error. */
static int open_archive(struct tar_reader *reader, struct error *err)
{
    reader->archive = archive_read_new();
    if (!reader->archive)
        return fail(err, ENOMEM, "archive_read_new");
    archive_read_support_format_tar(reader->archive);
    archive_read_support_format_empty(reader->archive);
    if (archive_read_open(reader->archive, reader, NULL, next_bytes, NULL) != ARCHIVE_OK)
        return fail_with(reader, err);
    return 0;
}

static void clear(struct tar_entry *entry)
{
    free(entry->path);
    free(entry->target);
    *entry = (struct tar_entry){ 0 };
}

void tar_reader_free(struct tar_reader **reader)
{
    if (!*reader)
        return;
    clear(&(*reader)->entry);
    archive_read_free((*reader)->archive);
    free(*reader);
    *reader = NULL;
}

/* ---- one entry */

/* The type, which links decide first: libarchive gives a hard link the type of what it guesses behind it. */
static int read_type(struct archive_entry *archived, struct tar_entry *entry, struct error *err)
{
    if (archive_entry_hardlink(archived)) {
        entry->type = TAR_HARD_LINK;
        return 0;
    }
    switch (archive_entry_filetype(archived)) {
    case AE_IFREG: entry->type = TAR_FILE; return 0;
    case AE_IFDIR: entry->type = TAR_DIRECTORY; return 0;
    case AE_IFLNK: entry->type = TAR_SYMLINK; return 0;
    case AE_IFCHR: entry->type = TAR_CHARACTER_DEVICE; return 0;
    case AE_IFBLK: entry->type = TAR_BLOCK_DEVICE; return 0;
    case AE_IFIFO: entry->type = TAR_FIFO; return 0;
    default: return fail(err, 0, "files of type %o are unknown", archive_entry_filetype(archived));
    }
}

static int read_target(struct archive_entry *archived, struct tar_entry *entry, struct error *err)
{
    const char *target;

    if (entry->type == TAR_HARD_LINK) {
        entry->target = entry_path_clean(archive_entry_hardlink(archived), err);
        return entry->target ? 0
                             : fail_while(err, "hard link to \"%.200s\"", archive_entry_hardlink(archived));
    }
    if (entry->type != TAR_SYMLINK)
        return 0;
    target = archive_entry_symlink(archived);
    if (!target || *target == '\0')
        return fail(err, 0, "a symbolic link without a target");
    entry->target = must_strdup(target);
    return 0;
}

/* chown(2) takes the largest number to mean "leave it", so it is nobody's. */
static int read_owner(struct archive_entry *archived, struct tar_entry *entry, struct error *err)
{
    la_int64_t uid = archive_entry_uid(archived), gid = archive_entry_gid(archived);

    if (uid < 0 || uid >= UINT32_MAX || gid < 0 || gid >= UINT32_MAX)
        return fail(err, 0, "%lld:%lld is no owner", (long long)uid, (long long)gid);
    entry->uid = (uid_t)uid;
    entry->gid = (gid_t)gid;
    return 0;
}

/* The kernel keeps 12 bits of a major and 20 of a minor number, and drops the others silently: an innocent
 * looking 4097:3 would become 1:3. */
static int read_device(struct archive_entry *archived, struct tar_entry *entry, struct error *err)
{
    uint64_t major = archive_entry_rdevmajor(archived), minor = archive_entry_rdevminor(archived);

    if (entry->type != TAR_CHARACTER_DEVICE && entry->type != TAR_BLOCK_DEVICE)
        return 0;
    if (major >= 1 << 12 || minor >= 1 << 20)
        return fail(err, 0, "%llu:%llu is no device", (unsigned long long)major, (unsigned long long)minor);
    if (entry->type == TAR_CHARACTER_DEVICE && major == 0 && minor == 0)
        return fail(err, 0,
                    "character device 0:0, which overlayfs takes for a whiteout; a layer's is .wh.NAME");
    entry->device = makedev((unsigned)major, (unsigned)minor);
    return 0;
}

static void read_times(struct archive_entry *archived, struct tar_entry *entry)
{
    struct timespec modified = { archive_entry_mtime(archived), archive_entry_mtime_nsec(archived) };
    struct timespec accessed = { archive_entry_atime(archived), archive_entry_atime_nsec(archived) };

    entry->times[1] = modified;
    entry->times[0] = archive_entry_atime_is_set(archived) ? accessed : modified;
}

static int read_entry(struct archive_entry *archived, struct tar_entry *entry, struct error *err)
{
    const char *name = archive_entry_pathname(archived);
    la_int64_t size = archive_entry_size(archived);

    if (!name)
        return fail(err, 0, "an entry's name cannot be read");
    entry->archived = archived;
    entry->path = entry_path_clean(name, err);
    if (!entry->path)
        return fail_entry(err, name);
    entry->mode = archive_entry_perm(archived);
    read_times(archived, entry);
    if (read_type(archived, entry, err) < 0 || read_target(archived, entry, err) < 0 ||
        read_owner(archived, entry, err) < 0 || read_device(archived, entry, err) < 0)
        return fail_entry(err, name);
    entry->size = entry->type == TAR_FILE && size > 0 ? (uint64_t)size : 0;
    return 0;
}

/* libarchive warns of two things that differ much. Names that are not ASCII it cannot convert to the C
 * locale's characters, and gives their bytes, which is what a file system wants. Of a damaged extended
 * header it leaves out the rest: then the entry is not what its author meant. */
static bool only_the_locale(const struct tar_reader *reader, int result)
{
    return result == ARCHIVE_WARN && archive_errno(reader->archive) == EILSEQ;
}

int tar_reader_next(struct tar_reader *reader, struct tar_entry **entry, struct error *err)
{
    struct archive_entry *archived;
    const void *bytes;
    size_t length;
    uint64_t offset;
    int result;

    if (!reader->archive && open_archive(reader, err) < 0)
        return -1;
    /* Or libarchive would skip what is left, and that would count as a header. */
    while (reader->entry.archived && (result = tar_reader_data(reader, &bytes, &length, &offset, err)) != 0)
        if (result < 0)
            return -1;

    clear(&reader->entry);
    reader->header_bytes = 0;
    result = archive_read_next_header(reader->archive, &archived);
    if (result == ARCHIVE_EOF)
        return 0;
    if (result != ARCHIVE_OK && !only_the_locale(reader, result))
        return fail_with(reader, err);
    if (read_entry(archived, &reader->entry, err) < 0)
        return -1;
    *entry = &reader->entry;
    return 1;
}

int tar_reader_data(struct tar_reader *reader, const void **bytes, size_t *length, uint64_t *offset,
                    struct error *err)
{
    la_int64_t at = 0;
    int result;

    reader->header_bytes = 0;
    result = archive_read_data_block(reader->archive, bytes, length, &at);
    if (result == ARCHIVE_EOF)
        return 0;
    if (result != ARCHIVE_OK)
        return fail_with(reader, err);
    if (at < 0)
        return fail(err, 0, "contents at a negative offset");
    *offset = (uint64_t)at;
    return 1;
}
