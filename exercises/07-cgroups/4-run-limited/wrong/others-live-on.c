/* Mistake: what the program has left is not ended, and the cgroup cannot go. Rejected by what_the_program_leaves_ends. */
#include "run_limited.h"

#include "cgroup_file.h"
#include "cgroup_remove.h"
#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Its first instruction runs in the cgroup. */
static pid_t fork_into(int cgroup_fd)
{
    struct clone_args args = { .flags = CLONE_INTO_CGROUP,
                               .exit_signal = SIGCHLD,
                               .cgroup = (uint64_t)cgroup_fd };

    return (pid_t)syscall(SYS_clone3, &args, sizeof args);
}

/* Become the program; where that is not possible, write errno to REPORT, which exec would have closed. */
static void become(char *const argv[], int report)
{
    int number;

    execvp(argv[0], argv);
    number = errno;
    _exit(write(report, &number, sizeof number) == sizeof number ? 127 : 126);
}

/* Start ARGV. Returns its pid once it is the program; or -1, and then there is no such process any more. */
static pid_t start(int cgroup_fd, char *const argv[], struct error *err)
{
    _cleanup_close_ int from = -1, to = -1;
    int ends[2], number;
    pid_t pid;

    if (pipe2(ends, O_CLOEXEC) < 0)
        return fail(err, errno, "make a pipe");
    from = ends[0];
    to = ends[1];
    pid = fork_into(cgroup_fd);
    if (pid < 0)
        return fail(err, errno, "clone3");
    if (pid == 0)
        become(argv, to);
    close(steal_fd(&to)); /* or its end would never come */
    if (read(from, &number, sizeof number) == 0)
        return pid;
    waitpid(pid, NULL, 0);
    return fail(err, number, "execute %s", argv[0]);
}

/* In the cgroup, which is there, and which the caller removes. */
static int run_in(int cgroup_fd, char *const argv[], const struct setting *settings, struct result *result,
                  struct error *err)
{
    int status;
    pid_t pid;

    for (; settings->file; settings++)
        if (cgroup_write(cgroup_fd, settings->file, settings->text, err) < 0)
            return -1;
    pid = start(cgroup_fd, argv, err);
    if (pid < 0)
        return -1;
    if (waitpid(pid, &status, 0) < 0)
        return fail(err, errno, "wait for %s", argv[0]);
    result->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    result->usage_us = cgroup_number(cgroup_fd, "cpu.stat", "usage_usec");
    return 0;
}

int run_limited(int parent_fd, const char *name, char *const argv[], const struct setting *settings,
                struct result *result, struct error *err)
{
    _cleanup_close_ int fd = -1;
    struct error second;
    int outcome;

    if (mkdirat(parent_fd, name, 0755) < 0)
        return fail(err, errno, "make the cgroup %s", name);
    fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    outcome = fd < 0 ? fail(err, errno, "open the cgroup %s", name) : run_in(fd, argv, settings, result, err);
    if (cgroup_remove(parent_fd, name, outcome < 0 ? &second : err) < 0)
        return -1;
    return outcome;
}
