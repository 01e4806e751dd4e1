/* The last steps on the way into a container: the process becomes the program. */
#include "program.h"
#include "explain.h"
#include "process.h"

#include <errno.h>
#include <grp.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* As root still: the directory may be one that the user cannot search, and docker run allows that. */
static int enter_cwd(const struct container *c, struct error *err)
{
    const char *cwd = c->process.cwd ? c->process.cwd : "/";
    _cleanup_free_ char *now = NULL;

    explain(formatted("chdir(\"%s\")", cwd), "the program starts in its WORKDIR", formatted("cd %s", cwd));
    if (chdir(cwd) < 0)
        return fail(err, errno, "enter the working directory %s", cwd);
    /* A path like /proc/self/fd/7 can lead out of the root. The kernel then says "(unreachable)", or
     * glibc ENOENT: such a directory is refused (CVE-2024-21626). */
    now = getcwd(NULL, 0);
    if (!now || now[0] != '/')
        return fail(err, 0, "enter the working directory %s: it is outside the container", cwd);
    return 0;
}

static int become_user(const struct container *c, struct error *err)
{
    uid_t uid = c->process.user.uid;
    gid_t gid = c->process.user.gid;

    explain(formatted("setresuid(%u, %u, %u)", uid, uid, uid), "the program's user, groups first",
            formatted("setpriv --reuid %u --regid %u --clear-groups", uid, gid));
    /* Groups before the uid: afterwards there is no right left to change them. */
    if (setgroups(c->process.user.additional_gid_count, c->process.user.additional_gids) < 0)
        return fail(err, errno, "set the supplementary groups");
    if (setresgid(gid, gid, gid) < 0)
        return fail(err, errno, "become group %u", gid);
    if (setresuid(uid, uid, uid) < 0)
        return fail(err, errno, "become user %u", uid);
    return 0;
}

/* Whatever ends gocker ends the program. The kernel forgets PR_SET_PDEATHSIG when the user changes, so this
 * comes after become_user; and gocker may have ended before the call, so the socket to it is looked at. */
static int die_with_parent(int parent, struct error *err)
{
    struct pollfd end = { .fd = parent, .events = POLLIN };

    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
        return fail(err, errno, "ask to end with gocker (PR_SET_PDEATHSIG)");
    if (poll(&end, 1, 0) > 0)
        return fail(err, 0, "gocker is gone");
    return 0;
}

/* Explain why execve of PATH failed with NUMBER. */
static int exec_failed(const char *path, int number, struct error *err)
{
    struct stat file;
    bool exists = stat(path, &file) == 0;

    if (number == ENOENT && exists)
        return fail_exit(err, EXIT_NOT_FOUND, 0,
                         "exec %s: the interpreter that it names (after #!, or its ELF loader) is not in the "
                         "image",
                         path);
    if (number == ENOENT || number == ENOTDIR)
        return fail_exit(err, EXIT_NOT_FOUND, number, "exec %s", path);
    if (number == ENOEXEC)
        return fail_exit(err, EXIT_NOT_EXECUTABLE, number,
                         "exec %s: neither a program for this machine nor a script that begins with #!",
                         path);
    if (number == EACCES && exists && S_ISREG(file.st_mode) && !(file.st_mode & 0111))
        return fail_exit(err, EXIT_NOT_EXECUTABLE, number, "exec %s: it is not executable (chmod +x it)",
                         path);
    return fail_exit(err, EXIT_NOT_EXECUTABLE, number, "exec %s", path);
}

static void try_exec(const struct container *c, const char *path)
{
    execve(path, c->process.args.items, c->process.env.items);
}

/* execvp(3) would search gocker's PATH, and hand a file without #! to a shell. */
static int exec_in_path(const struct container *c, struct error *err)
{
    const char *name = c->process.args.items[0], *path = env_get(&c->process.env, "PATH");
    _cleanup_free_ char *denied = NULL;
    int denied_number = 0;

    if (!path)
        path = DEFAULT_PATH;
    for (const char *end; path; path = *end ? end + 1 : NULL) {
        _cleanup_free_ char *candidate = NULL;

        end = strchrnul(path, ':');
        candidate = formatted("%.*s%s%s", (int)(end - path), path, end > path ? "/" : "", name);
        try_exec(c, candidate);
        if (errno == E2BIG) /* older kernels look at the arguments first, and say so of any path */
            return exec_failed(name, E2BIG, err);
        if (errno != ENOENT && errno != ENOTDIR && !denied) {
            denied_number = errno;
            denied = steal_pointer(candidate);
        } else if (errno == ENOENT && access(candidate, F_OK) == 0) {
            return exec_failed(candidate, ENOENT, err);
        }
    }
    if (denied)
        return exec_failed(denied, denied_number, err);
    return fail_exit(err, EXIT_NOT_FOUND, 0, "exec %s: not found in the container's PATH (%s)", name,
                     env_get(&c->process.env, "PATH") ? env_get(&c->process.env, "PATH") : DEFAULT_PATH);
}

int become_program(const struct container *c, int parent, struct error *err)
{
    const char *name = c->process.args.items[0];

    if (enter_cwd(c, err) < 0)
        return -1;
    umask(0022);
    /* Marked, not closed: the socket to gocker must live until exec, to carry an error. */
    if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
        return fail(err, errno, "mark all descriptors close-on-exec");
    if (become_user(c, err) < 0 || die_with_parent(parent, err) < 0)
        return -1;
    reset_signals();
    explain(formatted("execve(\"%s\", …)", name), "this process becomes the program",
            formatted("exec env -i %s%s", name, c->process.args.count > 1 ? " …" : ""));
    if (!strchr(name, '/'))
        return exec_in_path(c, err);
    try_exec(c, name);
    return exec_failed(name, errno, err);
}
