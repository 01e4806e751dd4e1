/* The binary, for real: how a process gets into the container's cgroup, and what is said where limits cannot be had. Limits
 * that bite are in check_bite.c; these tests need no controller, so a hybrid machine will do. */
#include "cgroup_site.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

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
        { defaults_alone_fall_back_with_one_line, NEED_ROOT, 0 },
        { a_limit_that_was_asked_for_does_not_fall_back, NEED_ROOT, 60 },
        { a_tree_that_cannot_be_written_is_named, tree, 0 },
        { memory_is_limited_or_its_controller_named, tree, 0 },
        { bad_values_are_told_before_anything_is_done, NEED_ROOT, 0 },
    };

    return RUN_TESTS("07-cgroups/run", tests, argc, argv);
}
