/* The binary, for real: the container's cgroup, and that it goes whatever happens. Limits that bite are in
 * check_bite.c; these tests need no controller, so a hybrid machine will do. */
#include "site.h"

#include "cgroup.h"
#include "clone.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define WHERE "cat /proc/self/cgroup"
#define WAITS WHERE "; trap 'exit 5' TERM; echo ready; while true; do sleep 0.1; done"
#define FASTER                                                                                               \
    "--cpus", "0", "--memory",                                                                               \
        "0" /* no limit: on a hybrid machine there is then no warning, in the lab no wait */

/* Start a container that waits, and see that it is ready and in a cgroup of its own. */
static struct running *start_waiting(const struct site *site)
{
    struct running *running = START_SITE(site, WAITS, FASTER);

    ck_assert_msg(wait_for_output(running, "ready\n", 30), "the program did not start");
    return running;
}

START_TEST(first_instruction_runs_in_a_cgroup_of_its_own)
{
    struct site site = new_site();
    struct outcome o = RUN_SITE(&site, "read line </proc/self/cgroup; " WHERE, FASTER);

    ck_assert_msg(o.status == 0, "status %d: %s", o.status, o.err);
    ck_assert_contains(cgroup_in(o.out), "/gocker-");
    assert_gone(cgroup_in(o.out));
}
END_TEST

/* Where in the output of --explain the words are; the test fails where they are not, or not behind AFTER. */
static const char *explained(const char *after, const char *words, const char *all)
{
    const char *found = strstr(after, words);

    ck_assert_msg(found, "\"%s\" is missing, or too early, in\n%s", words, all);
    return found;
}

START_TEST(cgroup_is_made_before_the_process_which_begins_in_it)
{
    struct site site = new_site();
    struct outcome o = RUN_SITE(&site, "true", FASTER, "--explain");
    const char *at = o.err;

    assert_outcome(&o, 0, "");
    at = explained(at, "mkdir(\"/", o.err);
    at = explained(at, "CLONE_INTO_CGROUP", o.err);
    at = explained(at, "execve(", o.err);
    explained(at, "rmdir(\"/", o.err);
    ck_assert_msg(!strstr(o.err, "cgroup.procs"), "it was moved afterwards:\n%s", o.err);
}
END_TEST

/* A filter of system calls, as Docker's own: clone3's flags cannot be seen by it, so there is no clone3. seccomp(2) */
static void forbid_clone3(unsigned number)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | number),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { .len = sizeof code / sizeof *code, .filter = code };

    ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

static void run_without_clone3(unsigned number)
{
    struct site site = new_site();
    struct outcome o;
    const char *at;

    forbid_clone3(number);
    o = RUN_SITE(&site, WHERE, FASTER, "--explain");
    ck_assert_msg(o.status == 0, "status %d: %s", o.status, o.err);
    ck_assert_contains(cgroup_in(o.out), "/gocker-");
    at = explained(o.err, "/cgroup.procs\"", o.err);
    explained(at, "execve(", o.err);
    assert_gone(cgroup_in(o.out));
}

START_TEST(without_clone3_it_is_moved_before_it_is_let_go)
{
    run_without_clone3(ENOSYS);
}
END_TEST

START_TEST(so_it_is_where_clone3_knows_no_cgroups)
{
    run_without_clone3(E2BIG);
}
END_TEST

/* ---- the end */

START_TEST(cgroup_is_gone_after_sigterm)
{
    struct site site = new_site();
    struct running *running = start_waiting(&site);
    struct outcome o;

    kill(running_pid(running), SIGTERM);
    o = finish(running);
    ck_assert_msg(o.status == 5, "wanted the trap's status 5, got %d: %s", o.status, o.err);
    assert_gone(cgroup_in(o.out));
}
END_TEST

/* The path that --explain's mkdir names. */
static const char *made(const char *err)
{
    static char path[512];
    const char *found = strstr(err, "mkdir(\"");

    ck_assert_msg(found && sscanf(found, "mkdir(\"%511[^\"]", path) == 1, "no cgroup was made:\n%s", err);
    return path;
}

START_TEST(cgroup_is_gone_after_a_failure_on_the_way_in)
{
    struct site site = new_site();
    struct outcome o = RUN_SITE(&site, "true", FASTER, "--explain", "--stats", "--tmpfs", "/x:size=nonsense");

    ck_assert_int_eq(o.status, 125);
    ck_assert_contains(o.err, "enter mounts");
    assert_gone(made(o.err));
    o = RUN_SITE(&site, "exec /no/such", FASTER, "--explain");
    ck_assert_int_eq(o.status, 127);
    assert_gone(made(o.err));
}
END_TEST

START_TEST(cgroup_is_gone_after_a_limit_that_the_kernel_refuses)
{
    struct site site = new_site();
    struct outcome o = RUN_SITE(&site, "true", FASTER, "--cpuset-cpus", "4095", "--explain", "--stats");

    ck_assert_int_eq(o.status, 125);
    ck_assert_contains(o.err, "gocker: prepare cgroup: --cpuset-cpus: ");
    ck_assert_msg(!strstr(o.err, "the container used"), "nothing ran, and yet:\n%s", o.err);
    assert_gone(made(o.err));
}
END_TEST

START_TEST(what_kill_9_leaves_the_next_run_removes)
{
    struct site site = new_site();
    struct running *running = start_waiting(&site);
    const char *cgroup;
    struct outcome o;

    kill(running_pid(running), SIGKILL);
    o = finish(running);
    cgroup = cgroup_in(o.out);
    ck_assert_msg(access(cgroup, F_OK) == 0, "%s is gone already: then this test shows nothing", cgroup);
    site = new_site(); /* even with another GOCKER_ROOT */
    o = RUN_SITE(&site, "true", FASTER);
    assert_outcome(&o, 0, "");
    assert_gone(cgroup);
}
END_TEST

/* A process in the cgroup, which then is the container's; the test's child. */
static pid_t sleeper_in(const char *cgroup)
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

START_TEST(what_lives_on_in_a_killed_gockers_cgroup_ends)
{
    struct site site = new_site();
    unsigned number;
    int wait_status = 0;
    struct outcome o;
    pid_t pid, deeper;

    ck_assert_int_eq(getrandom(&number, sizeof number, 0), sizeof number);
    _cleanup_free_ char *cgroup = formatted("%s/gocker-0000%08x", cgroup_tree(), number);
    _cleanup_free_ char *below = formatted("%s/below", cgroup);
    ck_assert_msg(mkdir(cgroup, 0700) == 0 && mkdir(below, 0700) == 0, "mkdir %s: %m", below);
    pid = sleeper_in(cgroup);
    deeper = sleeper_in(below);

    o = RUN_SITE(&site, "true", FASTER);
    assert_outcome(&o, 0, "");
    assert_gone(cgroup);
    ck_assert_int_eq(waitpid(pid, &wait_status, 0), pid);
    ck_assert_msg(WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGKILL, "it ended with %#x",
                  wait_status);
    ck_assert_int_eq(waitpid(deeper, NULL, 0), deeper);
}
END_TEST

START_TEST(a_cgroup_in_use_stays_whatever_the_other_gockers_root_is)
{
    struct site site = new_site(), other;
    struct running *running = start_waiting(&site);
    struct outcome o;

    other = new_site();
    o = RUN_SITE(&other, "true", FASTER);
    assert_outcome(&o, 0, "");
    kill(running_pid(running), SIGTERM); /* it would have been killed */
    o = finish(running);
    ck_assert_msg(o.status == 5, "wanted the trap's status 5, got %d: %s", o.status, o.err);
    assert_gone(cgroup_in(o.out));
}
END_TEST

/* Each takes the others' for a leftover, if it can. Exit status 1 in the child where one fails. */
static void run_many(unsigned who)
{
    static const struct isolation *const list[] = { &isolate_cgroup, NULL };

    for (unsigned i = 0; i < 50; i++) {
        _cleanup_free_ char *id = formatted("%06x%02x%04x", getpid() & 0xffffff, who, i);
        struct container c = { .id = id, .resources = { .memory.limit = -1, .cpu.quota = -1 } };
        struct error err = { 0 };
        int status = -1;

        strv_add(&c.process.args, "/bin/true");
        if (container_run(&c, list, &clone_launcher, &status, &err) < 0 || status != 0 || !c.cgroup_path) {
            fprintf(stderr, "%s: status %d, cgroup %s: %s\n", id, status,
                    c.cgroup_path ? c.cgroup_path : "none", err.text);
            _exit(1);
        }
        container_free(&c);
    }
}

START_TEST(gockers_that_start_together_leave_each_other_alone)
{
    pid_t pids[4];
    int wait_status, failed = 0;

    for (unsigned i = 0; i < 4; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            run_many(i);
            _exit(0);
        }
    }
    for (unsigned i = 0; i < 4; i++) {
        ck_assert_int_eq(waitpid(pids[i], &wait_status, 0), pids[i]);
        failed += wait_status != 0;
    }
    ck_assert_msg(failed == 0, "%d of 4 failed", failed);
}
END_TEST

START_TEST(others_cgroups_are_left_alone)
{
    static const char *const names[] = { "gocker-test", "gocker-0123456789a", "gocker-0123456789abc",
                                         "gocker-0123456789aB", "docker-0123456789ab" };
    struct site site = new_site();
    struct outcome o;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        _cleanup_free_ char *path = formatted("%s/%s", cgroup_tree(), names[i]);

        ck_assert_msg(mkdir(path, 0755) == 0, "mkdir %s: %m", path);
    }
    o = RUN_SITE(&site, "true", FASTER);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        _cleanup_free_ char *path = formatted("%s/%s", cgroup_tree(), names[i]);

        ck_assert_msg(rmdir(path) == 0, "%s was removed", path);
    }
    assert_outcome(&o, 0, "");
}
END_TEST

/* ---- where limits cannot be had */

/* Run gocker in a mount namespace of its own, which COMMAND has changed before. */
static struct outcome run_in_other_mounts(const struct site *site, const char *command,
                                          const char *const *options)
{
    _cleanup_free_ char *script = formatted("%s && exec \"$@\"", command);
    const char *argv[80] = { "unshare", "--mount", "sh", "-c", script, "sh" };
    const char *const *rest = site_argv(site, options, "echo ran");
    size_t count = 6;

    for (; *rest; rest++)
        argv[count++] = *rest;
    return run_how(&site->how, argv);
}

#define UNMOUNTED "umount -R /sys/fs/cgroup"

START_TEST(defaults_alone_fall_back_with_one_line)
{
    struct site site = new_site();
    struct outcome o = run_in_other_mounts(&site, UNMOUNTED, OPTIONS());

    assert_outcome(&o, 0, "ran\n");
    ck_assert_contains(o.err,
                       "gocker: warning: the container runs without the default limit on memory and cpu: "
                       "cgroup v2 is not mounted here");
    ck_assert_ptr_eq(strchr(o.err, '\n'), o.err + o.err_length - 1);
    o = run_in_other_mounts(&site, UNMOUNTED, OPTIONS(FASTER));
    assert_outcome(&o, 0, "ran\n");
    ck_assert_str_eq(o.err, "");
}
END_TEST

START_TEST(a_limit_that_was_asked_for_does_not_fall_back)
{
    static const char *const options[][2] = { { "--memory", "64m" },    { "--memory-swap", "2g" },
                                              { "--cpus", "0.5" },      { "--pids-limit", "20" },
                                              { "--cpuset-cpus", "0" }, { "--io-weight", "50" } };
    struct site site = new_site();

    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        struct outcome o = run_in_other_mounts(&site, UNMOUNTED, OPTIONS(options[i][0], options[i][1]));
        _cleanup_free_ char *wanted =
            formatted("gocker: prepare cgroup: %s: cgroup v2 is not mounted", options[i][0]);

        assert_outcome(&o, 125, "");
        ck_assert_contains(o.err, wanted);
    }
}
END_TEST

START_TEST(a_tree_that_cannot_be_written_is_named)
{
    struct site site = new_site();
    _cleanup_free_ char *command = formatted("mount -o remount,bind,ro %s", cgroup_tree());
    struct outcome o = run_in_other_mounts(&site, command, OPTIONS("--memory", "64m"));

    assert_outcome(&o, 125, "");
    ck_assert_contains(o.err, "gocker: prepare cgroup: --memory: ");
    ck_assert_contains(o.err, cgroup_tree());
    ck_assert_contains(o.err, "cannot be written");
}
END_TEST

START_TEST(memory_is_limited_or_its_controller_named)
{
    _cleanup_free_ char *file = formatted("%s/cgroup.controllers", cgroup_tree());
    struct site site = new_site();
    struct outcome o = RUN_SITE(&site, "echo ran", "--cpus", "0", "--memory", "64m");

    if (strstr(get_file("/", file + 1), "memory")) {
        assert_outcome(&o, 0, "ran\n");
        return;
    }
    assert_outcome(&o, 125, "");
    ck_assert_contains(o.err, "gocker: prepare cgroup: --memory: the memory controller is not in ");
    ck_assert_contains(o.err, file);
    o = RUN_SITE(&site, "echo ran");
    assert_outcome(&o, 0, "ran\n");
    ck_assert_contains(o.err,
                       "gocker: warning: the container runs without the default limit on memory and cpu: ");
    ck_assert_ptr_eq(strchr(o.err, '\n'), o.err + o.err_length - 1);
}
END_TEST

START_TEST(bad_values_are_told_before_anything_is_done)
{
    struct site site = new_site();
    struct outcome o = RUN_SITE(&site, "true", "--memory", "1m");

    assert_outcome(&o, 125, "");
    ck_assert_str_eq(o.err, "gocker: run: --memory 1m: no container begins in less than 6m\n");
    o = RUN_SITE(&site, "true", "--memory", "64m", "--memory-swap", "32m");
    assert_outcome(&o, 125, "");
    ck_assert_contains(o.err, "--memory-swap is memory and swap together: at least the 64 MiB");
}
END_TEST

int main(int argc, char **argv)
{
    /* Where root may not write the tree, as in most containers, these are for the lab. */
    const unsigned tree = NEED_ROOT | (has_cgroups() ? 0 : NEED_MACHINE);
    const struct test tests[] = {
        { first_instruction_runs_in_a_cgroup_of_its_own, tree, 0 },
        { cgroup_is_made_before_the_process_which_begins_in_it, tree, 0 },
        { without_clone3_it_is_moved_before_it_is_let_go, tree, 0 },
        { so_it_is_where_clone3_knows_no_cgroups, tree, 0 },
        { cgroup_is_gone_after_sigterm, tree, 0 },
        { cgroup_is_gone_after_a_failure_on_the_way_in, tree, 0 },
        { cgroup_is_gone_after_a_limit_that_the_kernel_refuses, tree, 0 },
        { what_kill_9_leaves_the_next_run_removes, tree, 0 },
        { what_lives_on_in_a_killed_gockers_cgroup_ends, tree, 0 },
        { a_cgroup_in_use_stays_whatever_the_other_gockers_root_is, tree, 0 },
        { gockers_that_start_together_leave_each_other_alone, tree, 60 },
        { others_cgroups_are_left_alone, tree, 0 },
        { defaults_alone_fall_back_with_one_line, NEED_ROOT, 0 },
        { a_limit_that_was_asked_for_does_not_fall_back, NEED_ROOT, 60 },
        { a_tree_that_cannot_be_written_is_named, tree, 0 },
        { memory_is_limited_or_its_controller_named, tree, 0 },
        { bad_values_are_told_before_anything_is_done, NEED_ROOT, 0 },
    };

    return RUN_TESTS("07-cgroups/run", tests, argc, argv);
}
