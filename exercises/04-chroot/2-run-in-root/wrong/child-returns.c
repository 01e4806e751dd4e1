/* Mistake: the child that cannot exec returns, and there are two of the caller. Rejected by child_runs_nothing_of_the_callers. */
#include "run_in_root.h"

#include "process.h"

#include <errno.h>
#include <linux/close_range.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* In the child. */
static int enter_and_exec(const char *root, char *const argv[], char *const env[])
{
    /* The working directory does not move with the root. Without chdir it would stay outside. */
    if (chroot(root) < 0 || chdir("/") < 0)
        _exit(EXIT_GOCKER_FAILED);
    /* An open directory would be a way out, and an open file a secret. */
    if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
        _exit(EXIT_GOCKER_FAILED);
    /* A process inherits more than files: what its own files may do, and what signals do to it. */
    umask(0022);
    reset_signals();
    execve(argv[0], argv, env);
    return errno == ENOENT || errno == ENOTDIR ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE;
}

int run_in_root(const char *root, char *const argv[], char *const env[])
{
    pid_t pid = fork();
    int status;

    if (pid < 0)
        return EXIT_GOCKER_FAILED;
    if (pid == 0)
        return enter_and_exec(root, argv, env);
    /* A signal handler of the caller's may interrupt the wait. The child is there still. */
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return EXIT_GOCKER_FAILED;
    if (WIFSIGNALED(status))
        return 128 + WTERMSIG(status);
    return WEXITSTATUS(status);
}
