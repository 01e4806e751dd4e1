/* 02.3: each promise that the name of a blob makes. */
#include "exercise.h"

#include "fs.h"
#include "keep.h"
#include "receive.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define TEXT        "what the server sends, and the manifest promises"
#define LARGE_BYTES (48 * 1024 * 1024)

/* ---- what happened before the bytes were on the disk */

/* What was seen when the learner's code called fsync or fdatasync: what is on the disk cannot be seen from here
 * any other way. */
static struct {
    int directory;
    const char *name;
    off_t size;    /* of the file that was synced */
    bool had_name; /* did the blob have its name before that? */
} synced = { .directory = -1, .size = -1 };

static bool has_name(int directory, const char *name)
{
    return faccessat(directory, name, F_OK, 0) == 0;
}

static void note_sync(int fd)
{
    struct stat file;

    if (synced.directory < 0 || fstat(fd, &file) < 0 || !S_ISREG(file.st_mode))
        return;
    synced.size = file.st_size;
    synced.had_name = has_name(synced.directory, synced.name);
}

/* In place of the C library's. */
int fsync(int fd)
{
    note_sync(fd);
    return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd) /* NOLINT: the library's name for its parameter is a reserved one */
{
    note_sync(fd);
    return (int)syscall(SYS_fdatasync, fd);
}

/* ---- a directory, and streams */

/* A fresh directory's path, and a descriptor of it that is closed with the test's process. */
struct place {
    const char *path;
    int fd;
};

static struct place new_place(void)
{
    struct place place = { .path = scratch() };

    place.fd = open(place.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ck_assert_msg(place.fd >= 0, "open %s: %s", place.path, strerror(errno));
    return place;
}

static const char *digest_of_text(const char *text)
{
    char *digest = keep(must_calloc(1, DIGEST_SIZE));

    digest_of(text, strlen(text), digest);
    return digest;
}

/* A descriptor to read TEXT from. */
static int stream_of(const char *text)
{
    int fd = memfd_create("stream", MFD_CLOEXEC);
    struct error err;

    ck_assert_msg(fd >= 0 && write_all(fd, text, strlen(text), &err) == 0 && lseek(fd, 0, SEEK_SET) == 0,
                  "make a stream: %s", strerror(errno));
    return fd;
}

/* Receive GOT where WANTED is asked for. Returns what receive_blob returns; a failure has to say why. */
static int receive_text(struct place place, const char *wanted, const char *got)
{
    _cleanup_close_ int from = stream_of(got);
    struct error err = { 0 };
    int result = receive_blob(from, digest_of_text(wanted), strlen(wanted), place.fd, &err);

    ck_assert_msg(result == 0 || err.text[0] != '\0', "wanted an error that says why, got none");
    return result;
}

/* How many files the directory holds, hidden ones too. */
static int count_files(const char *path)
{
    _cleanup_closedir_ DIR *dir = opendir(path);
    struct dirent *entry;
    int count = 0;

    ck_assert_msg(dir, "open %s: %s", path, strerror(errno));
    while ((entry = readdir(dir)) != NULL)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    return count;
}

/* Wait until all that is in the pipe was read, or nobody is there any more to read it. */
static void wait_until_read(int pipe_end)
{
    struct pollfd no_reader = { .fd = pipe_end };
    int left = 1;

    while (ioctl(pipe_end, FIONREAD, &left) == 0 && left > 0 && poll(&no_reader, 1, 1) == 0)
        ;
}

/* Start a process that writes TEXT into a pipe, PIECE bytes at a time, and calls LOOK, where it is not NULL,
 * before the last byte, when all others were read. It exits with what LOOK returned. Returns the pipe's other
 * end. */
static int start_writer(const char *text, size_t piece, int (*look)(struct place place), struct place place,
                        pid_t *writer)
{
    int ends[2], found = 0;
    size_t length = strlen(text) - 1;

    ck_assert_msg(pipe2(ends, O_CLOEXEC) == 0, "pipe: %s", strerror(errno));
    *writer = fork();
    ck_assert_msg(*writer >= 0, "fork: %s", strerror(errno));
    if (*writer > 0) {
        close(ends[1]);
        return ends[0];
    }
    close(ends[0]);
    for (size_t done = 0; done < length; done += piece) {
        if (write(ends[1], text + done, piece < length - done ? piece : length - done) < 0)
            _exit(UCHAR_MAX);
        wait_until_read(ends[1]);
    }
    if (look)
        found = look(place);
    _exit(write(ends[1], text + length, 1) == 1 ? found : UCHAR_MAX);
}

static int exit_of(pid_t process)
{
    int status;

    ck_assert_msg(waitpid(process, &status, 0) == process, "waitpid: %s", strerror(errno));
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* ---- what is right is taken */

START_TEST(blob_is_named_by_its_digest)
{
    struct place place = new_place();

    want_int(receive_text(place, TEXT, TEXT), 0);
    ck_assert_msg(has_name(place.fd, digest_hex(digest_of_text(TEXT))),
                  "wanted a file named by the digest's 64 digits, got none");
    want_text(get_file(place.path, digest_hex(digest_of_text(TEXT))), TEXT);
    want_int(count_files(place.path), 1);
}
END_TEST

START_TEST(pieces_of_any_size_are_taken)
{
    struct place place = new_place();
    struct error err = { .text = "" };
    pid_t writer;
    _cleanup_close_ int from = start_writer(TEXT, 7, NULL, place, &writer);
    int result = receive_blob(from, digest_of_text(TEXT), strlen(TEXT), place.fd, &err);

    ck_assert_msg(result == 0, "wanted seven bytes at a time to be taken, got: %s", err.text);
    want_int(exit_of(writer), 0);
    want_text(get_file(place.path, digest_hex(digest_of_text(TEXT))), TEXT);
}
END_TEST

START_TEST(empty_blob_is_a_blob)
{
    struct place place = new_place();

    want_int(receive_text(place, "", ""), 0);
    want_text(get_file(place.path, digest_hex(digest_of_text(""))), "");
}
END_TEST

/* ---- what is not is refused */

START_TEST(changed_byte_is_refused)
{
    char changed[] = TEXT;

    changed[sizeof changed / 2] ^= 1;
    want_int(receive_text(new_place(), TEXT, changed), -1);
}
END_TEST

START_TEST(short_blob_is_refused)
{
    struct place place = new_place();
    _cleanup_close_ int from = stream_of(TEXT);
    struct error err = { 0 };

    /* The digest is right: only the size tells. */
    want_int(receive_blob(from, digest_of_text(TEXT), strlen(TEXT) + 1, place.fd, &err), -1);
    want_int(receive_text(place, TEXT, ""), -1);
}
END_TEST

START_TEST(long_blob_is_refused_at_once)
{
    struct place place = new_place();
    _cleanup_close_ int from = stream_of(TEXT);
    struct error err = { 0 };
    off_t read_to;

    ck_assert_msg(ftruncate(from, 8 * 1024 * 1024) == 0, "ftruncate: %s", strerror(errno));
    want_int(receive_blob(from, digest_of_text(TEXT), strlen(TEXT), place.fd, &err), -1);
    read_to = lseek(from, 0, SEEK_CUR);
    ck_assert_msg(read_to <= (off_t)strlen(TEXT) + 1024 * 1024,
                  "a blob of %zu bytes: wanted at most 1 MiB more to be read, got %lld bytes read",
                  strlen(TEXT), (long long)read_to);
}
END_TEST

START_TEST(byte_too_many_is_refused)
{
    want_int(receive_text(new_place(), TEXT, TEXT "!"), -1);
}
END_TEST

START_TEST(stream_that_breaks_is_an_error)
{
    struct place place = new_place();
    struct error err = { 0 };

    /* Reading a directory is refused: read(2), EISDIR. */
    want_int(receive_blob(place.fd, digest_of_text(""), 0, place.fd, &err), -1);
    want_int(err.number, EISDIR);
}
END_TEST

START_TEST(refused_blob_leaves_nothing)
{
    struct place place = new_place();

    receive_text(place, TEXT, "something else");
    receive_text(place, TEXT, TEXT TEXT);
    want_int(count_files(place.path), 0);
}
END_TEST

START_TEST(refused_blob_leaves_the_old_one)
{
    struct place place = new_place();

    want_int(receive_text(place, TEXT, TEXT), 0);
    want_int(receive_text(place, TEXT, "something else"), -1);
    ck_assert_msg(has_name(place.fd, digest_hex(digest_of_text(TEXT))),
                  "wanted the blob that was there before to stay, got none");
    want_text(get_file(place.path, digest_hex(digest_of_text(TEXT))), TEXT);
}
END_TEST

/* ---- when it has its name */

static int look_for_name(struct place place)
{
    return has_name(place.fd, digest_hex(digest_of_text(TEXT)));
}

START_TEST(no_name_before_the_last_byte)
{
    struct place place = new_place();
    struct error err = { 0 };
    pid_t writer;
    _cleanup_close_ int from = start_writer(TEXT, strlen(TEXT), look_for_name, place, &writer);

    want_int(receive_blob(from, digest_of_text(TEXT), strlen(TEXT), place.fd, &err), 0);
    ck_assert_msg(exit_of(writer) == 0, "wanted no such name while the last byte was missing, got one");
}
END_TEST

START_TEST(bytes_are_on_the_disk_before_the_name)
{
    struct place place = new_place();

    synced.name = digest_hex(digest_of_text(TEXT));
    synced.directory = place.fd;
    want_int(receive_text(place, TEXT, TEXT), 0);
    ck_assert_msg(synced.size == (off_t)strlen(TEXT), "wanted fsync of the whole file, %zu bytes, got %s",
                  strlen(TEXT), synced.size < 0 ? "none" : "it earlier");
    ck_assert_msg(!synced.had_name, "wanted fsync before the blob has its name, got it after");
}
END_TEST

START_TEST(two_receive_the_same_blob)
{
    const char *text = TEXT;
    struct place place = new_place();
    struct error err = { 0 };
    int ends[2];
    pid_t other;

    ck_assert_msg(pipe2(ends, O_CLOEXEC) == 0, "pipe: %s", strerror(errno));
    other = fork();
    ck_assert_msg(other >= 0, "fork: %s", strerror(errno));
    if (other == 0) {
        close(ends[1]);
        _exit(receive_blob(ends[0], digest_of_text(TEXT), strlen(TEXT), place.fd, &err) < 0);
    }
    close(ends[0]);
    signal(SIGPIPE, SIG_IGN); /* one that gives up early is told of by a message */
    ck_assert_msg(write_all(ends[1], text, 10, &err) == 0, "%s", err.text);
    wait_until_read(ends[1]); /* the other one is in the middle of it now */
    want_int(receive_text(place, TEXT, TEXT), 0);
    ck_assert_msg(write_all(ends[1], text + 10, strlen(text) - 10, &err) == 0,
                  "wanted the one that began first to read on: %s", err.text);
    close(ends[1]);
    ck_assert_msg(exit_of(other) == 0, "wanted the one that began first to succeed too, got an error");
    want_text(get_file(place.path, digest_hex(digest_of_text(TEXT))), TEXT);
    want_int(count_files(place.path), 1);
}
END_TEST

/* ---- what it takes */

static long peak_kib(void)
{
    struct rusage usage;

    ck_assert_msg(getrusage(RUSAGE_SELF, &usage) == 0, "getrusage: %s", strerror(errno));
    return usage.ru_maxrss;
}

/* A file of LARGE_BYTES zeros, and its digest. */
static int large_stream(char digest[DIGEST_SIZE])
{
    static const char zeros[1024 * 1024];
    _cleanup_(sha256_free) struct sha256 *hash = sha256_new();
    int fd = open(scratch(), O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);

    if (fd < 0) /* not every file system has O_TMPFILE */
        fd = memfd_create("stream", MFD_CLOEXEC);
    ck_assert_msg(fd >= 0 && ftruncate(fd, LARGE_BYTES) == 0, "make a large file: %s", strerror(errno));
    for (size_t done = 0; done < LARGE_BYTES; done += sizeof zeros)
        sha256_update(hash, zeros, sizeof zeros);
    sha256_final(hash, digest);
    return fd;
}

START_TEST(memory_stays_flat)
{
    struct place place = new_place();
    char digest[DIGEST_SIZE];
    _cleanup_close_ int from = large_stream(digest);
    struct error err = { 0 };
    long before = peak_kib(), more;

    want_int(receive_blob(from, digest, LARGE_BYTES, place.fd, &err), 0);
    more = peak_kib() - before;
    ck_assert_msg(more < 16 * 1024, "a blob of %d MiB: wanted less than 16 MiB of memory, got %ld MiB",
                  LARGE_BYTES / 1024 / 1024, more / 1024);
}
END_TEST

START_TEST(no_descriptor_stays_open)
{
    struct place place = new_place();
    int before;

    receive_text(place, TEXT, TEXT); /* libraries may open what they need */
    before = count_files("/proc/self/fd");
    receive_text(place, TEXT, TEXT);
    receive_text(place, TEXT, "something else");
    want_int(count_files("/proc/self/fd") - before, 0);
}
END_TEST

int main(void)
{
    const struct test tests[] = {
        { blob_is_named_by_its_digest, 0, 0 },  { pieces_of_any_size_are_taken, 0, 0 },
        { empty_blob_is_a_blob, 0, 0 },         { changed_byte_is_refused, 0, 0 },
        { short_blob_is_refused, 0, 0 },        { byte_too_many_is_refused, 0, 0 },
        { long_blob_is_refused_at_once, 0, 0 }, { stream_that_breaks_is_an_error, 0, 0 },
        { refused_blob_leaves_nothing, 0, 0 },  { refused_blob_leaves_the_old_one, 0, 0 },
        { no_name_before_the_last_byte, 0, 0 }, { bytes_are_on_the_disk_before_the_name, 0, 0 },
        { two_receive_the_same_blob, 0, 0 },    { memory_stays_flat, 0, 0 },
        { no_descriptor_stays_open, 0, 0 },
    };

    return RUN_EXERCISE(tests);
}
