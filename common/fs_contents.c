/* What is in files: read whole, written whole, copied. */
#include "fs.h"
#include "process.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#define CHUNK_BYTES ((size_t)64 * 1024)

int write_all(int fd, const void *bytes, size_t length, struct error *err)
{
    const char *rest = bytes;

    while (length > 0) {
        ssize_t written = write(fd, rest, length);

        if (written < 0 && errno == EINTR) {
            if (check_interrupt(err) < 0)
                return -1;
            continue;
        }
        if (written < 0)
            return fail(err, errno, "write");
        rest += written;
        length -= (size_t)written;
    }
    return 0;
}

/* read(2), begun again after a signal that nobody noted. Returns the bytes read, or -1 with err. */
static ssize_t read_some(int fd, void *buffer, size_t size, struct error *err)
{
    for (;;) {
        ssize_t got = read(fd, buffer, size);

        if (got >= 0)
            return got;
        if (errno != EINTR)
            return fail(err, errno, "read");
        if (check_interrupt(err) < 0)
            return -1;
    }
}

int read_fd(int fd, size_t limit, struct str *text, struct error *err)
{
    size_t before = text->length;
    _cleanup_free_ char *buffer = must_calloc(CHUNK_BYTES, 1);

    for (;;) {
        ssize_t got = read_some(fd, buffer, CHUNK_BYTES, err);

        if (got <= 0)
            return (int)got;
        if ((size_t)got > limit - (text->length - before)) {
            fail(err, 0, "it holds more than %zu bytes", limit);
            err->number = EFBIG;
            return -1;
        }
        str_add_bytes(text, buffer, (size_t)got);
    }
}

int read_file(int dir_fd, const char *path, size_t limit, struct str *text, struct error *err)
{
    _cleanup_close_ int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return fail(err, errno, "open %s", path);
    if (read_fd(fd, limit, text, err) < 0)
        return fail_while(err, "read %s", path);
    return 0;
}

/* Write all of it to FD, down to the disk. */
static int write_durably(int fd, const void *bytes, size_t length, mode_t mode, struct error *err)
{
    if (write_all(fd, bytes, length, err) < 0)
        return -1;
    if (fchmod(fd, mode & 07777) < 0) /* open(2) took the umask's bits away */
        return fail(err, errno, "set the mode");
    if (fsync(fd) < 0)
        return fail(err, errno, "fsync");
    return 0;
}

/* Without the first fsync a crash could leave the new name on an empty file, without the second the old one. */
int write_file_atomic(int dir_fd, const char *name, const void *bytes, size_t length, mode_t mode,
                      struct error *err)
{
    uint32_t random = 0;

    if (getrandom(&random, sizeof random, 0) < 0)
        return fail(err, errno, "getrandom");

    _cleanup_free_ char *temporary = formatted(".%s.%08x", name, random);
    _cleanup_close_ int fd = openat(dir_fd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0)
        return fail(err, errno, "create %s", temporary);
    if (write_durably(fd, bytes, length, mode, err) < 0)
        fail_while(err, "write %s", name);
    else if (renameat(dir_fd, temporary, dir_fd, name) < 0)
        fail(err, errno, "rename %s to %s", temporary, name);
    else if (fsync(dir_fd) < 0)
        return fail(err, errno, "fsync the directory of %s", name);
    else
        return 0;
    unlinkat(dir_fd, temporary, 0);
    return -1;
}

/* The errors by which copy_file_range(2) says that it cannot do it for these two, and nothing else is wrong. */
static bool must_copy_by_hand(int number)
{
    return number == EXDEV || number == EINVAL || number == ENOSYS || number == EOPNOTSUPP ||
           number == EPERM || number == EBADF;
}

static int copy_by_hand(int from, int to, struct error *err)
{
    _cleanup_free_ char *buffer = must_calloc(CHUNK_BYTES, 1);
    ssize_t got;

    while ((got = read_some(from, buffer, CHUNK_BYTES, err)) > 0)
        if (check_interrupt(err) < 0 || write_all(to, buffer, (size_t)got, err) < 0)
            return -1;
    return (int)got;
}

/* Copy LENGTH bytes from the current positions, by the kernel alone. *ENDED: FROM ended before, or has to be
 * copied by hand. */
static int copy_range(int from, int to, off_t length, bool *ended, struct error *err)
{
    while (length > 0 && !*ended) {
        ssize_t copied = copy_file_range(from, NULL, to, NULL, (size_t)length, 0);

        if (check_interrupt(err) < 0)
            return -1;
        if (copied > 0)
            length -= copied;
        else if (copied == 0 || must_copy_by_hand(errno))
            *ended = true;
        else if (errno != EINTR)
            return fail(err, errno, "copy");
    }
    return 0;
}

/* Holes stay holes: a file of 20 GiB may have no block on the disk (lseek(2), SEEK_DATA). */
int copy_contents(int from, int to, struct error *err)
{
    off_t at = lseek(from, 0, SEEK_CUR), start = lseek(to, 0, SEEK_CUR), data, hole;
    bool ended = at < 0 || start < 0;
    struct stat file;

    while (!ended && (data = lseek(from, at, SEEK_DATA)) >= 0) {
        hole = lseek(from, data, SEEK_HOLE);
        if (hole < 0 || lseek(from, data, SEEK_SET) < 0 || lseek(to, start + data - at, SEEK_SET) < 0)
            return fail(err, errno, "seek");
        if (copy_range(from, to, hole - data, &ended, err) < 0)
            return -1;
        at = lseek(from, 0, SEEK_CUR);
        start = lseek(to, 0, SEEK_CUR);
    }
    /* ENXIO: from here on it is a hole. Another error: not every file system knows holes, as sysfs. */
    if (!ended && errno == ENXIO && fstat(from, &file) == 0 && file.st_size > at) {
        if (ftruncate(to, start + file.st_size - at) < 0)
            return fail(err, errno, "make it as long as it was");
        return 0;
    }
    return copy_by_hand(from, to, err); /* at the end as well: files of /proc say that they are empty */
}
