/* Programs in a terminal window. */
#include "window.h"

#include "keep.h"
#include "process.h"
#include "str.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_TIMEOUT_S 20

struct window {
    const char *name;
    pid_t pid; /* 0: it ended and was waited for */
    int master;
    struct str seen;
    size_t found; /* what expect has found ends here */
    int status;
    long long deadline_ms;
};

static long long now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* In the child. */
static void become(const struct how *how, int slave, const char *const *argv)
{
    reset_signals();
    if (setsid() < 0 || ioctl(slave, TIOCSCTTY, 0) < 0 || dup2(slave, 0) < 0 || dup2(slave, 1) < 0 ||
        dup2(slave, 2) < 0)
        return;
    close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    for (const char *const *item = how->env; item && *item; item++)
        putenv((char *)*item);
    if (!how->directory || chdir(how->directory) == 0)
        execvp(argv[0], (char *const *)argv);
    fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
}

struct window *start_in_window(const struct how *how, const char *const *argv)
{
    const struct winsize size = { .ws_row = 24, .ws_col = 80 };
    struct window *t = keep(must_calloc(1, sizeof *t));
    int slave;

    ck_assert_msg(openpty(&t->master, &slave, NULL, NULL, &size) == 0, "openpty: %m");
    fcntl(t->master, F_SETFD, FD_CLOEXEC);
    fcntl(t->master, F_SETFL, O_NONBLOCK);
    fflush(NULL);
    t->name = argv[0];
    t->pid = fork();
    ck_assert_msg(t->pid >= 0, "fork: %m");
    if (t->pid == 0) {
        become(how, slave, argv);
        _exit(EXIT_NOT_FOUND);
    }
    close(slave);
    t->deadline_ms = now_ms() + 1000LL * (how->timeout_s ? how->timeout_s : DEFAULT_TIMEOUT_S) * slowdown();
    return t;
}

pid_t window_pid(const struct window *t)
{
    return t->pid;
}

/* Read what there is, after waiting 10 ms for it. */
static void look(struct window *t)
{
    struct pollfd fd = { .fd = t->master, .events = POLLIN };
    char buffer[4096];
    ssize_t length;

    poll(&fd, 1, 10);
    if (t->master < 0)
        return;
    length = read(t->master, buffer, sizeof buffer);
    if (length > 0)
        str_add_bytes(&t->seen, buffer, (size_t)length);
    else if (fd.revents & POLLHUP)
        poll(NULL, 0, 10); /* nobody has its other end open, and poll(2) does not wait */
}

static void assert_in_time(const struct window *t, const char *waiting)
{
    if (now_ms() < t->deadline_ms)
        return;
    ck_abort_msg("%s: waited for %s; the terminal shows\n%s", t->name, waiting, str_text(&t->seen));
}

void type_bytes(struct window *t, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(t->master, bytes, length);

        ck_assert_msg(written >= 0 || errno == EAGAIN, "type: %m");
        if (written > 0) {
            bytes += written;
            length -= (size_t)written;
        }
        look(t);
        assert_in_time(t, "what is typed to be read");
    }
}

void type(struct window *t, const char *text)
{
    type_bytes(t, text, strlen(text));
}

void expect(struct window *t, const char *text)
{
    char *at;

    while ((at = strstr(str_text(&t->seen) + t->found, text)) == NULL) {
        look(t);
        assert_in_time(t, text);
    }
    t->found = (size_t)(at - str_text(&t->seen)) + strlen(text);
}

void resize(struct window *t, int rows, int columns)
{
    const struct winsize size = { .ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns };

    ck_assert_int_eq(ioctl(t->master, TIOCSWINSZ, &size), 0);
}

bool window_is_raw(const struct window *t)
{
    struct termios mode;

    ck_assert_int_eq(tcgetattr(t->master, &mode), 0); /* of the other end: the two share it */
    return (mode.c_lflag & (ECHO | ICANON | ISIG)) == 0;
}

void expect_raw(const struct window *t, bool raw)
{
    while (window_is_raw(t) != raw) {
        poll(NULL, 0, 5);
        assert_in_time(t, raw ? "raw mode" : "the end of raw mode");
    }
}

void close_window(struct window *t)
{
    close(t->master);
    t->master = -1;
}

struct outcome leave_window(struct window *t)
{
    int wait_status = 0;
    size_t before;

    while (t->pid > 0) {
        pid_t ended = waitpid(t->pid, &wait_status, WNOHANG);

        if (ended == t->pid)
            t->pid = 0;
        else
            assert_in_time(t, "its end");
        look(t);
    }
    do {
        before = t->seen.length;
        look(t);
    } while (t->seen.length > before);
    ck_assert_msg(!strstr(str_text(&t->seen), "Sanitizer") &&
                      !strstr(str_text(&t->seen), ": runtime error: "),
                  "%s: %s", t->name, str_text(&t->seen));
    return (struct outcome){ .status = exit_status(wait_status),
                             .out = keep(must_strdup(str_text(&t->seen))),
                             .out_length = t->seen.length,
                             .err = "" };
}
