/* Mistake: without O_NOCTTY the terminal becomes that of a caller that has none. Rejected by caller_without_a_terminal_gets_none. */
#include "run_on_terminal.h"

#include "cleanup.h"
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

/* Both ends of a new terminal. */
static int open_pair(unsigned short rows, unsigned short columns, int *host, int *own, struct error *err)
{
    const struct winsize size = { .ws_row = rows, .ws_col = columns };
    char name[64];

    *host = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (*host < 0 || grantpt(*host) < 0 || unlockpt(*host) < 0 || ptsname_r(*host, name, sizeof name) != 0)
        return fail(err, errno, "make a terminal");
    *own = open(name, O_RDWR | O_CLOEXEC);
    if (*own < 0)
        return fail(err, errno, "open %s", name);
    /* Now, and not when the program runs: it may ask at once. */
    return ioctl(*own, TIOCSWINSZ, &size) < 0 ? fail(err, errno, "set the terminal's size") : 0;
}

/* In the child: OWN becomes standard input, output and error, and the program begins. Never returns. A new session has no
 * controlling terminal, and the process that leads it may choose one. */
static void become(char *const argv[], int own)
{
    if (setsid() < 0 || ioctl(own, TIOCSCTTY, 0) < 0 || dup2(own, STDIN_FILENO) < 0 ||
        dup2(own, STDOUT_FILENO) < 0 || dup2(own, STDERR_FILENO) < 0)
        _exit(EXIT_GOCKER_FAILED);
    /* What the caller has open is not the program's. */
    if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
        _exit(EXIT_GOCKER_FAILED);
    execvp(argv[0], argv);
    _exit(errno == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE);
}

/* Until nobody has the program's end open. That is how long something may come, and not until the program has ended: what it
 * wrote last may be read afterwards. */
static int read_all(int host, struct str *output, struct error *err)
{
    char bytes[4096];
    ssize_t got;

    for (;;) {
        got = read(host, bytes, sizeof bytes);
        if (got > 0)
            str_add_bytes(output, bytes, (size_t)got);
        else if (got == 0 || errno == EIO)
            return 0;
        else if (errno != EINTR)
            return fail(err, errno, "read the terminal");
    }
}

int run_on_terminal(char *const argv[], unsigned short rows, unsigned short columns, struct str *output,
                    int *status, struct error *err)
{
    _cleanup_close_ int host = -1, own = -1;
    int wait_status, result;
    pid_t pid;

    if (open_pair(rows, columns, &host, &own, err) < 0)
        return -1;
    pid = fork();
    if (pid < 0)
        return fail(err, errno, "fork");
    if (pid == 0)
        become(argv, own);
    /* As long as we have it open as well, it does not end. */
    close(steal_fd(&own));
    result = read_all(host, output, err);
    while (waitpid(pid, &wait_status, 0) < 0)
        if (errno != EINTR)
            return fail(err, errno, "wait for the program");
    *status = exit_status(wait_status);
    return result;
}
