/* The compressions that ADD knows and layers do not have: libarchive undoes them, as a filter on "raw" bytes. */
#include "decompress.h"
#include "cleanup.h"
#include "fs.h"
#include "process.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>

#define READ_BYTES (64 * 1024)

static void free_archive(struct archive **archive)
{
    archive_read_free(*archive);
}

static bool begins_with(int fd, const char *magic)
{
    char start[8] = "";

    return pread(fd, start, sizeof start, 0) > 0 && memcmp(start, magic, strlen(magic)) == 0;
}

static int fail_with(struct archive *archive, struct error *err)
{
    const char *reason = archive_error_string(archive);

    return fail(err, 0, "decompress: %s", reason ? reason : "unknown error");
}

static int write_decompressed(int from, int to, uint64_t limit, struct error *err)
{
    _cleanup_(free_archive) struct archive *archive = archive_read_new();
    struct archive_entry *entry;
    const void *bytes;
    size_t length;
    la_int64_t offset;
    int result;

    if (!archive)
        return fail(err, ENOMEM, "archive_read_new");
    archive_read_support_filter_xz(archive);
    archive_read_support_filter_bzip2(archive);
    archive_read_support_format_raw(archive);
    if (archive_read_open_fd(archive, from, READ_BYTES) != ARCHIVE_OK ||
        archive_read_next_header(archive, &entry) != ARCHIVE_OK)
        return fail_with(archive, err);
    while ((result = archive_read_data_block(archive, &bytes, &length, &offset)) == ARCHIVE_OK) {
        if (check_interrupt(err) < 0 || write_all(to, bytes, length, err) < 0)
            return -1;
        if (length > limit)
            return fail(err, EFBIG, "decompress");
        limit -= length;
    }
    return result == ARCHIVE_EOF ? 0 : fail_with(archive, err);
}

int decompressed(int fd, int dir_fd, uint64_t limit, struct error *err)
{
    _cleanup_close_ int to = -1;

    if (!begins_with(fd, "\xfd"
                         "7zXZ") &&
        !begins_with(fd, "BZh")) {
        to = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    } else {
        to = openat(dir_fd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
        if (to >= 0 && write_decompressed(fd, to, limit, err) < 0)
            return -1;
    }
    if (to < 0 || lseek(to, 0, SEEK_SET) < 0)
        return fail(err, errno, "open what is decompressed");
    return steal_fd(&to);
}
