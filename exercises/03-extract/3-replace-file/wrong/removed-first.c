/* Mistake: the old file is removed before the new one is written. Rejected by failure_leaves_everything_as_it_was. */
/* 03.3: a file written into a root that is not to be trusted. */
#include "replace_file.h"

#include "entry_path.h"
#include "fs.h"

#include <errno.h>
#include <string.h>

int replace_file(int root_fd, const char *path, const char *text, struct error *err)
{
    _cleanup_free_ char *directory = must_strndup(path, entry_path_parent(path));
    _cleanup_close_ int parent_fd = open_in_root(root_fd, directory, O_RDONLY | O_DIRECTORY, 0, err);

    if (parent_fd < 0)
        return -1;
    unlinkat(parent_fd, entry_path_base(path), 0);

    _cleanup_close_ int fd =
        openat(parent_fd, entry_path_base(path), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

    if (fd < 0)
        return fail(err, errno, "open %s", path);
    return write_all(fd, text, strlen(text), err);
}
