/* Processes: signals, exit statuses, programs whose output we read. */
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

int exit_status(int wait_status)
{
    return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

/* A handler has no other way to tell the program: the one variable of the process that is not passed. */
static volatile sig_atomic_t noted_signal;

static void note_signal(int number)
{
    noted_signal = number;
}

void interrupt_catch(void)
{
    /* No SA_RESTART: a call that blocks must return, or nobody would look at the note. */
    struct sigaction note = { .sa_handler = note_signal }, ignore = { .sa_handler = SIG_IGN };
    struct sigaction standard = { .sa_handler = SIG_DFL }, old;
    const int signals[] = { SIGINT, SIGTERM, SIGHUP };

    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN) /* nohup(1) wants it so */
            sigaction(signals[i], &note, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGCHLD, &standard, NULL); /* inherited as ignored, it would make waitpid find no child */
}

int interrupted(void)
{
    return noted_signal;
}

int check_interrupt(struct error *err)
{
    if (noted_signal == 0)
        return 0;
    fail(err, 0, "interrupted by SIG%s", sigabbrev_np(noted_signal));
    err->number = EINTR;
    return -1;
}

void interrupt_finish(void)
{
    struct sigaction act = { .sa_handler = SIG_DFL };

    if (noted_signal == 0)
        return;
    sigaction(noted_signal, &act, NULL);
    raise(noted_signal);
}

/* By the system call itself: glibc's sigaction(2) refuses signals 32 and 33, which are its own, and its
 * posix_spawn(3) leaves them ignored; so whatever make(1) starts has them ignored, and so would a container. */
void reset_signals(void)
{
    const unsigned long action[4] = { 0 }; /* the kernel's struct sigaction: SIG_DFL, no flags, no mask */
    sigset_t none;

    for (int number = 1; number < NSIG; number++)
        syscall(SYS_rt_sigaction, number, action, NULL,
                NSIG / 8); /* EINVAL for SIGKILL, SIGSTOP: no matter */
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

void let_go(int null_fd, int last)
{
    for (int fd = STDIN_FILENO; fd <= last; fd++)
        dup2(null_fd, fd);
}

/* ---- run_program */

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int spawn(char *const argv[], int input, int output, pid_t *pid, struct error *err)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t all, none;
    int number;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, 0);
    posix_spawn_file_actions_adddup2(&actions, output, 1);
    posix_spawnattr_init(&attributes);
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    number = posix_spawnp(pid, argv[0], &actions, &attributes, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return number == 0 ? 0 : fail(err, number, "run %s", argv[0]);
}

/* Write what is left of INPUT without waiting; close *FD when all is written or nobody reads it. */
static void feed(int *fd, const char **input)
{
    ssize_t written = write(*fd, *input, strlen(*input));

    if (written > 0)
        *input += written;
    if (**input == '\0' || (written < 0 && errno != EAGAIN && errno != EINTR)) {
        cleanup_close(fd);
        *fd = -1;
    }
}

/* Write INPUT to TO and read FROM to its end, both at once: a program may answer before it has read all. */
static int converse(int *to, const char *input, int from, size_t limit, int64_t deadline_ms,
                    struct str *output, struct error *err)
{
    char buffer[4096];

    for (;;) {
        struct pollfd fds[] = { { .fd = from, .events = POLLIN }, { .fd = *to, .events = POLLOUT } };
        int64_t left_ms = deadline_ms - now_ms();
        ssize_t got;

        if (left_ms <= 0)
            return fail(err, ETIMEDOUT, "waiting for its answer");
        if (check_interrupt(err) < 0)
            return -1;
        if (poll(fds, 2, (int)left_ms) < 0 && errno != EINTR)
            return fail(err, errno, "poll");
        if (*to >= 0 && fds[1].revents)
            feed(to, &input);
        if (!fds[0].revents)
            continue;
        got = read(from, buffer, sizeof buffer);
        if (got == 0)
            return 0;
        if (got < 0 && errno != EINTR)
            return fail(err, errno, "read its answer");
        if (got > 0 && output->length + (size_t)got > limit)
            return fail(err, EFBIG, "its answer is longer than %zu bytes", limit);
        if (got > 0)
            str_add_bytes(output, buffer, (size_t)got);
    }
}

int run_program(char *const argv[], const char *input, size_t limit, int timeout_s, struct str *output,
                int *status, struct error *err)
{
    int in[2], out[2], wait_status, result;
    pid_t pid;

    if (pipe2(in, O_CLOEXEC) < 0)
        return fail(err, errno, "run %s: pipe2", argv[0]);
    _cleanup_close_ int in_read = in[0], in_write = in[1];
    if (pipe2(out, O_CLOEXEC) < 0)
        return fail(err, errno, "run %s: pipe2", argv[0]);
    _cleanup_close_ int out_read = out[0], out_write = out[1];

    if (spawn(argv, in_read, out_write, &pid, err) < 0)
        return -1;
    close(steal_fd(&out_write)); /* ours: or its end would never come */
    close(steal_fd(&in_read));
    fcntl(in_write, F_SETFL, O_NONBLOCK);
    result = converse(&in_write, input, out_read, limit, now_ms() + timeout_s * 1000LL, output, err);
    if (result < 0)
        kill(pid, SIGKILL);
    while (waitpid(pid, &wait_status, 0) < 0 && errno == EINTR)
        ;
    if (result < 0)
        return fail_while(err, "run %s", argv[0]);
    *status = exit_status(wait_status);
    return 0;
}
