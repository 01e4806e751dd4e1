/* The init: process 1 of a container, which starts the program and looks after all others. */
#include "init.h"
#include "explain.h"
#include "fs.h"
#include "json.h"
#include "process.h"
#include "program.h"
#include "reexec.h"
#include "spec.h"
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

/* ---- becoming process 1 */

static int read_spec(struct container *c, struct error *err)
{
    _cleanup_str_ struct str text = { 0 };
    _cleanup_close_ int fd = INIT_SPEC_FD;

    if (read_fd(fd, JSON_MAX_BYTES, &text, err) < 0 || spec_read(str_text(&text), text.length, c, err) < 0)
        return fail_while(err, "read the spec of the container");
    return 0;
}

/* When gocker ends, however it ends, the kernel ends us, and with process 1 of a PID namespace every other
 * in it. */
static int prepare_self(struct error *err)
{
    prctl(PR_SET_NAME, "gocker-init");
    if (getpid() != 1)
        return fail(err, 0, "GOCKER_INIT is set, but only gocker itself may set it: unset it");
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
        return fail(err, errno, "ask to end with gocker (PR_SET_PDEATHSIG)");
    if (fcntl(INIT_CHANNEL_FD, F_SETFD, FD_CLOEXEC) < 0)
        return fail(err, errno, "the socket to the host");
    /* Our session has the user's terminal: by /dev/tty a program could type into it (TIOCSTI, CVE-2017-5226).
     * And a signal to gocker's process group comes to gocker, which passes it on: not twice. */
    if (setsid() < 0)
        return fail(err, errno, "begin a session");
    return 0;
}

/* All signals but those that a fault of our own raises. The kernel gives process 1 no default actions: one
 * that is neither blocked nor handled is dropped. Blocked, they wait for us to read them. */
static int block_signals(struct error *err)
{
    const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS };
    sigset_t set;
    int fd;

    sigfillset(&set);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        sigdelset(&set, faults[i]);
    sigprocmask(SIG_SETMASK, &set, NULL);
    fd = signalfd(-1, &set, SFD_CLOEXEC);
    return fd < 0 ? fail(err, errno, "signalfd") : fd;
}

/* ---- the program */

/* The host's /dev/null, where a descriptor of ours is it, is a file of the host's: the container's root could
 * fchmod(2) it. The container's own does as well; read-only where that was, which stands for a closed one. */
static int reopen_null(struct error *err)
{
    struct stat file;

    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        _cleanup_close_ int null = -1;

        if (fstat(fd, &file) < 0 || !S_ISCHR(file.st_mode) || file.st_rdev != makedev(1, 3))
            continue;
        null = open("/dev/null", (fcntl(fd, F_GETFL) & O_ACCMODE) | O_CLOEXEC);
        if (null < 0 || dup2(null, fd) < 0)
            return fail(err, errno, "open the container's /dev/null");
    }
    return 0;
}

/* The child's side. What the parent reads from REPORT is an error, or the end of file that exec makes. */
static void become_child(const struct container *c, int report, struct error *err)
{
    if (take_terminal(c, err) == 0)
        become_program(c, report, err);
    if (write(report, err, sizeof *err) != sizeof *err)
        error_print(err);
    _exit(EXIT_GOCKER_FAILED);
}

static pid_t start_program(const struct container *c, struct error *err)
{
    int pipes[2];
    ssize_t got;
    pid_t pid;

    if (pipe2(pipes, O_CLOEXEC) < 0)
        return fail(err, errno, "pipe2");
    _cleanup_close_ int from = pipes[0], to = pipes[1];
    explain(formatted("fork()"), "the program is a child of process 1, not process 1 itself", NULL);
    pid = fork();
    if (pid < 0)
        return fail(err, errno, "fork");
    if (pid == 0)
        become_child(c, to, err);
    close(steal_fd(&to));
    do
        got = read(from, err, sizeof *err);
    while (got < 0 && errno == EINTR);
    if (got == 0)
        return pid;
    return got == sizeof *err ? -1 : fail(err, errno, "hear from the program's process");
}

/* ---- looking after the container */

/* Take every process that has ended off the kernel's list: those whose parent is gone are ours. True where
 * the PROGRAM is among them; *STATUS is then its exit status. */
static bool reap(pid_t program, int *status)
{
    bool ended = false;
    int wait_status;
    pid_t pid;

    while ((pid = waitpid(-1, &wait_status, WNOHANG)) > 0)
        if (pid == program) {
            *status = exit_status(wait_status);
            ended = true;
        }
    return ended;
}

/* Until the program has ended. Where the host's end of the socket is closed, gocker is gone, and so are we. */
static int look_after(pid_t program, int signals)
{
    struct pollfd fds[] = { { .fd = signals, .events = POLLIN }, { .fd = INIT_CHANNEL_FD } };
    struct signalfd_siginfo info;
    int status = EXIT_GOCKER_FAILED;

    while (!reap(program, &status)) {
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            return EXIT_GOCKER_FAILED;
        if (fds[1].revents & POLLHUP)
            return EXIT_GOCKER_FAILED;
        if (fds[0].revents && read(signals, &info, sizeof info) == sizeof info)
            pass_signal(program, &info);
    }
    return status;
}

/* Opens *SIGNALS and *NULL_FD; the latter before the program runs, which may put anything in the place of
 * /dev/null. */
static pid_t begin(struct container *c, const struct isolation *const list[], int *signals, int *null_fd,
                   struct error *err)
{
    const struct launch launch = { .container = c, .list = list, .host = -1, .own = INIT_CHANNEL_FD };

    if (prepare_self(err) < 0 || read_spec(c, err) < 0)
        return -1;
    *signals = block_signals(err);
    if (*signals < 0 || container_enter(&launch, err) < 0 || reopen_null(err) < 0)
        return -1;
    *null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (*null_fd < 0)
        return fail(err, errno, "open the container's /dev/null");
    /* Process 1 has an end of the socket to the host: no other may trace it, or look through /proc/1
     * (CVE-2016-9962). */
    if (prctl(PR_SET_DUMPABLE, 0) < 0)
        return fail(err, errno, "PR_SET_DUMPABLE");
    return start_program(c, err);
}

int container_init(const struct isolation *const list[])
{
    _cleanup_(container_free) struct container c = { 0 };
    _cleanup_close_ int signals = -1, null = -1;
    struct error err = { 0 };
    pid_t program;

    if (getenv("GOCKER_EXPLAIN"))
        explain_enable();
    program = begin(&c, list, &signals, &null, &err);
    if (program < 0) {
        container_report(INIT_CHANNEL_FD, &err);
        return EXIT_GOCKER_FAILED;
    }
    if (send(INIT_CHANNEL_FD, "", 1, MSG_NOSIGNAL) != 1 || give_terminal(&c, INIT_CHANNEL_FD, &err) < 0)
        return EXIT_GOCKER_FAILED;
    let_go(null, STDERR_FILENO);
    return look_after(program, signals);
}
