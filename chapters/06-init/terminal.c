/* A terminal of the container's own: the container's side. The host's is in relay.c. */
#include "terminal.h"
#include "attach_mount.h"
#include "explain.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* ---- on the host, before the process exists */

static int prepare_terminal(struct container *c, struct error *err)
{
    struct winsize size;

    if (!c->process.terminal)
        return 0;
    if (c->process.interactive && !isatty(STDIN_FILENO))
        return fail(err, 0, "standard input is no terminal: leave out -t, or -i");
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 || ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0) {
        c->process.console_size.height = size.ws_row;
        c->process.console_size.width = size.ws_col;
    }
    if (!env_get(&c->process.env, "TERM"))
        env_set(&c->process.env, "TERM", "xterm");
    return 0;
}

/* ---- in the init */

/* Both ends of a new pseudoterminal. The second is had from the first, not by its name: TIOCGPTPEER. */
static int open_pair(struct container *c, struct error *err)
{
    const int unlocked = 0;

    explain(formatted("open(\"/dev/pts/ptmx\")"), "a terminal of the container's own", NULL);
    c->terminal.host = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
    if (c->terminal.host < 0)
        return fail(err, errno, "open /dev/pts/ptmx");
    if (ioctl(c->terminal.host, TIOCSPTLCK, &unlocked) < 0)
        return fail(err, errno, "unlock the terminal");
    c->terminal.own = ioctl(c->terminal.host, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    return c->terminal.own < 0 ? fail(err, errno, "open the terminal's other end") : 0;
}

/* /dev/console is the terminal under a name that does not depend on its number (config-linux.md, "Default
 * Devices"). */
static int mount_console(int terminal, struct error *err)
{
    _cleanup_close_ int copy = mount_copy(terminal, "", false, err), target = -1;
    int made = open("/dev/console", O_CREAT | O_EXCL | O_RDONLY | O_CLOEXEC, 0600);

    if (made >= 0)
        close(made);
    if (copy < 0)
        return -1;
    /* Where it could not be made, this says so. */
    target = open("/dev/console", O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (target < 0)
        return fail(err, errno, "open /dev/console");
    return mount_attach(copy, target, err);
}

static int enter_terminal(struct container *c, struct error *err)
{
    const struct winsize size = { .ws_row = c->process.console_size.height,
                                  .ws_col = c->process.console_size.width };

    if (!c->process.terminal)
        return 0;
    if (open_pair(c, err) < 0)
        return -1;
    if (ioctl(c->terminal.own, TIOCSWINSZ, &size) < 0)
        return fail(err, errno, "set the terminal's size");
    if (fchown(c->terminal.own, c->process.user.uid, (gid_t)-1) < 0) /* the group stays tty, for write(1) */
        return fail(err, errno, "give the terminal to user %u", c->process.user.uid);
    return mount_console(c->terminal.own, err) < 0 ? fail_while(err, "mount the terminal on /dev/console")
                                                   : 0;
}

int give_terminal(struct container *c, int channel, struct error *err)
{
    union {
        struct cmsghdr header; /* for its alignment */
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = { 0 };
    struct iovec byte = { .iov_base = "", .iov_len = 1 };
    struct msghdr message = {
        .msg_iov = &byte, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control
    };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);

    if (!c->process.terminal)
        return 0;
    *header = (struct cmsghdr){ CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS };
    memcpy(CMSG_DATA(header), &c->terminal.host, sizeof(int));
    if (sendmsg(channel, &message, MSG_NOSIGNAL) != 1)
        return fail(err, errno, "give the host its end of the terminal");
    close(c->terminal.host);
    return 0;
}

/* ---- in the program's process */

int take_terminal(const struct container *c, struct error *err)
{
    if (setsid() < 0)
        return fail(err, errno, "begin a session");
    if (!c->process.terminal)
        return 0;
    explain(formatted("ioctl(%d, TIOCSCTTY)", c->terminal.own), "Ctrl-C typed there is a signal here",
            formatted("setsid --ctty"));
    if (ioctl(c->terminal.own, TIOCSCTTY, 0) < 0)
        return fail(err, errno, "make the terminal the controlling one");
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (dup2(c->terminal.own, fd) < 0)
            return fail(err, errno, "make the terminal standard input and output");
    return 0;
}

static const struct option_spec options[] = {
    { 'i', "interactive", NULL, "give the program our standard input; without, it is empty", option_flag,
      offsetof(struct container, process.interactive) },
    { 't', "tty", NULL, "give it a terminal", option_flag, offsetof(struct container, process.terminal) },
    { 0 },
};

const struct isolation isolate_terminal = {
    .name = "terminal",
    .why = "it has a terminal of its own, and cannot type into ours",
    .prepare = prepare_terminal,
    .enter = enter_terminal,
    .options = options,
};
