/* The engine: prepare, create, attach, let go; wait; release in reverse. */
#include "container.h"
#include "explain.h"
#include "process.h"
#include "program.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

void container_free(struct container *c)
{
    strv_free(&c->process.args);
    strv_free(&c->process.env);
    free(c->process.cwd);
    free(c->process.user.additional_gids);
    free(c->root.path);
    for (size_t i = 0; i < c->mount_count; i++) {
        free(c->mounts[i].destination);
        free(c->mounts[i].type);
        free(c->mounts[i].source);
        free(c->mounts[i].options);
    }
    free(c->mounts);
    strv_free(&c->volumes);
    free(c->cgroup_path);
    *c = (struct container){ 0 };
}

void container_add_mount(struct container *c, const char *destination, const char *type, const char *source,
                         const char *options)
{
    c->mounts = must_realloc(c->mounts, c->mount_count + 1, sizeof *c->mounts);
    c->mounts[c->mount_count++] = (struct mount){ must_strdup(destination), must_strdup(type),
                                                  must_strdup(source), must_strdup(options) };
}

/* ---- the child's side */

/* It waits for one byte, so that the host can attach what must be there before the first step; end of file
 * instead means that the host gave up. */
int container_enter(const struct launch *launch, struct error *err)
{
    char go;

    if (launch->host >= 0)
        close(launch->host);
    if (read(launch->own, &go, 1) != 1)
        _exit(EXIT_GOCKER_FAILED);
    for (const struct isolation *const *i = launch->list; *i; i++)
        if ((*i)->enter && (*i)->enter(launch->container, err) < 0)
            return fail_while(err, "enter %s", (*i)->name);
    return 0;
}

void container_report(int channel, const struct error *err)
{
    if (send(channel, err, sizeof *err, MSG_NOSIGNAL) != sizeof *err)
        error_print(err);
}

/* The socket is close-on-exec: what the host reads from it is an error, or the end of file that says the
 * program runs. */
void container_child(const struct launch *launch)
{
    struct error err = { 0 };

    if (container_enter(launch, &err) == 0)
        become_program(launch->container, launch->own, &err);
    container_report(launch->own, &err);
    _exit(EXIT_GOCKER_FAILED);
}

/* ---- the host's side */

static uint64_t all_clone_flags(const struct isolation *const list[])
{
    uint64_t flags = 0;

    for (; *list; list++)
        flags |= (*list)->clone_flags;
    return flags;
}

/* *PREPARED counts the entries whose release is due, the one that failed included: it may have got half way. */
static int prepare_all(struct container *c, const struct isolation *const list[], size_t *prepared,
                       struct error *err)
{
    for (*prepared = 0; list[*prepared]; ++*prepared) {
        const struct isolation *isolation = list[*prepared];

        if (isolation->prepare && isolation->prepare(c, err) < 0) {
            ++*prepared;
            return fail_while(err, "prepare %s", isolation->name);
        }
    }
    return 0;
}

static void release_all(struct container *c, const struct isolation *const list[], size_t prepared)
{
    while (prepared-- > 0)
        if (list[prepared]->release)
            list[prepared]->release(c);
}

/* Attach everything, let the child go, and learn whether it became the program: it says so by a byte, or by
 * the end of file that exec makes. One that has ended already may have said why. */
static int send_off(struct container *c, const struct isolation *const list[],
                    const struct launcher *launcher, pid_t pid, int channel, struct error *err)
{
    bool gone;
    ssize_t got;

    for (; *list; list++)
        if ((*list)->attach && (*list)->attach(c, pid, err) < 0)
            return fail_while(err, "attach %s", (*list)->name);
    gone = send(channel, "", 1, MSG_NOSIGNAL) != 1;
    do
        got = recv(channel, err, sizeof *err, 0);
    while (got < 0 && (errno == EINTR || errno == ECONNRESET)); /* reset: it ended without reading the byte */
    if (got < 0)
        return fail(err, errno, "hear from the container's process");
    if (got == 0 && launcher->tells)
        return fail(err, 0, "the container's init ended while it was starting the program");
    if (got <= 1)
        return gone ? fail(err, 0, "the container's process ended before it was let go") : 0;
    err->text[sizeof err->text - 1] = '\0';
    return -1;
}

/* The signals that are the program's business. Not those that stop and continue (a shell's job control means
 * gocker and the program alike, they are one process group), nor those that a fault of our own raises. */
static void signals_to_pass_on(sigset_t *set)
{
    const int ours[] = { SIGTSTP, SIGTTIN, SIGTTOU, SIGCONT, SIGPIPE, SIGSEGV,
                         SIGBUS,  SIGFPE,  SIGILL,  SIGTRAP, SIGABRT, SIGSYS };

    sigfillset(set);
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        sigdelset(set, ours[i]);
}

int process_ended(pid_t pid, int *wait_status, struct error *err)
{
    pid_t ended = waitpid(pid, wait_status, WNOHANG);

    if (ended < 0)
        return fail(err, errno, "wait for the container's process");
    return ended == pid;
}

void pass_signal(pid_t pid, const struct signalfd_siginfo *info)
{
    const char *name = sigabbrev_np((int)info->ssi_signo); /* NULL: a real-time signal */
    /* Ctrl-C: the terminal has sent it to the whole process group. That may hold the program, too. */
    bool has_it = info->ssi_code == SI_KERNEL && getpgid(pid) == getpgrp();

    if (info->ssi_signo == SIGCHLD || has_it)
        return;
    explain(name ? formatted("kill(%d, SIG%s)", pid, name) : formatted("kill(%d, %u)", pid, info->ssi_signo),
            "a signal to gocker is the program's", NULL);
    kill(pid, (int)info->ssi_signo); /* not reaped yet, so the pid is still its own */
}

int container_follow(struct container *c, pid_t pid, int channel, int signals, int *wait_status,
                     struct error *err)
{
    struct signalfd_siginfo info;
    int ended;

    (void)c, (void)channel;
    while ((ended = process_ended(pid, wait_status, err)) == 0) {
        if (read(signals, &info, sizeof info) == sizeof info)
            pass_signal(pid, &info);
        else if (errno != EINTR)
            return fail(err, errno, "read signals");
    }
    return ended < 0 ? -1 : 0;
}

/* After a failure: end PID, whatever it is doing, and take it off the kernel's list. */
static void put_down(pid_t pid)
{
    kill(pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

/* Create the process and follow it to its end. SIGNALS are blocked already. */
static int run_process(struct container *c, const struct isolation *const list[],
                       const struct launcher *launcher, int signals, int *wait_status, struct error *err)
{
    int (*follow)(struct container *, pid_t, int, int, int *, struct error *) =
        launcher->follow ? launcher->follow : container_follow;
    int pair[2];
    pid_t pid;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return fail(err, errno, "socketpair");
    _cleanup_close_ int host = pair[0], own = pair[1];
    struct launch launch = {
        .container = c, .list = list, .clone_flags = all_clone_flags(list), .host = host, .own = own
    };

    pid = launcher->create(&launch, err);
    if (pid < 0)
        return fail_while(err, "create the process");
    close(steal_fd(&own));
    if (send_off(c, list, launcher, pid, host, err) < 0 ||
        follow(c, pid, host, signals, wait_status, err) < 0) {
        put_down(pid);
        return -1;
    }
    return 0;
}

int container_run(struct container *c, const struct isolation *const list[], const struct launcher *launcher,
                  int *status, struct error *err)
{
    sigset_t passed, before;
    size_t prepared;
    int wait_status = 0, result;

    if (c->process.args.count == 0)
        return fail(err, 0, "the container has no program to run");
    result = prepare_all(c, list, &prepared, err); /* what takes long there looks at interrupted() */
    signals_to_pass_on(&passed);
    sigprocmask(SIG_BLOCK, &passed, &before);
    _cleanup_close_ int signals = signalfd(-1, &passed, SFD_CLOEXEC);

    if (result == 0)
        result =
            signals < 0 ? fail(err, errno, "signalfd") : check_interrupt(err); /* noted before the block? */
    if (result == 0)
        result = run_process(c, list, launcher, signals, &wait_status, err);
    release_all(c, list, prepared);
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (result == 0)
        *status = exit_status(wait_status);
    return result;
}
