/* 03.3: a file written into a root that is not to be trusted. */
#include "replace_file.h"

#include "fs.h"

#include <errno.h>
#include <string.h>

int replace_file(int root_fd, const char *path, const char *text, struct error *err)
{
    /* It works for every honest image. Your part. */
    _cleanup_close_ int fd = openat(root_fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

    if (fd < 0)
        return fail(err, errno, "open %s", path);
    return write_all(fd, text, strlen(text), err);
}
