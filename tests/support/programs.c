/* Programs run to their end: which, with what, and what they printed. */
#include "testing.h"

#include "keep.h"
#include "process.h"
#include "str.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_TIMEOUT_S 20
#define ORPHAN_GRACE_MS   2000 /* how long after its end something else may hold a program's output open */

struct running {
    const char *name;
    pid_t pid;
    int pid_fd;         /* -1: it ended and was waited for */
    int out_fd, err_fd; /* -1: at its end */
    struct str out, err;
    long long deadline_ms;
    int status;
    long max_rss_kib;
};

const char *binary(const char *chapter)
{
    const char *given = getenv("GOCKER_BIN");
    char self[PATH_MAX], *path, *tests;
    ssize_t length;

    if (given) {
        path = keep(realpath(given, NULL));
        ck_assert_msg(path, "GOCKER_BIN: %s: %m", given);
        return path;
    }
    /* This program is build/tests/NN-name/check_x or build/asan/tests/…: bin/ is beside that tests/. */
    length = readlink("/proc/self/exe", self, sizeof self - 1);
    ck_assert_msg(length > 0, "read /proc/self/exe: %m");
    self[length] = '\0';
    tests = strrchr(self, '/');
    for (int up = 0; tests && up < 2; up++)
        tests = memrchr(self, '/', (size_t)(tests - self));
    ck_assert_msg(tests, "%s is not in build/tests/NN-name", self);
    path = keep(formatted("%.*s/bin/%s", (int)(tests - self), self, chapter));
    ck_assert_msg(access(path, X_OK) == 0, "%s: %m; build it by `make`", path);
    return path;
}

static long long now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Standard input: a file in memory that holds the input. */
static int input_fd(const struct how *how)
{
    size_t length = how->input && !how->input_length ? strlen(how->input) : how->input_length;
    int fd = memfd_create("input", MFD_CLOEXEC);

    ck_assert_msg(fd >= 0, "memfd_create: %m");
    if (how->input)
        ck_assert_msg(write(fd, how->input, length) == (ssize_t)length, "write standard input: %m");
    lseek(fd, 0, SEEK_SET);
    return fd;
}

static struct strv environment(const struct how *how)
{
    struct strv env = { 0 };

    for (char **item = environ; *item; item++)
        strv_add(&env, *item);
    for (const char *const *item = how->env; item && *item; item++) {
        _cleanup_free_ char *name = must_strndup(*item, strcspn(*item, "="));

        env_set(&env, name, *item + strlen(name) + (strchr(*item, '=') ? 1 : 0));
    }
    return env;
}

/* In the child: become what HOW says, then ARGV. Returns only where that fails. */
static void become(const struct how *how, const int fds[3], char *const env[], const char *const *argv)
{
    const char *step = argv[0];

    reset_signals();
    for (int fd = 0; fd < 3; fd++)
        if (dup2(fds[fd], fd) < 0)
            return;
    /* Check's own files are open without close-on-exec. */
    close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    if (how->directory && chdir(how->directory) < 0)
        step = how->directory;
    else if (how->uid && (setgroups(0, NULL) < 0 || setgid(how->uid) < 0 || setuid(how->uid) < 0))
        step = "become another user";
    else
        execvpe(argv[0], (char *const *)argv, env);
    fprintf(stderr, "%s: %s\n", step, strerror(errno));
}

struct running *start(const struct how *how, const char *const *argv)
{
    struct running *r = keep(must_calloc(1, sizeof *r));
    int out[2], err[2], timeout_s = how->timeout_s ? how->timeout_s : DEFAULT_TIMEOUT_S;
    _cleanup_close_ int in = input_fd(how);
    _cleanup_strv_ struct strv env = environment(how);

    ck_assert_msg(pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0, "pipe: %m");
    fflush(NULL);
    r->name = argv[0];
    r->pid = fork();
    ck_assert_msg(r->pid >= 0, "fork: %m");
    if (r->pid == 0) {
        become(how, (int[]){ in, out[1], err[1] }, env.items, argv);
        _exit(EXIT_NOT_FOUND);
    }
    close(out[1]);
    close(err[1]);
    r->out_fd = out[0];
    r->err_fd = err[0];
    r->pid_fd = (int)syscall(SYS_pidfd_open, r->pid, 0); /* a wrapper came with glibc 2.36 only */
    ck_assert_msg(r->pid_fd >= 0, "pidfd_open: %m");
    r->deadline_ms = now_ms() + 1000LL * timeout_s * slowdown();
    return r;
}

int running_pid(const struct running *running)
{
    return running->pid;
}

static void read_some(int *fd, struct str *text)
{
    char buffer[65536];
    ssize_t length = read(*fd, buffer, sizeof buffer);

    if (length > 0) {
        str_add_bytes(text, buffer, (size_t)length);
    } else {
        close(*fd);
        *fd = -1;
    }
}

static void reap(struct running *r)
{
    struct rusage usage;
    int wait_status;

    ck_assert_msg(wait4(r->pid, &wait_status, 0, &usage) == r->pid, "wait4: %m");
    r->status = exit_status(wait_status);
    r->max_rss_kib = usage.ru_maxrss;
    close(r->pid_fd);
    r->pid_fd = -1;
}

/* Wait until UNTIL_MS for the program to print something or to end. False where it does neither. */
static bool follow(struct running *r, long long until_ms)
{
    long long left_ms = until_ms - now_ms();
    struct pollfd polled[] = { { .fd = r->out_fd, .events = POLLIN },
                               { .fd = r->err_fd, .events = POLLIN },
                               { .fd = r->pid_fd, .events = POLLIN } };

    if (left_ms <= 0 || poll(polled, 3, (int)left_ms) <= 0)
        return false;
    if (polled[0].revents)
        read_some(&r->out_fd, &r->out);
    if (polled[1].revents)
        read_some(&r->err_fd, &r->err);
    if (polled[2].revents)
        reap(r);
    return true;
}

bool wait_for_output(struct running *running, const char *text, int timeout_s)
{
    long long until_ms = now_ms() + 1000LL * timeout_s * slowdown();

    while (!strstr(str_text(&running->out), text) && !strstr(str_text(&running->err), text))
        if ((running->out_fd < 0 && running->err_fd < 0) || !follow(running, until_ms))
            return false;
    return true;
}

/* The end of TEXT, for a message. */
static const char *tail(const struct str *text)
{
    return str_text(text) + (text->length > 4000 ? text->length - 4000 : 0);
}

static void fail_hung(struct running *r)
{
    if (r->pid_fd < 0)
        ck_abort_msg("%s ended, but something it started still holds its output open", r->name);
    kill(r->pid, SIGKILL);
    ck_abort_msg("%s did not end in time; it printed\n%s\nand on standard error\n%s", r->name, tail(&r->out),
                 tail(&r->err));
}

struct outcome finish(struct running *running)
{
    static const char *const reports[] = { "AddressSanitizer", "LeakSanitizer", ": runtime error: " };
    struct outcome outcome;
    long long until_ms = running->deadline_ms;

    while (running->pid_fd >= 0 || running->out_fd >= 0 || running->err_fd >= 0) {
        bool ran = running->pid_fd >= 0;

        if (!follow(running, until_ms))
            fail_hung(running);
        if (ran && running->pid_fd < 0)
            until_ms = now_ms() + ORPHAN_GRACE_MS;
    }
    /* A sanitizer's exit status is 1, which many a test expects. */
    for (size_t i = 0; i < sizeof reports / sizeof *reports; i++)
        ck_assert_msg(!strstr(str_text(&running->err), reports[i]), "%s: %s", running->name,
                      tail(&running->err));
    outcome = (struct outcome){ .status = running->status,
                                .out_length = running->out.length,
                                .err_length = running->err.length,
                                .max_rss_kib = running->max_rss_kib };
    outcome.out = keep(str_take(&running->out));
    outcome.err = keep(str_take(&running->err));
    return outcome;
}

struct outcome run_how(const struct how *how, const char *const *argv)
{
    return finish(start(how, argv));
}
