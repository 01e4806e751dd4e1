/* Mistake: where fork fails, the caller is left with the signals blocked. Rejected by callers_mask_is_as_before_where_fork_fails. */
#include "run_with_grace.h"

#include "process.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NEVER INT64_MAX

/* The signals that are passed on, and the one that says that a child has ended. */
static void signals_to_take(sigset_t *set)
{
    const int numbers[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH, SIGCHLD };

    sigemptyset(set);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaddset(set, numbers[i]);
}

/* The monotonic clock: nobody can set it, so no grace period gets shorter or longer by that. */
static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Take the next signal of SET. Returns its number; or -1 with errno, EAGAIN at DEADLINE_MS. */
static int take_signal(const sigset_t *set, int64_t deadline_ms)
{
    int64_t left_ms = deadline_ms - now_ms();
    struct timespec left;

    if (deadline_ms == NEVER)
        return sigwaitinfo(set, NULL);
    if (left_ms < 0)
        left_ms = 0;
    left.tv_sec = left_ms / 1000;
    left.tv_nsec = left_ms % 1000 * 1000000;
    return sigtimedwait(set, NULL, &left);
}

/* Wait for PID to end, passing on the signals of SET, which are blocked. */
static int wait_passing_signals(pid_t pid, const sigset_t *set, int grace_ms, int *wait_status,
                                struct error *err)
{
    int64_t deadline_ms = NEVER;
    int number;
    pid_t ended;

    for (;;) {
        /* Asked each time: signals of one kind that come together are one, so SIGCHLD says only "look". */
        ended = waitpid(pid, wait_status, WNOHANG);
        if (ended == pid)
            return 0;
        if (ended < 0)
            return fail(err, errno, "wait for the program");

        number = take_signal(set, deadline_ms);
        if (number < 0 && errno == EAGAIN) {
            kill(pid, SIGKILL);
            deadline_ms = NEVER;
        } else if (number > 0 && number != SIGCHLD) {
            kill(pid, number); /* not reaped yet, so the pid is still its own */
            /* A moment of its own, and not a time to wait: other signals interrupt the wait. */
            if (number == SIGTERM && deadline_ms == NEVER)
                deadline_ms = now_ms() + grace_ms;
        }
    }
}

int run_with_grace(char *const argv[], int grace_ms, int *status, struct error *err)
{
    sigset_t taken, before;
    int wait_status = 0, result;
    pid_t pid;

    signals_to_take(&taken);
    /* Before fork: a signal that comes between fork and here would end this process and leave the program. */
    sigprocmask(SIG_BLOCK, &taken, &before);
    pid = fork();
    if (pid < 0)
        return fail(err, errno, "fork");
    if (pid == 0) {
        reset_signals(); /* the mask survives exec */
        execvp(argv[0], argv);
        _exit(EXIT_NOT_FOUND);
    }
    result = wait_passing_signals(pid, &taken, grace_ms, &wait_status, err);
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (result == 0)
        *status = exit_status(wait_status);
    return result;
}
