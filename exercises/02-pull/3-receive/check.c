/* 02.3: each promise that the name of a blob makes. */
#include "exercise.h"

#include "fs.h"
#include "keep.h"
#include "receive.h"
#include "system_calls.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define TEXT        "what the server sends, and the manifest promises"
#define LARGE_BYTES (48 * 1024 * 1024)

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

/* A stream that begins with TEXT, and then breaks. unix(7): whoever has not read all and closes, resets. */
static int breaking_stream(const char *text)
{
    int ends[2];
    struct error err;

    ck_assert_msg(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0 &&
                      write(ends[0], "", 1) == 1 && write_all(ends[1], text, strlen(text), &err) == 0,
                  "make a stream: %s", strerror(errno));
    close(ends[1]);
    return ends[0];
}

/* What receive_blob's RESULT means: "received", or shown_error. */
static const char *outcome(int result, const struct error *err)
{
    return result == 0 ? "received" : shown_error(err);
}

/* Receive GOT where WANTED is asked for: the outcome. */
static const char *receive_text(struct place place, const char *wanted, const char *got)
{
    _cleanup_close_ int from = stream_of(got);
    struct error err = { 0 };
    int result = receive_blob(from, digest_of_text(wanted), strlen(wanted), place.fd, &err);

    return outcome(result, &err);
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

    want_text(receive_text(place, TEXT, TEXT), "received");
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

    want_text(receive_text(place, "", ""), "received");
    want_text(get_file(place.path, digest_hex(digest_of_text(""))), "");
}
END_TEST

/* ---- what is not is refused */

START_TEST(changed_byte_is_refused)
{
    char changed[] = TEXT;

    changed[sizeof changed / 2] ^= 1;
    want_error("a changed byte", receive_text(new_place(), TEXT, changed));
}
END_TEST

START_TEST(short_blob_is_refused)
{
    struct place place = new_place();
    _cleanup_close_ int from = stream_of(TEXT);
    struct error err = { 0 };

    /* The digest is right: only the size tells. */
    want_error("a blob that should have a byte more",
               outcome(receive_blob(from, digest_of_text(TEXT), strlen(TEXT) + 1, place.fd, &err), &err));
    want_error("nothing at all", receive_text(place, TEXT, ""));
}
END_TEST

START_TEST(long_blob_is_refused_at_once)
{
    struct place place = new_place();
    _cleanup_close_ int from = stream_of(TEXT);
    struct error err = { 0 };
    off_t read_to;

    ck_assert_msg(ftruncate(from, 8 * 1024 * 1024) == 0, "ftruncate: %s", strerror(errno));
    want_error("a blob that is too long",
               outcome(receive_blob(from, digest_of_text(TEXT), strlen(TEXT), place.fd, &err), &err));
    read_to = lseek(from, 0, SEEK_CUR);
    ck_assert_msg(read_to <= (off_t)strlen(TEXT) + 1024 * 1024,
                  "a blob of %zu bytes: wanted at most 1 MiB more to be read, got %lld bytes read",
                  strlen(TEXT), (long long)read_to);
}
END_TEST

START_TEST(byte_too_many_is_refused)
{
    want_error("a byte too many", receive_text(new_place(), TEXT, TEXT "!"));
}
END_TEST

START_TEST(stream_that_breaks_is_an_error)
{
    struct place place = new_place();
    struct error err = { 0 };

    /* Reading a directory is refused: read(2), EISDIR. */
    want_error("a stream that cannot be read",
               outcome(receive_blob(place.fd, digest_of_text(""), 0, place.fd, &err), &err));
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

    want_text(receive_text(place, TEXT, TEXT), "received");
    want_error("other bytes", receive_text(place, TEXT, "something else"));
    ck_assert_msg(has_name(place.fd, digest_hex(digest_of_text(TEXT))),
                  "wanted the blob that was there before to stay, got none");
    want_text(get_file(place.path, digest_hex(digest_of_text(TEXT))), TEXT);
}
END_TEST

/* ---- what fails leaves nothing */

/* No file grows beyond BYTES. */
static void limit_files(rlim_t bytes)
{
    struct rlimit limit;

    ck_assert_msg(getrlimit(RLIMIT_FSIZE, &limit) == 0, "getrlimit: %s", strerror(errno));
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    ck_assert_msg(setrlimit(RLIMIT_FSIZE, &limit) == 0, "setrlimit: %s", strerror(errno));
}

/* Receive TEXT from the stream FROM, where WHAT fails with the errno NUMBER. */
static void fail_to_receive(struct place place, int from, const char *what, int number)
{
    struct error err = { 0 };
    int result = receive_blob(from, digest_of_text(TEXT), strlen(TEXT), place.fd, &err);

    close(from);
    limit_files(RLIM_INFINITY); /* Check writes files, too */
    want_error(what, outcome(result, &err));
    ck_assert_msg(err.number == number, "%s: wanted err to have the errno %d (%s), got %d, in \"%s\"", what,
                  number, strerror(number), err.number, err.text);
    ck_assert_msg(count_files(place.path) == 0, "%s: wanted nothing left in the directory, got %d files",
                  what, count_files(place.path));
}

START_TEST(failed_read_leaves_nothing)
{
    fail_to_receive(new_place(), breaking_stream("what the server"), "a line that breaks", ECONNRESET);
}
END_TEST

START_TEST(failed_write_leaves_nothing)
{
    struct place place = new_place();
    int from = stream_of(TEXT);

    signal(SIGXFSZ, SIG_IGN); /* then it is EFBIG. write(2) */
    limit_files(10);
    fail_to_receive(place, from, "a disk with room for 10 bytes", EFBIG);
}
END_TEST

START_TEST(failed_fsync_leaves_nothing)
{
    failing.sync = EIO;
    fail_to_receive(new_place(), stream_of(TEXT), "fsync that fails", EIO);
}
END_TEST

START_TEST(failed_rename_leaves_nothing)
{
    failing.rename = EDQUOT;
    fail_to_receive(new_place(), stream_of(TEXT), "a rename that fails", EDQUOT);
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

    want_text(outcome(receive_blob(from, digest_of_text(TEXT), strlen(TEXT), place.fd, &err), &err),
              "received");
    ck_assert_msg(exit_of(writer) == 0, "wanted no such name while the last byte was missing, got one");
}
END_TEST

START_TEST(bytes_are_on_the_disk_before_the_name)
{
    struct place place = new_place();

    synced.name = digest_hex(digest_of_text(TEXT));
    synced.directory = place.fd;
    want_text(receive_text(place, TEXT, TEXT), "received");
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
    want_text(receive_text(place, TEXT, TEXT), "received");
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

    want_text(outcome(receive_blob(from, digest, LARGE_BYTES, place.fd, &err), &err), "received");
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
        { failed_read_leaves_nothing, 0, 0 },   { failed_write_leaves_nothing, 0, 0 },
        { failed_fsync_leaves_nothing, 0, 0 },  { failed_rename_leaves_nothing, 0, 0 },
        { no_name_before_the_last_byte, 0, 0 }, { bytes_are_on_the_disk_before_the_name, 0, 0 },
        { two_receive_the_same_blob, 0, 0 },    { memory_stays_flat, 0, 0 },
        { no_descriptor_stays_open, 0, 0 },
    };

    return RUN_EXERCISE(tests);
}
