/* System calls that are watched, or fail: what is on the disk cannot be seen from here, and a disk that breaks is
 * not to be had. The functions stand in the place of the C library's. */
#ifndef RECEIVE_SYSTEM_CALLS_H
#define RECEIVE_SYSTEM_CALLS_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What was seen when the learner's code called fsync or fdatasync. */
static struct {
    int directory;
    const char *name;
    off_t size;    /* of the file that was synced */
    bool had_name; /* did the blob have its name before that? */
} synced = { .directory = -1, .size = -1 };

/* The errno with which each fails; 0: it works. */
static struct {
    int sync, rename;
} failing;

static bool has_name(int directory, const char *name)
{
    return faccessat(directory, name, F_OK, 0) == 0;
}

static int sync_file(int fd, long number)
{
    struct stat file;

    if (synced.directory >= 0 && fstat(fd, &file) == 0 && S_ISREG(file.st_mode)) {
        synced.size = file.st_size;
        synced.had_name = has_name(synced.directory, synced.name);
    }
    errno = failing.sync;
    return failing.sync ? -1 : (int)syscall(number, fd);
}

int fsync(int fd)
{
    return sync_file(fd, SYS_fsync);
}

int fdatasync(int fd) /* NOLINT: the library's name for its parameter is a reserved one */
{
    return sync_file(fd, SYS_fdatasync);
}

/* Whoever gives a second name and removes the first has renamed, too. */
int renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags) /* NOLINT: as above */
{
    errno = failing.rename;
    return failing.rename ? -1 : (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, flags);
}

int renameat(int from_fd, const char *from, int to_fd, const char *to) /* NOLINT: as above */
{
    return renameat2(from_fd, from, to_fd, to, 0);
}

int rename(const char *from, const char *to) /* NOLINT: as above */
{
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int linkat(int from_fd, const char *from, int to_fd, const char *to, int flags) /* NOLINT: as above */
{
    errno = failing.rename;
    return failing.rename ? -1 : (int)syscall(SYS_linkat, from_fd, from, to_fd, to, flags);
}

int link(const char *from, const char *to) /* NOLINT: as above */
{
    return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

#endif
