/* Mistake: each SIGCHLD is taken for one child. Rejected by children_that_end_together_are_all_taken. */
#include "run_and_reap.h"

#include "process.h"

#include <errno.h>
#include <signal.h>
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
    int wait_status, number;
    sigset_t set, before;

    *orphans = 0;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, &before);
    for (;;) {
        pid_t pid = waitpid(-1, &wait_status, WNOHANG);

        if (pid < 0)
            return fail(err, errno, "wait for the program");
        if (pid == program)
            break;
        if (pid > 0)
            ++*orphans;
        while (sigwait(&set, &number) != 0)
            continue;
    }
    *status = exit_status(wait_status);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return 0;
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
