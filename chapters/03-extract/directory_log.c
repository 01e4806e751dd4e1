/* What is to be done to directories at the end. */
#include "directory_log.h"
#include "entry_path.h"
#include "fs.h"
#include "number_set.h"
#include "process.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

/* The inode's number is used again once it is freed; with the time it was made at, it is its own. */
struct identity {
    uint64_t inode;
    struct statx_timestamp made;
};

struct record {
    off_t previous; /* where the record before begins */
    struct identity identity;
    mode_t mode;
    struct timespec times[2];
    size_t path_length; /* of the path that follows */
};

static int identify(int fd, struct identity *identity, mode_t *mode, struct error *err)
{
    struct statx found;

    if (statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &found) < 0)
        return fail(err, errno, "statx a directory");
    memset(identity, 0, sizeof *identity);
    identity->inode = found.stx_ino;
    if (found.stx_mask & STATX_BTIME) {
        identity->made.tv_sec = found.stx_btime.tv_sec;
        identity->made.tv_nsec = found.stx_btime.tv_nsec;
    }
    *mode = found.stx_mode & 07777;
    return 0;
}

int directory_log_open(struct directory_log *log, int root_fd, struct error *err)
{
    *log = (struct directory_log){
        .fd = openat(root_fd, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600),
        .root_mode = 0755,
        .root_times = { { .tv_nsec = UTIME_NOW }, { .tv_nsec = UTIME_NOW } },
    };
    if (log->fd < 0) /* not every file system can */
        log->fd = memfd_create("gocker-directories", MFD_CLOEXEC);
    return log->fd < 0 ? fail(err, errno, "make a temporary file") : 0;
}

void directory_log_close(struct directory_log *log)
{
    cleanup_close(&log->fd);
    log->fd = -1;
}

int directory_log_add(struct directory_log *log, const char *path, int fd, mode_t mode,
                      const struct timespec times[2], struct error *err)
{
    struct record record;
    mode_t present;

    if (*path == '\0') {
        log->root_mode = mode;
        memcpy(log->root_times, times, sizeof log->root_times);
        return 0;
    }
    memset(&record, 0, sizeof record); /* its padding is written as well */
    record.previous = log->last;
    record.mode = mode;
    record.times[0] = times[0];
    record.times[1] = times[1];
    record.path_length = strlen(path);
    if (identify(fd, &record.identity, &present, err) < 0)
        return -1;
    if (write_all(log->fd, &record, sizeof record, err) < 0 ||
        write_all(log->fd, path, record.path_length, err) < 0)
        return fail_while(err, "write a temporary file");
    log->last = log->end;
    log->end += (off_t)(sizeof record + record.path_length);
    return 0;
}

static int read_record(const struct directory_log *log, off_t at, struct record *record, char path[PATH_MAX],
                       struct error *err)
{
    if (pread(log->fd, record, sizeof *record, at) != sizeof *record || record->path_length >= PATH_MAX ||
        pread(log->fd, path, record->path_length, at + (off_t)sizeof *record) != (ssize_t)record->path_length)
        return fail(err, errno, "read back a temporary file");
    path[record->path_length] = '\0';
    return 0;
}

/* The directory at PATH, its parent through links, itself not one. -1 where there is none any more. */
static int open_directory(int root_fd, const char *path)
{
    struct error ignored;
    size_t length = entry_path_parent(path);
    _cleanup_free_ char *parent = must_strndup(path, length);
    _cleanup_close_ int parent_fd = open_in_root(root_fd, parent, O_PATH | O_DIRECTORY, 0, &ignored);

    if (parent_fd < 0)
        return -1;
    return openat(parent_fd, entry_path_base(path), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int apply(const struct record *record, int root_fd, const char *path, struct number_set *done,
                 struct error *err)
{
    _cleanup_close_ int fd = open_directory(root_fd, path);
    struct identity found = { 0 };
    mode_t mode = 0;

    if (fd < 0)
        return 0;
    if (identify(fd, &found, &mode, err) < 0)
        return -1;
    if (memcmp(&found, &record->identity, sizeof found) != 0 || number_set_has(done, found.inode))
        return 0;
    number_set_add(done, found.inode);
    if (mode != record->mode && fchmod(fd, record->mode) < 0)
        return fail(err, errno, "set the mode of \"%.200s\"", path);
    if (futimens(fd, record->times) < 0)
        return fail(err, errno, "set the times of \"%.200s\"", path);
    return 0;
}

/* Backwards, so that the last record of a directory is met first, and what is in a directory is done before
 * its mode may forbid to go there. */
int directory_log_apply(const struct directory_log *log, int root_fd, struct error *err)
{
    _cleanup_(number_set_free) struct number_set done = { 0 };
    struct record record = { 0 };
    char path[PATH_MAX] = "";
    off_t at = log->last, before = log->end;

    while (before > 0) {
        if (check_interrupt(err) < 0 || read_record(log, at, &record, path, err) < 0 ||
            apply(&record, root_fd, path, &done, err) < 0)
            return -1;
        before = at;
        at = record.previous;
    }
    return 0;
}
