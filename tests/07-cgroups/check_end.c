/* The binary, for real: the container's cgroup goes whatever happens, and nobody else's. */
#include "cgroup_site.h"

#include "cgroup.h"
#include "clone.h"

#include <sys/random.h>
#include <sys/stat.h>

#define WAITS WHERE "; trap 'exit 5' TERM; echo ready; while true; do sleep 0.1; done"

/* Start a container that waits, and see that it is ready and in a cgroup of its own. */
static struct running *start_waiting(const struct site *site)
{
    struct running *running = START_SITE(site, WAITS, FASTER);

    ck_assert_msg(wait_for_output(running, "ready\n", 30), "the program did not start");
    return running;
}

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

int main(int argc, char **argv)
{
    /* Where root may not write the tree, as in most containers, these are for the lab. */
    const unsigned tree = NEED_ROOT | (has_cgroups() ? 0 : NEED_MACHINE);
    const struct test tests[] = {
        { cgroup_is_gone_after_sigterm, tree, 0 },
        { cgroup_is_gone_after_a_failure_on_the_way_in, tree, 0 },
        { cgroup_is_gone_after_a_limit_that_the_kernel_refuses, tree, 0 },
        { what_kill_9_leaves_the_next_run_removes, tree, 0 },
        { what_lives_on_in_a_killed_gockers_cgroup_ends, tree, 0 },
        { a_cgroup_in_use_stays_whatever_the_other_gockers_root_is, tree, 0 },
        { gockers_that_start_together_leave_each_other_alone, tree, 60 },
        { others_cgroups_are_left_alone, tree, 0 },
    };

    return RUN_TESTS("07-cgroups/end", tests, argc, argv);
}
