/* A file's contents, holes kept. */
#include "contents.h"
#include "fs.h"

#include <errno.h>
#include <unistd.h>

int write_contents(struct tar_reader *reader, uint64_t size, int fd, struct error *err)
{
    uint64_t at = 0, offset;
    const void *bytes;
    size_t length;
    int result;

    while ((result = tar_reader_data(reader, &bytes, &length, &offset, err)) == 1) {
        if (offset < at || offset > size || length > size - offset)
            return fail(err, 0, "its map of holes does not fit its size");
        if (offset > at && lseek(fd, (off_t)offset, SEEK_SET) < 0)
            return fail(err, errno, "seek");
        if (write_all(fd, bytes, length, err) < 0)
            return -1;
        at = offset + length;
    }
    if (result < 0)
        return -1;
    if (at < size && ftruncate(fd, (off_t)size) < 0) /* it ends with a hole */
        return fail(err, errno, "make it %llu bytes long", (unsigned long long)size);
    return 0;
}
