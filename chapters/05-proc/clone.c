/* A process that begins in new namespaces. */
#include "clone.h"
#include "explain.h"

#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>

static const struct namespace
{
    uint64_t flag;
    const char *name, *option; /* unshare(1)'s */
}
namespaces[] = {
    { CLONE_NEWUSER, "CLONE_NEWUSER", "--user" },       { CLONE_NEWNS, "CLONE_NEWNS", "--mount" },
    { CLONE_NEWPID, "CLONE_NEWPID", "--pid" },          { CLONE_NEWUTS, "CLONE_NEWUTS", "--uts" },
    { CLONE_NEWIPC, "CLONE_NEWIPC", "--ipc" },          { CLONE_NEWNET, "CLONE_NEWNET", "--net" },
    { CLONE_NEWCGROUP, "CLONE_NEWCGROUP", "--cgroup" },
};

static void explain_clone(uint64_t flags, bool into_cgroup)
{
    _cleanup_str_ struct str names = { 0 }, options = { 0 };

    for (size_t i = 0; i < sizeof namespaces / sizeof *namespaces; i++)
        if (flags & namespaces[i].flag) {
            str_addf(&names, "%s%s", names.length > 0 ? "|" : "", namespaces[i].name);
            str_addf(&options, " %s", namespaces[i].option);
        }
    if (into_cgroup)
        str_add(&names, "|CLONE_INTO_CGROUP");
    explain(formatted("clone3(%s)", str_text(&names)), "a process of its own, in namespaces of its own",
            formatted("unshare%s --fork", str_text(&options)));
}

/* Did clone3 fail for want of CLONE_INTO_CGROUP, or of clone3? Linux before 5.7 finds more in the arguments than it
 * knows (E2BIG) or a flag that it does not know (EINVAL); a seccomp filter that cannot look into them says ENOSYS. */
static bool clone3_is_too_new(int number)
{
    return number == E2BIG || number == EINVAL || number == ENOSYS || number == EOPNOTSUPP;
}

/* The system call itself: glibc has no function for clone3, and its clone() wants a stack for the child. Where none is
 * given, the child goes on with a copy of ours, as after fork. */
pid_t clone_process(const struct launch *launch, struct error *err)
{
    struct clone_args args = { .flags = launch->clone_flags, .exit_signal = SIGCHLD };
    long pid;

    if (launch->container->cgroup_fd > 0) {
        args.flags |= CLONE_INTO_CGROUP;
        args.cgroup = (uint64_t)launch->container->cgroup_fd;
    }
    explain_clone(launch->clone_flags, (args.flags & CLONE_INTO_CGROUP) != 0);
    pid = syscall(SYS_clone3, &args, sizeof args);
    if (pid < 0 && clone3_is_too_new(errno)) /* who has a cgroup for it moves it there while it waits */
        pid = syscall(SYS_clone, launch->clone_flags | SIGCHLD, NULL, NULL, NULL, 0UL);
    return pid < 0 ? fail(err, errno, "clone3") : (pid_t)pid;
}

static pid_t create_by_clone(const struct launch *launch, struct error *err)
{
    pid_t pid = clone_process(launch, err);

    if (pid == 0)
        container_child(launch); /* never returns */
    return pid;
}

const struct launcher clone_launcher = { .create = create_by_clone };

const struct isolation isolate_pids = {
    .name = "pids",
    .why = "it is process 1, and sees no process but its own",
    .clone_flags = CLONE_NEWPID,
};
