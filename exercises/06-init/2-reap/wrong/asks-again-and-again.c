/* Mistake: the loop asks with WNOHANG and never sleeps. Rejected by waiting_is_sleeping. */
#include "run_and_reap.h"

#include "process.h"

#include <errno.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* In the child. Never returns. */
static void become(char *const argv[])
{
    execvp(argv[0], argv);
    _exit(errno == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE);
}

/* Until PROGRAM has ended it waits for whoever ends first. Then it only looks who else has. */
static int wait_and_reap(pid_t program, int *status, int *orphans, struct error *err)
{
    bool ended = false;
    int wait_status;

    *orphans = 0;
    for (;;) {
        pid_t pid = waitpid(-1, &wait_status, WNOHANG);

        if (pid == program) {
            *status = exit_status(wait_status);
            ended = true;
        } else if (pid > 0) {
            ++*orphans;
        } else if (pid == 0 && !ended) {
            continue;
        } else if (pid == 0 || errno == ECHILD) { /* there are only such that run on, or none */
            return ended ? 0 : fail(err, errno, "the program's status is gone");
        } else if (errno != EINTR) {
            return fail(err, errno, "wait for the program");
        }
    }
}

int run_and_reap(char *const argv[], int *status, int *orphans, struct error *err)
{
    int before, result;
    pid_t pid;

    /* Before fork: the program may be done, and have left somebody behind, before fork returns here. */
    if (prctl(PR_GET_CHILD_SUBREAPER, &before) < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
        return fail(err, errno, "PR_SET_CHILD_SUBREAPER");
    pid = fork();
    if (pid == 0)
        become(argv);
    result = pid < 0 ? fail(err, errno, "fork") : wait_and_reap(pid, status, orphans, err);
    prctl(PR_SET_CHILD_SUBREAPER, before);
    return result;
}
