/* Mistake: openat2 keeps the whole path inside, and follows the link that was to give way. Rejected by link_in_the_last_place_gives_way. */
/* 03.3: a file written into a root that is not to be trusted. */
#include "replace_file.h"

#include "entry_path.h"
#include "fs.h"

#include <string.h>

int replace_file(int root_fd, const char *path, const char *text, struct error *err)
{
    _cleanup_close_ int fd = open_in_root(root_fd, path, O_WRONLY | O_CREAT | O_TRUNC, 0644, err);

    if (fd < 0)
        return -1;
    return write_all(fd, text, strlen(text), err);
}
