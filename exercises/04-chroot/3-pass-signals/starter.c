/* 04.3: signals are the program's, and TERM has an end. */
#include "run_with_grace.h"

#include "process.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

/* Wait for PID to end. */
static int wait_passing_signals(pid_t pid, int grace_ms, int *wait_status, struct error *err)
{
    /* This waits, and knows of no signals. Your part. */
    (void)grace_ms;
    while (waitpid(pid, wait_status, 0) < 0)
        if (errno != EINTR)
            return fail(err, errno, "wait for the program");
    return 0;
}

int run_with_grace(char *const argv[], int grace_ms, int *status, struct error *err)
{
    int wait_status = 0, result;
    pid_t pid;

    pid = fork();
    if (pid < 0)
        return fail(err, errno, "fork");
    if (pid == 0) {
        execvp(argv[0], argv);
        _exit(EXIT_NOT_FOUND);
    }
    result = wait_passing_signals(pid, grace_ms, &wait_status, err);
    if (result == 0)
        *status = exit_status(wait_status);
    return result;
}
