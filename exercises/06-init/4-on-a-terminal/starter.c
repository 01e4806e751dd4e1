/* 06.4: a program on a terminal of its own. */
#include "run_on_terminal.h"

#include "cleanup.h"
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>

/* In the child: OWN becomes standard input, output and error, and the program begins. Never returns. */
static void become(char *const argv[], int own)
{
    dup2(own, STDIN_FILENO);
    dup2(own, STDOUT_FILENO);
    dup2(own, STDERR_FILENO);
    execvp(argv[0], argv);
    _exit(errno == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE);
}

int run_on_terminal(char *const argv[], unsigned short rows, unsigned short columns, struct str *output,
                    int *status, struct error *err)
{
    int wait_status, ends[2];
    char bytes[4096];
    ssize_t got;
    pid_t pid;

    /* A pipe is no terminal, and has no size. Your part, with all that follows from it. */
    (void)rows, (void)columns;
    if (pipe2(ends, O_CLOEXEC) < 0)
        return fail(err, errno, "pipe2");
    _cleanup_close_ int host = ends[0], own = ends[1];

    pid = fork();
    if (pid < 0)
        return fail(err, errno, "fork");
    if (pid == 0)
        become(argv, own);
    close(steal_fd(&own));
    while ((got = read(host, bytes, sizeof bytes)) > 0)
        str_add_bytes(output, bytes, (size_t)got);
    while (waitpid(pid, &wait_status, 0) < 0)
        if (errno != EINTR)
            return fail(err, errno, "wait for the program");
    *status = exit_status(wait_status);
    return 0;
}
