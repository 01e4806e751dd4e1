/* Mistake: every link on the way is refused, so that /bin of a Debian image is out of reach. Rejected by absolute_link_starts_at_the_root. */
/* 03.3: a file written into a root that is not to be trusted. */
#include "replace_file.h"

#include "entry_path.h"
#include "fs.h"

#include <string.h>

int replace_file(int root_fd, const char *path, const char *text, struct error *err)
{
    _cleanup_free_ char *directory = must_strndup(path, entry_path_parent(path));
    _cleanup_close_ int parent_fd = open_below(root_fd, directory, O_RDONLY | O_DIRECTORY, 0, err);

    if (parent_fd < 0)
        return -1;
    /* rename(2) takes a name and follows no link; whoever reads meanwhile sees the old text or the new one. */
    return write_file_atomic(parent_fd, entry_path_base(path), text, strlen(text), 0644, err);
}
