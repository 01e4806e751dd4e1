/* Mistake: the temporary file has a fixed name, and an image can have a link there. Rejected by image_may_know_the_temporary_name. */
#include "replace_file.h"

#include "entry_path.h"
#include "fs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

int replace_file(int root_fd, const char *path, const char *text, struct error *err)
{
    _cleanup_free_ char *directory = must_strndup(path, entry_path_parent(path));
    _cleanup_close_ int parent_fd = open_in_root(root_fd, directory, O_RDONLY | O_DIRECTORY, 0, err);
    const char *temporary = ".replace_file.new";

    if (parent_fd < 0)
        return -1;
    _cleanup_close_ int fd = openat(parent_fd, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    if (fd < 0)
        return fail(err, errno, "create %s", temporary);
    if (write_all(fd, text, strlen(text), err) < 0 || fchmod(fd, 0644) < 0 ||
        renameat(parent_fd, temporary, parent_fd, entry_path_base(path)) < 0) {
        unlinkat(parent_fd, temporary, 0);
        return fail(err, errno, "replace %s", path);
    }
    return 0;
}
