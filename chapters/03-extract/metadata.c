/* What belongs to a file beside its contents. */
#include "metadata.h"
#include "attributes.h"
#include "str.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#define SET_ID_BITS ((mode_t)(S_ISUID | S_ISGID))

/* Set the owner, where it is another. *SET says whether the file has its owner now: EPERM is an ordinary
 * user's answer, EINVAL a user namespace's to an id that it does not map. */
static int set_owner(const struct made_file *file, const struct tar_entry *entry, bool *set,
                     struct error *err)
{
    int result;

    *set = true;
    if (file->stat.st_uid == entry->uid && file->stat.st_gid == entry->gid)
        return 0;
    if (file->fd >= 0)
        result = fchown(file->fd, entry->uid, entry->gid);
    else
        result = fchownat(file->parent_fd, file->name, entry->uid, entry->gid, AT_SYMLINK_NOFOLLOW);
    if (result < 0 && errno != EPERM && errno != EINVAL)
        return fail(err, errno, "give it to %u:%u", entry->uid, entry->gid);
    *set = result == 0;
    return 0;
}

/* fchmodat(2) follows links, but what has no descriptor and comes here is a device or FIFO, made a moment
 * ago in a root that nobody else can enter yet. */
static int set_mode(const struct made_file *file, mode_t mode, struct error *err)
{
    int result;

    if (S_ISLNK(file->stat.st_mode) || (file->stat.st_mode & 07777) == mode)
        return 0;
    result = file->fd >= 0 ? fchmod(file->fd, mode) : fchmodat(file->parent_fd, file->name, mode, 0);
    return result < 0 ? fail(err, errno, "set the mode %04o", mode) : 0;
}

static int set_times(const struct made_file *file, const struct timespec times[2], struct error *err)
{
    int result;

    if (file->fd >= 0)
        result = futimens(file->fd, times);
    else
        result = utimensat(file->parent_fd, file->name, times, AT_SYMLINK_NOFOLLOW);
    return result < 0 ? fail(err, errno, "set the times") : 0;
}

int set_metadata(const struct made_file *file, const struct tar_entry *entry, struct left_out *left_out,
                 struct error *err)
{
    mode_t mode = entry->mode;
    bool owned;

    if (set_owner(file, entry, &owned, err) < 0)
        return -1;
    if (!owned)
        left_out->owners++;
    /* A program that runs as its owner must not run as whoever extracts it instead. */
    if (!owned && (mode & SET_ID_BITS) && entry->type == TAR_FILE) {
        mode &= ~SET_ID_BITS;
        left_out->setuid_bits++;
    }
    if (entry->type == TAR_DIRECTORY)
        mode |= S_IRWXU;

    if (set_attributes(file, entry, left_out, err) < 0 || set_mode(file, mode, err) < 0)
        return -1;
    return entry->type == TAR_DIRECTORY ? 0 : set_times(file, entry->times, err);
}

static void add_count(struct str *text, uint64_t count, const char *what)
{
    if (count == 0)
        return;
    if (text->length > 0)
        str_add(text, ", ");
    str_addf(text, "%s of %" PRIu64 " %s", what, count, count == 1 ? "entry" : "entries");
}

void left_out_print(const struct left_out *left_out)
{
    _cleanup_str_ struct str text = { 0 };

    add_count(&text, left_out->owners, "the owners");
    add_count(&text, left_out->setuid_bits, "the setuid and setgid bits");
    add_count(&text, left_out->attributes, "extended attributes");
    add_count(&text, left_out->acls, "access control lists");
    if (left_out->devices > 0)
        str_addf(&text, "%s%" PRIu64 " device %s", text.length > 0 ? ", " : "", left_out->devices,
                 left_out->devices == 1 ? "node" : "nodes");
    if (text.length > 0)
        warn("left out%s: %s", geteuid() == 0 ? "" : ", as an ordinary user", text.text);
}
