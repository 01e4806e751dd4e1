/* 06.2: a program, and what it leaves behind. */
#include "run_and_reap.h"

#include "process.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* In the child. Never returns. */
static void become(char *const argv[])
{
    execvp(argv[0], argv);
    _exit(errno == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE);
}

/* Wait for PROGRAM to end. */
static int wait_and_reap(pid_t program, int *status, int *orphans, struct error *err)
{
    int wait_status;

    /* This waits for one process and knows of no others. Your part. */
    *orphans = 0;
    if (waitpid(program, &wait_status, 0) < 0)
        return fail(err, errno, "wait for the program");
    *status = exit_status(wait_status);
    return 0;
}

int run_and_reap(char *const argv[], int *status, int *orphans, struct error *err)
{
    pid_t pid;

    /* Nobody has asked for the orphans. Your part, too. */
    pid = fork();
    if (pid < 0)
        return fail(err, errno, "fork");
    if (pid == 0)
        become(argv);
    return wait_and_reap(pid, status, orphans, err);
}
