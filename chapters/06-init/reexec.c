/* The container's first program is gocker itself, started anew. */
#include "reexec.h"
#include "clone.h"
#include "explain.h"
#include "fs.h"
#include "process.h"
#include "spec.h"
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/mman.h>

#ifndef MFD_EXEC /* glibc before 2.38 */
#define MFD_EXEC 0x0010U
#endif

int sealed_self(struct error *err)
{
    _cleanup_close_ int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), copy = -1;

    if (self < 0)
        return fail(err, errno, "open /proc/self/exe");
    copy = memfd_create("gocker-init", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
    if (copy < 0 && errno == EINVAL) /* Linux before 6.3: every one may be executed */
        copy = memfd_create("gocker-init", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (copy < 0)
        return fail(err, errno, "memfd_create");
    if (copy_contents(self, copy, err) < 0)
        return -1;
    if (fcntl(copy, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
        return fail(err, errno, "seal it");
    return steal_fd(&copy);
}

/* Make FD the descriptor NUMBER, which exec does not close. Both are above 4 first: one may be where the
 * other goes. */
static int place_descriptors(int spec, int channel, struct error *err)
{
    spec = fcntl(spec, F_DUPFD_CLOEXEC, INIT_CHANNEL_FD + 1);
    channel = fcntl(channel, F_DUPFD_CLOEXEC, INIT_CHANNEL_FD + 1);
    if (spec < 0 || channel < 0 || dup2(spec, INIT_SPEC_FD) < 0 || dup2(channel, INIT_CHANNEL_FD) < 0)
        return fail(err, errno, "put the descriptors of the init in their places");
    if (close_range(INIT_CHANNEL_FD + 1, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
        return fail(err, errno, "mark all other descriptors close-on-exec");
    return 0;
}

static int empty_input(struct error *err)
{
    _cleanup_close_ int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

    if (null < 0 || dup2(null, STDIN_FILENO) < 0)
        return fail(err, errno, "make standard input empty");
    return 0;
}

/* The child's side, still with a copy of our memory. */
static int exec_init(const struct launch *launch, int self, int spec, struct error *err)
{
    char *const argv[] = { "gocker-init", NULL };
    char *const env[] = { "GOCKER_INIT=1", explain_enabled() ? "GOCKER_EXPLAIN=1" : NULL, NULL };
    int channel = launch->own;

    if (!launch->container->process.interactive && empty_input(err) < 0)
        return -1;
    if (place_descriptors(spec, channel, err) < 0)
        return -1;
    explain(formatted("execveat(%d, \"\", [\"gocker-init\"], [\"GOCKER_INIT=1\"], AT_EMPTY_PATH)", self),
            "gocker again, now as process 1, from a copy that nobody can change", NULL);
    execveat(self, "", argv, env, AT_EMPTY_PATH);
    return fail(err, errno, "execute a copy of /proc/self/exe");
}

static pid_t create_init(const struct launch *launch, struct error *err)
{
    _cleanup_str_ struct str spec = { 0 };
    _cleanup_close_ int self = sealed_self(err);
    struct error late = { 0 };
    int pipes[2];
    pid_t pid;

    if (self < 0)
        return fail_while(err, "copy /proc/self/exe");
    if (spec_write(launch->container, &spec, err) < 0)
        return -1;
    if (pipe2(pipes, O_CLOEXEC) < 0)
        return fail(err, errno, "pipe2");
    _cleanup_close_ int from = pipes[0], to = pipes[1];

    pid = clone_process(launch, err);
    if (pid == 0) {
        exec_init(launch, self, from, &late);
        container_report(launch->own, &late);
        _exit(EXIT_GOCKER_FAILED);
    }
    close(steal_fd(&from));
    /* EPIPE: it ended early. It has said why through the socket, where the engine listens. */
    if (pid > 0)
        write_all(to, spec.text, spec.length, &late);
    return pid;
}

const struct launcher init_launcher = { .create = create_init, .tells = true, .follow = follow_terminal };
