/* The host's side of the container's terminal: what stands between it and the user's. */
#include "terminal.h"
#include "explain.h"
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>

/* Bytes on their way in one direction: read when there are none, then written until there are none. */
struct flow {
    char bytes[4096]; /* as much as a pipe takes at once when poll(2) says it takes any */
    size_t start, end;
};

struct relay {
    int terminal; /* the host's end of the container's */
    int stops;    /* a signalfd of SIGTSTP and SIGCONT */
    bool input;   /* what is typed goes in */
    struct flow in, out;
    bool raw; /* the user's terminal is */
    struct termios before;
    sigset_t mask; /* as it was before */
};

/* ---- the user's terminal */

/* In raw mode every key goes to the container, Ctrl-C as well, and nothing is echoed here: that happens
 * there. */
static void make_raw(struct relay *relay)
{
    struct termios raw;

    if (!relay->raw && tcgetattr(STDIN_FILENO, &relay->before) < 0)
        return;
    raw = relay->before;
    cfmakeraw(&raw);
    relay->raw = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

static void restore(struct relay *relay)
{
    if (relay->raw)
        tcsetattr(STDIN_FILENO, TCSANOW, &relay->before);
    relay->raw = false;
}

/* The kernel tells the programs there, by SIGWINCH. */
static void copy_size(const struct relay *relay)
{
    struct winsize size;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 || ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0)
        ioctl(relay->terminal, TIOCSWINSZ, &size);
}

/* SIGTSTP and SIGCONT from elsewhere: whoever looks at the user's terminal while we are stopped is to find it
 * usable. */
static void stop_or_continue(struct relay *relay)
{
    struct signalfd_siginfo info;
    bool was_raw = relay->raw;

    if (read(relay->stops, &info, sizeof info) != sizeof info)
        return;
    if (info.ssi_signo == SIGTSTP) {
        restore(relay);
        raise(SIGSTOP); /* returns when we are continued */
    }
    if (was_raw)
        make_raw(relay);
    copy_size(relay);
}

/* ---- moving bytes */

static bool is_empty(const struct flow *flow)
{
    return flow->start == flow->end;
}

/* False at the end of FD, or where it fails. */
static bool fill(struct flow *flow, int fd)
{
    ssize_t got = read(fd, flow->bytes, sizeof flow->bytes);

    flow->start = 0;
    flow->end = got > 0 ? (size_t)got : 0;
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

static bool drain(struct flow *flow, int fd)
{
    ssize_t written = write(fd, flow->bytes + flow->start, flow->end - flow->start);

    if (written > 0)
        flow->start += (size_t)written;
    return written >= 0 || errno == EAGAIN || errno == EINTR;
}

/* One of the two sides is gone. To the programs there the line is cut: SIGHUP. */
static void hang_up(struct relay *relay)
{
    close(relay->terminal);
    relay->terminal = -1;
    relay->input = false;
    relay->out = relay->in = (struct flow){ 0 };
}

/* What there is still after the program's end; nobody may be reading it, so a signal ends this. */
static void flush(struct relay *relay, int signals)
{
    struct pollfd fds[] = { { .fd = STDOUT_FILENO, .events = POLLOUT }, { .fd = signals, .events = POLLIN } };
    struct signalfd_siginfo info;

    while (relay->terminal >= 0) {
        while (!is_empty(&relay->out)) {
            if (poll(fds, 2, -1) < 0 && errno != EINTR)
                return;
            if (fds[1].revents && read(signals, &info, sizeof info) == sizeof info &&
                info.ssi_signo != SIGCHLD && info.ssi_signo != SIGWINCH)
                return;
            if (fds[0].revents && !drain(&relay->out, STDOUT_FILENO))
                return;
        }
        if (!fill(&relay->out, relay->terminal) || is_empty(&relay->out))
            return;
    }
}

static int move_bytes(struct relay *relay, int signals, bool *signalled, struct error *err)
{
    struct pollfd fds[] = {
        { .fd = signals, .events = POLLIN },
        { .fd = relay->stops, .events = POLLIN },
        { .fd = relay->input && is_empty(&relay->in) ? STDIN_FILENO : -1, .events = POLLIN },
        { .fd = relay->terminal },
        { .fd = is_empty(&relay->out) ? -1 : STDOUT_FILENO, .events = POLLOUT },
    };

    fds[3].events = (short)((is_empty(&relay->out) ? POLLIN : 0) | (is_empty(&relay->in) ? 0 : POLLOUT));
    if (fds[3].events == 0)
        fds[3].fd = -1; /* or its hang-up would be told again and again */
    if (poll(fds, sizeof fds / sizeof *fds, -1) < 0)
        return errno == EINTR ? 0 : fail(err, errno, "poll");
    *signalled = fds[0].revents != 0;
    if (fds[1].revents)
        stop_or_continue(relay);
    if (fds[3].revents & (POLLIN | POLLHUP) && is_empty(&relay->out) && !fill(&relay->out, relay->terminal))
        hang_up(relay);
    if (fds[3].revents & POLLOUT && !drain(&relay->in, relay->terminal))
        relay->in = (struct flow){ 0 }; /* nobody is there; what was printed before is to be read still */
    if (fds[2].revents && !fill(&relay->in, STDIN_FILENO)) /* in raw mode a terminal has no end but its own */
        hang_up(relay);
    if (fds[4].revents && !drain(&relay->out, STDOUT_FILENO))
        hang_up(relay);
    return 0;
}

static void handle_signal(const struct relay *relay, pid_t pid, int signals)
{
    struct signalfd_siginfo info;

    if (read(signals, &info, sizeof info) != sizeof info)
        return;
    if (info.ssi_signo == SIGWINCH) {
        copy_size(relay);
        return;
    }
    pass_signal(pid, &info);
}

/* ---- from beginning to end */

/* The host's end, sent by give_terminal; -1 where the init ended before. */
static int receive_terminal(int channel)
{
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    char byte;
    struct iovec into = { .iov_base = &byte, .iov_len = 1 };
    struct msghdr message = {
        .msg_iov = &into, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
    };
    const struct cmsghdr *header;
    int fd;

    if (recvmsg(channel, &message, MSG_CMSG_CLOEXEC) != 1)
        return -1;
    header = CMSG_FIRSTHDR(&message);
    if (!header || header->cmsg_type != SCM_RIGHTS)
        return -1;
    memcpy(&fd, CMSG_DATA(header), sizeof fd);
    return fd;
}

static int relay_begin(struct relay *relay, struct error *err)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTSTP);
    sigaddset(&set, SIGCONT);
    sigprocmask(SIG_BLOCK, &set, &relay->mask);
    relay->stops = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (relay->stops < 0)
        return fail(err, errno, "signalfd");
    if (fcntl(relay->terminal, F_SETFL, O_NONBLOCK) < 0)
        return fail(err, errno, "make reading the terminal not wait");
    if (relay->input) {
        explain(formatted("tcsetattr(0, TCSANOW, raw)"), "every key is for the container's terminal",
                formatted("stty raw -echo"));
        make_raw(relay);
    }
    copy_size(relay);
    return 0;
}

static void relay_end(struct relay *relay)
{
    restore(relay);
    cleanup_close(&relay->terminal);
    cleanup_close(&relay->stops);
    sigprocmask(SIG_SETMASK, &relay->mask, NULL);
}

/* Without a terminal the program has our standard input and output itself; we need only standard error. */
static int follow_pipes(struct container *c, pid_t pid, int channel, int signals, int *wait_status,
                        struct error *err)
{
    _cleanup_close_ int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (null < 0)
        return fail(err, errno, "open /dev/null");
    let_go(null, STDOUT_FILENO);
    return container_follow(c, pid, channel, signals, wait_status, err);
}

int follow_terminal(struct container *c, pid_t pid, int channel, int signals, int *wait_status,
                    struct error *err)
{
    _cleanup_(
        relay_end) struct relay relay = { .terminal = -1, .stops = -1, .input = c->process.interactive };
    bool signalled = false;
    int ended;

    sigprocmask(SIG_BLOCK, NULL, &relay.mask);
    if (c->process.terminal)
        relay.terminal = receive_terminal(channel);
    if (relay.terminal < 0)
        return follow_pipes(c, pid, channel, signals, wait_status, err);
    if (relay_begin(&relay, err) < 0)
        return -1;
    while ((ended = process_ended(pid, wait_status, err)) == 0) {
        if (move_bytes(&relay, signals, &signalled, err) < 0)
            return fail_while(err, "carry the terminal's bytes");
        if (signalled)
            handle_signal(&relay, pid, signals);
    }
    flush(&relay, signals);
    return ended < 0 ? -1 : 0;
}
