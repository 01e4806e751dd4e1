/* Limits that bite: in the lab, where the kernel's cgroup v2 has all controllers and nobody else makes cgroups. */
#include "cgroup_site.h"

#include "cgroup.h"
#include "clone.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <time.h>

#define HOG "dd if=/dev/zero of=/dev/null bs=300M count=1" /* one buffer of 300 MiB, all of it written */

static struct running *start_waiting(const struct site *site, const char *script, const char *const *options)
{
    _cleanup_free_ char *whole = formatted("%s; %s", WHERE, script);
    struct running *running = start(&site->how, site_argv(site, options, whole));

    ck_assert_msg(wait_for_output(running, "ready\n", 40), "the program did not start");
    return running;
}

#define WAITS "trap 'exit 5' TERM; echo ready; while true; do sleep 0.1; done"

static const char *end(struct running *running)
{
    kill(running_pid(running), SIGTERM);
    return cgroup_in(finish(running).out);
}

/* The only container's cgroup. */
static const char *only_cgroup(void)
{
    static char path[512];
    _cleanup_closedir_ DIR *list = opendir(cgroup_tree());
    struct dirent *entry;

    path[0] = '\0';
    while (list && (entry = readdir(list)))
        if (starts_with(entry->d_name, "gocker-"))
            snprintf(path, sizeof path, "%s/%s", cgroup_tree(), entry->d_name);
    ck_assert_int_eq(count_cgroups(), 1);
    return path;
}

static void assert_file(const char *name, const char *wanted)
{
    const char *got = get_file(only_cgroup(), name);

    ck_assert_msg(strcmp(got, wanted) == 0, "%s: wanted %sgot %s", name, wanted, got);
}

START_TEST(defaults_are_in_force_before_the_first_instruction)
{
    struct site site = new_site();
    struct running *running = start_waiting(&site, WAITS, OPTIONS("--explain"));
    struct outcome o;
    const char *made, *began;

    assert_file("memory.max", "1073741824\n");
    assert_file("memory.swap.max", "0\n");
    assert_file("memory.oom.group", "1\n");
    assert_file("cpu.max", "10000 100000\n");
    assert_file("pids.max", "max\n");
    kill(running_pid(running), SIGTERM);
    o = finish(running);
    ck_assert_contains(o.err, cgroup_in(o.out));
    began = strstr(o.err, "CLONE_INTO_CGROUP");
    made = strstr(o.err, "/cpu.max\", \"10000 100000\"");
    ck_assert_msg(made && began && made < began, "wanted the limits before the process:\n%s", o.err);
    made = strstr(o.err, "/memory.max\", \"1073741824\"");
    ck_assert_msg(made && made < began, "wanted the limits before the process:\n%s", o.err);
    ck_assert_int_eq(count_cgroups(), 0);
}
END_TEST

START_TEST(each_option_is_in_its_file)
{
    struct site site = new_site();
    struct running *running =
        start_waiting(&site, WAITS,
                      OPTIONS("--memory", "64m", "--memory-swap", "96m", "--cpus", "0.5", "--pids-limit",
                              "20", "--cpuset-cpus", "0", "--io-weight", "50"));

    assert_file("memory.max", "67108864\n");
    assert_file("memory.swap.max", "33554432\n");
    assert_file("cpu.max", "50000 100000\n");
    assert_file("pids.max", "20\n");
    assert_file("cpuset.cpus", "0\n");
    assert_file("io.weight", "default 50\n");
    end(running);
    running = start_waiting(
        &site, WAITS,
        OPTIONS("--memory", "0", "--cpus", "0", "--memory-swap", "-1", "--blkio-weight", "500"));
    assert_file("memory.max", "max\n");
    assert_file("memory.swap.max", "max\n");
    assert_file("cpu.max", "max 100000\n");
    assert_file("io.weight", "default 4950\n");
    end(running);
    ck_assert_int_eq(count_cgroups(), 0);
}
END_TEST

START_TEST(a_memory_hog_is_killed_with_all_that_is_there)
{
    struct site site = new_site();
    struct outcome o = RUN_SITE(&site, HOG "; echo survived", "--memory", "64m", "--cpus", "0");

    assert_outcome(&o, 137, "");
    ck_assert_contains(
        o.err, "gocker: out of memory: the kernel killed the container at its limit of 64 MiB (--memory)\n");
    ck_assert_int_eq(count_cgroups(), 0);
}
END_TEST

START_TEST(who_stays_below_the_limit_hears_nothing)
{
    struct site site = new_site();
    struct outcome o = RUN_SITE(&site, "sh -c 'kill -9 $$'; exit $?", "--memory", "64m", "--cpus", "0");

    ck_assert_int_eq(o.status, 137); /* as after want of memory, but nobody may say so */
    ck_assert_msg(!strstr(o.err, "gocker:"), "wanted no word of gocker's, got %s", o.err);
    o = RUN_SITE(&site, "echo in six", "--memory", "6m", "--cpus", "0");
    assert_outcome(&o, 0, "in six\n");
    ck_assert_str_eq(o.err, "");
}
END_TEST

static double now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double used_s(const char *cgroup)
{
    const char *usage = strstr(get_file(cgroup, "cpu.stat"), "usage_usec ");

    ck_assert_ptr_nonnull(usage);
    return strtod(usage + strlen("usage_usec "), NULL) / 1e6;
}

/* Which share of a CPU a busy loop gets. */
static double share_of(const char *const *options)
{
    struct site site = new_site();
    struct running *running =
        start_waiting(&site, "trap 'exit 5' TERM; echo ready; while :; do :; done", options);
    const char *cgroup = only_cgroup();
    double began_s = now_s(), before_s = used_s(cgroup), share;

    sleep(4);
    share = (used_s(cgroup) - before_s) / (now_s() - began_s);
    end(running);
    ck_assert_int_eq(count_cgroups(), 0);
    return share;
}

START_TEST(a_busy_loop_gets_a_tenth_of_a_cpu)
{
    double share = share_of(OPTIONS());

    ck_assert_msg(share > 0.04 && share < 0.2, "wanted about 0.1 of a CPU, got %.3f", share);
}
END_TEST

START_TEST(cpus_is_the_share_that_a_busy_loop_gets)
{
    double half = share_of(OPTIONS("--cpus", "0.5"));
    double all = share_of(OPTIONS("--cpus", "0"));

    ck_assert_msg(half > 0.25 && half < 0.65, "wanted about 0.5 of a CPU, got %.3f", half);
    ck_assert_msg(all > 0.65, "wanted nearly all of a CPU, got %.3f", all);
}
END_TEST

START_TEST(a_fork_bomb_stays_below_its_limit)
{
    struct site site = new_site();
    struct running *running =
        start_waiting(&site, "(f() { f | f & }; f) 2>/dev/null; sleep 1; echo ready; sleep 100",
                      OPTIONS("--pids-limit", "20", "--cpus", "0"));
    long count = strtol(get_file(only_cgroup(), "pids.current"), NULL, 10);
    struct outcome o;

    ck_assert_msg(count >= 2 && count <= 20, "wanted at most 20 processes, got %ld", count);
    o = RUN("true"); /* the machine has room for others */
    ck_assert_int_eq(o.status, 0);
    kill(running_pid(running),
         SIGTERM); /* sleep is not in the shell's way: it is process 1, and has no handler */
    kill(running_pid(running), SIGKILL);
    finish(running);
    o = RUN_SITE(&site, "true", "--cpus", "0"); /* removes what that one left */
    ck_assert_int_eq(o.status, 0);
    ck_assert_int_eq(count_cgroups(), 0);
}
END_TEST

START_TEST(forks_that_were_refused_are_told)
{
    struct site site = new_site();
    struct outcome o = RUN_SITE(&site, "(f() { f | f & }; f) 2>/dev/null; sleep 1; echo alive",
                                "--pids-limit", "20", "--cpus", "0", "--stats");

    assert_outcome(&o, 0, "alive\n");
    ck_assert_contains(o.err, "forks were refused at the limit of 20 (--pids-limit)\n");
    ck_assert_contains(o.err, "  processes at once 20 (limit: 20)\n");
    ck_assert_int_eq(count_cgroups(), 0);
}
END_TEST

START_TEST(cpuset_is_what_the_program_may_run_on)
{
    struct site site = new_site();
    _cleanup_free_ char *last = formatted("%d", get_nprocs() - 1);
    _cleanup_free_ char *wanted = formatted("Cpus_allowed_list:\t%s\n", last);
    _cleanup_free_ char *too_many = formatted("0-%d", get_nprocs());
    struct outcome o =
        RUN_SITE(&site, "grep Cpus_allowed_list /proc/self/status", "--cpuset-cpus", last, "--cpus", "0");

    assert_outcome(&o, 0, wanted);
    o = RUN_SITE(&site, "true", "--cpuset-cpus", too_many);
    assert_outcome(&o, 125, "");
    ck_assert_contains(o.err, "gocker: prepare cgroup: --cpuset-cpus: ");
    ck_assert_contains(o.err, "only 0");
    ck_assert_contains(o.err, "can be had");
    ck_assert_int_eq(count_cgroups(), 0);
}
END_TEST

/* What is behind NAME in the block of --stats. */
static const char *statistic(const struct outcome *o, const char *name)
{
    _cleanup_free_ char *line = formatted("\n  %-17s ", name);
    const char *found = strstr(o->err, line);

    ck_assert_msg(found, "no \"%s\" in\n%s", name, o->err);
    return found + strlen(line);
}

START_TEST(stats_say_what_was_used)
{
    struct site site = new_site();
    struct outcome o = RUN_SITE(&site,
                                "dd if=/dev/zero of=/dev/null bs=20M count=1 2>/dev/null; i=0; "
                                "while [ $i -lt 3000 ]; do i=$((i + 1)); done",
                                "--stats", "--memory", "64m", "--cpus", "0.2");
    double mebibytes, cpu, throttled;
    long held, periods;
    char *end;

    assert_outcome(&o, 0, "");
    ck_assert(starts_with(o.err, "gocker: the container used\n"));
    mebibytes = strtod(statistic(&o, "memory, at most"), &end);
    ck_assert_msg(starts_with(end, " MiB (limit: 64 MiB)\n"), "%s", o.err);
    ck_assert_msg(mebibytes >= 20 && mebibytes <= 64, "wanted 20 to 64 MiB, got %g", mebibytes);
    cpu = strtod(statistic(&o, "CPU time"), NULL);
    ck_assert_msg(cpu > 0, "wanted some CPU time, got %s", o.err);
    throttled = strtod(statistic(&o, "throttled"), &end);
    end = strstr(end, "s, in ");
    ck_assert_msg(end, "%s", o.err);
    held = strtol(end + strlen("s, in "), &end, 10);
    ck_assert_msg(starts_with(end, " of "), "%s", o.err);
    periods = strtol(end + strlen(" of "), &end, 10);
    ck_assert_msg(starts_with(end, " periods\n"), "%s", o.err);
    ck_assert_msg(throttled > 0 && held > 0 && periods >= held, "wanted some throttling, got %s", o.err);
}
END_TEST

START_TEST(cgroups_that_the_container_made_go_with_it)
{
    struct site site = new_site();
    struct outcome o = RUN_SITE(
        &site,
        "mount -t cgroup2 none /m && cd /m/gocker-* && mkdir -p a/b && echo 0 >a/b/cgroup.procs && " WHERE,
        "--tmpfs", "/m", "--cpus", "0", "--memory", "0");

    ck_assert_msg(o.status == 0, "status %d: %s", o.status, o.err);
    ck_assert_contains(o.out, "/a/b\n");
    ck_assert_msg(count_cgroups() == 0, "wanted no cgroup left behind, got %d; standard error:\n%s",
                  count_cgroups(), o.err);
}
END_TEST

/* Run gocker as in a container with a cgroup namespace, where the top of what is seen is a cgroup with processes: gocker, and
 * one more where CROWDED. */
static struct outcome run_in_namespace(const struct site *site, bool crowded)
{
    _cleanup_free_ char *cgroup = formatted("%s/test-%d", cgroup_tree(), (int)getpid());
    _cleanup_free_ char *host = formatted("%s/gocker-host", cgroup);
    _cleanup_free_ char *script = formatted(
        "echo $$ >%s/cgroup.procs && exec unshare --cgroup --mount sh -c '"
        "umount -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup && exec \"$@\"' sh \"$@\"",
        cgroup);
    const char *argv[80] = { "sh", "-c", script, "sh" };
    const char *const *rest = site_argv(site, OPTIONS("--memory", "64m", "--cpus", "0"), WHERE);
    struct outcome o;
    pid_t other = 0;
    size_t count = 4;

    for (; *rest; rest++)
        argv[count++] = *rest;
    ck_assert_msg(mkdir(cgroup, 0755) == 0, "mkdir %s: %m", cgroup);
    if (crowded)
        other = sleeper_in(cgroup);
    o = run_how(&site->how, argv);
    if (crowded) {
        kill(other, SIGKILL);
        waitpid(other, NULL, 0);
    }
    rmdir(host); /* gocker's, where it made room */
    ck_assert_msg(rmdir(cgroup) == 0, "rmdir %s: %m", cgroup);
    return o;
}

START_TEST(at_the_top_of_a_namespace_there_may_be_no_others)
{
    struct site site = new_site();
    struct outcome o = run_in_namespace(&site, true);

    assert_outcome(&o, 125, "");
    ck_assert_contains(o.err, "gocker: prepare cgroup: --memory: the memory controller: 2 processes are in "
                              "/sys/fs/cgroup, and only a cgroup without any may give its controllers");
}
END_TEST

START_TEST(alone_at_the_top_of_a_namespace_gocker_makes_room)
{
    struct site site = new_site();
    struct outcome o = run_in_namespace(&site, false);

    ck_assert_msg(o.status == 0, "status %d: %s", o.status, o.err);
    ck_assert_contains(o.out, "0::/gocker-");
    ck_assert_str_eq(o.err, "");
}
END_TEST

START_TEST(two_hundred_containers_leave_nothing)
{
    static const struct isolation *const list[] = { &isolate_cgroup, NULL };

    for (unsigned i = 0; i < 200; i++) {
        char id[13];
        struct container c = { .id = id };
        struct error err = { 0 };
        int status = -1;

        snprintf(id, sizeof id, "%012x", i);
        strv_add(&c.process.args, "/bin/true");
        ck_assert_msg(container_run(&c, list, &clone_launcher, &status, &err) == 0, "%u: %s", i, err.text);
        ck_assert_int_eq(status, 0);
        container_free(&c);
    }
    ck_assert_int_eq(count_cgroups(), 0);
}
END_TEST

#define MACHINE (NEED_ROOT | NEED_MACHINE)

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { defaults_are_in_force_before_the_first_instruction, MACHINE, 0 },
        { each_option_is_in_its_file, MACHINE, 0 },
        { a_memory_hog_is_killed_with_all_that_is_there, MACHINE, 0 },
        { who_stays_below_the_limit_hears_nothing, MACHINE | NEED_NATIVE, 0 },
        { a_busy_loop_gets_a_tenth_of_a_cpu, MACHINE, 0 },
        { cpus_is_the_share_that_a_busy_loop_gets, MACHINE, 0 },
        { a_fork_bomb_stays_below_its_limit, MACHINE, 0 },
        { forks_that_were_refused_are_told, MACHINE, 0 },
        { cpuset_is_what_the_program_may_run_on, MACHINE, 0 },
        { stats_say_what_was_used, MACHINE, 0 },
        { cgroups_that_the_container_made_go_with_it, MACHINE, 0 },
        { at_the_top_of_a_namespace_there_may_be_no_others, MACHINE, 0 },
        { alone_at_the_top_of_a_namespace_gocker_makes_room, MACHINE, 0 },
        { two_hundred_containers_leave_nothing, MACHINE, 60 },
    };

    return RUN_TESTS("07-cgroups/bite", tests, argc, argv);
}
