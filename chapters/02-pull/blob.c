/* A blob on its way into the store.
 *
 * A temporary file is locked (flock(2)) as long as its maker lives, since the kernel drops a lock with its
 * process, however that ends. So a file whose lock is free is a leftover, and the next gocker removes it. */
#include "blob.h"
#include "fs.h"
#include "str.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>

#define PARTIAL ".partial"
/* Dirty pages are handed to the disk in pieces of this size while the next ones arrive; left to fsync, all of
 * a layer would wait for the disk at once, and the other downloads with it. */
#define FLUSH_BYTES (8 * 1024 * 1024)

static void blob_path(const char *digest, char path[96])
{
    snprintf(path, 96, "blobs/sha256/%s", digest_hex(digest));
}

static void partial_path(const char *name, char path[96])
{
    snprintf(path, 96, PARTIAL "/%s", name);
}

/* ---- the temporary file */

/* Between creating the file and locking it, somebody may have taken it for a leftover: *GONE. */
static int create_partial(struct blob *blob, bool *gone, struct error *err)
{
    uint64_t random;
    struct stat file;
    char path[96];

    if (getrandom(&random, sizeof random, 0) != sizeof random)
        return fail(err, errno, "getrandom");
    snprintf(blob->name, sizeof blob->name, "%.12s-%016llx", digest_hex(blob->digest),
             (unsigned long long)random);
    partial_path(blob->name, path);
    blob->fd = openat(blob->store->fd, path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (blob->fd < 0)
        return fail(err, errno, "create %s/%s", blob->store->path, path);
    if (flock(blob->fd, LOCK_EX) < 0 || fstat(blob->fd, &file) < 0)
        return fail(err, errno, "lock %s/%s", blob->store->path, path);
    *gone = file.st_nlink == 0;
    return 0;
}

int blob_begin(const struct store *store, const char *digest, uint64_t size, struct blob *blob,
               struct error *err)
{
    bool gone = true;

    *blob = (struct blob){ .store = store, .size = size, .fd = -1 };
    memcpy(blob->digest, digest, DIGEST_SIZE);
    while (gone) {
        if (blob->fd >= 0)
            close(steal_fd(&blob->fd));
        if (create_partial(blob, &gone, err) < 0) {
            blob_abandon(blob);
            return -1;
        }
    }
    blob->hash = sha256_new();
    return 0;
}

void blob_abandon(struct blob *blob)
{
    char path[96];

    if (blob->fd >= 0) {
        partial_path(blob->name, path);
        if (blob->name[0] != '\0')
            unlinkat(blob->store->fd, path, 0); /* while it is locked: nobody else has the name */
        close(steal_fd(&blob->fd));
    }
    sha256_free(&blob->hash);
}

int blob_write(struct blob *blob, const void *bytes, size_t length, struct error *err)
{
    uint64_t before = blob->written;

    if (length > blob->size - blob->written)
        return fail(err, 0, "it is longer than the %llu bytes that the manifest says",
                    (unsigned long long)blob->size);
    if (write_all(blob->fd, bytes, length, err) < 0)
        return fail_while(err, "write to %s", blob->store->path);
    sha256_update(blob->hash, bytes, length);
    blob->written += length;
    if (before / FLUSH_BYTES != blob->written / FLUSH_BYTES)
        sync_file_range(blob->fd, 0, 0, SYNC_FILE_RANGE_WRITE); /* a hint: its failure is fsync's to report */
    return 0;
}

int blob_restart(struct blob *blob, struct error *err)
{
    if (lseek(blob->fd, 0, SEEK_SET) < 0 || ftruncate(blob->fd, 0) < 0)
        return fail(err, errno, "empty %s/" PARTIAL "/%s", blob->store->path, blob->name);
    sha256_free(&blob->hash);
    blob->hash = sha256_new();
    blob->written = 0;
    return 0;
}

int blob_finish(struct blob *blob, struct error *err)
{
    char digest[DIGEST_SIZE], from[96], to[96];

    sha256_final(blob->hash, digest);
    sha256_free(&blob->hash);
    if (blob->written != blob->size || strcmp(digest, blob->digest) != 0) {
        fail(err, 0, "its digest is %s, which is not what was asked for", digest);
        err->number = EBADMSG;
        return -1;
    }
    partial_path(blob->name, from);
    blob_path(blob->digest, to);
    /* Without fsync a crash could leave the name on a file with holes. */
    if (fsync(blob->fd) < 0)
        return fail(err, errno, "fsync %s/%s", blob->store->path, from);
    if (renameat(blob->store->fd, from, blob->store->fd, to) < 0)
        return fail(err, errno, "rename %s/%s to %s", blob->store->path, from, to);
    blob->name[0] = '\0';
    return 0;
}

/* ---- the store's blobs */

bool store_has_blob(const struct store *store, const char *digest, uint64_t size)
{
    char path[96];
    struct stat file;

    blob_path(digest, path);
    return fstatat(store->fd, path, &file, 0) == 0 && S_ISREG(file.st_mode) && (uint64_t)file.st_size == size;
}

int store_put_blob(const struct store *store, const char *digest, const void *bytes, size_t length,
                   struct error *err)
{
    _cleanup_(blob_abandon) struct blob blob = { .fd = -1 };

    if (blob_begin(store, digest, length, &blob, err) < 0 || blob_write(&blob, bytes, length, err) < 0)
        return -1;
    return blob_finish(&blob, err);
}

int store_remove_blob(const struct store *store, const char *digest, struct error *err)
{
    char path[96];

    blob_path(digest, path);
    if (unlinkat(store->fd, path, 0) < 0 && errno != ENOENT)
        return fail(err, errno, "remove %s/%s", store->path, path);
    return 0;
}

void store_remove_leftovers(const struct store *store)
{
    _cleanup_close_ int fd = openat(store->fd, PARTIAL, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _cleanup_closedir_ DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *entry;

    if (!dir)
        return;
    steal_fd(&fd); /* closedir's now */
    while ((entry = readdir(dir))) {
        _cleanup_close_ int file = -1;

        if (entry->d_name[0] == '.')
            continue;
        file = openat(dirfd(dir), entry->d_name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        if (file >= 0 && flock(file, LOCK_EX | LOCK_NB) == 0)
            unlinkat(dirfd(dir), entry->d_name, 0);
    }
}

int store_sync_blobs(const struct store *store, struct error *err)
{
    _cleanup_close_ int fd = openat(store->fd, "blobs/sha256", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0 || fsync(fd) < 0)
        return fail(err, errno, "fsync %s/blobs/sha256", store->path);
    return 0;
}
