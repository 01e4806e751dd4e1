/* What the tests of the binary share: a container whose programs are this machine's own, and its cgroup seen from outside. */
#ifndef GOCKER_CGROUP_SITE_H
#define GOCKER_CGROUP_SITE_H

#include "str.h"
#include "testing.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

struct site {
    const char *context, *root;
    struct how how;
};

/* FROM scratch needs no registry. The shell and what it starts are mounted: see site_argv. */
static inline struct site new_site(void)
{
    struct site site = { .context = scratch(), .root = scratch() };

    setenv("GOCKER_ROOT", site.root, 1); /* a test is a process of its own */
    site.how.timeout_s = 60;
    put_file(site.context, "Dockerfile", "FROM scratch\nENTRYPOINT [\"/bin/sh\", \"-c\"]\n");
    return site;
}

/* OPTIONS begin with the command and end with NULL; SCRIPT is the shell's. */
static inline const char *const *site_argv(const struct site *site, const char *const *options,
                                           const char *script)
{
    static const char *argv[64];
    static const char *const directories[] = { "/usr", "/bin", "/lib", "/lib64" };
    static char mounts[4][32];
    size_t count = 0;

    argv[count++] = binary("07-cgroups");
    argv[count++] = *options++;
    for (size_t i = 0; i < 4; i++)
        if (access(directories[i], F_OK) == 0) { /* not every machine has lib64 */
            snprintf(mounts[i], sizeof mounts[i], "%s:%s:ro", directories[i], directories[i]);
            argv[count++] = "-v";
            argv[count++] = mounts[i];
        }
    for (; *options; options++)
        argv[count++] = *options;
    argv[count++] = site->context;
    argv[count++] = "--";
    argv[count++] = script;
    argv[count] = NULL;
    return argv;
}

/* RUN_SITE(&site, "script", "--option", …): options are none or more. */
#define OPTIONS(...)                  ((const char *const[]){ "run", ##__VA_ARGS__, NULL })
#define RUN_SITE(site, script, ...)   run_how(&(site)->how, site_argv(site, OPTIONS(__VA_ARGS__), script))
#define START_SITE(site, script, ...) start(&(site)->how, site_argv(site, OPTIONS(__VA_ARGS__), script))

#define WHERE "cat /proc/self/cgroup"
#define FASTER                                                                                               \
    "--cpus", "0", "--memory",                                                                               \
        "0" /* no limit: on a hybrid machine there is then no warning, in the lab no wait */

static inline void assert_outcome(const struct outcome *o, int status, const char *out)
{
    ck_assert_msg(o->status == status, "wanted exit status %d, got %d; standard error:\n%s", status,
                  o->status, o->err);
    ck_assert_msg(strcmp(o->out, out) == 0, "wanted on standard output:\n%sgot:\n%sstandard error:\n%s", out,
                  o->out, o->err);
}

/* Where cgroup v2 is mounted. */
static inline const char *cgroup_tree(void)
{
    const char *hybrid = "/sys/fs/cgroup/unified";

    return access(hybrid, F_OK) == 0 ? hybrid : "/sys/fs/cgroup";
}

/* May we make cgroups there? */
static inline bool has_cgroups(void)
{
    _cleanup_free_ char *file = formatted("%s/cgroup.subtree_control", cgroup_tree());

    return access(file, W_OK) == 0;
}

/* The cgroup that a program's /proc/self/cgroup, somewhere in TEXT, says it is in, as a path of this machine's. It lasts as
 * long as the test. */
static inline const char *cgroup_in(const char *text)
{
    static char path[512];
    const char *line = strstr(text, "0::/");

    ck_assert_msg(line, "wanted a line of /proc/self/cgroup, got\n%s", text);
    snprintf(path, sizeof path, "%s%.*s", cgroup_tree(), (int)strcspn(line + 3, "\n"), line + 3);
    return path;
}

static inline void assert_gone(const char *cgroup)
{
    ck_assert_msg(access(cgroup, F_OK) < 0, "%s is still there", cgroup);
}

/* How many of gocker's cgroups there are. For the lab: elsewhere other tests make some, too. */
static inline int count_cgroups(void)
{
    _cleanup_closedir_ DIR *list = opendir(cgroup_tree());
    struct dirent *entry;
    int count = 0;

    while (list && (entry = readdir(list)))
        count += starts_with(entry->d_name, "gocker-");
    return count;
}

/* A process in the cgroup, which then is the container's; the test's child. */
static inline pid_t sleeper_in(const char *cgroup)
{
    _cleanup_free_ char *procs = formatted("%s/cgroup.procs", cgroup);
    int ready[2];
    char byte;
    pid_t pid;

    ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
    pid = fork();
    if (pid == 0) {
        int fd = open(procs, O_WRONLY | O_CLOEXEC);

        if (fd < 0 || write(fd, "0", 1) != 1 || write(ready[1], "", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    close(ready[1]);
    ck_assert_msg(read(ready[0], &byte, 1) == 1, "move a process to %s", cgroup);
    close(ready[0]);
    return pid;
}

#endif
