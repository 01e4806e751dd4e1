/* 07.1: the answers are what the files say, and what the kernel does here and now. */
#include "exercise.h"

#include "cgroup_file.h"
#include "cleanup.h"
#include "keep.h"
#include "str.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* From the worker to the top. */
static const char *const way[] = { "shop/web/worker", "shop/web", "shop" };
#define WAY (sizeof way / sizeof *way)

static int open_cgroup(const char *name)
{
    int fd = open(exercise_file(keep(formatted("tree/%s", name))), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    ck_assert_msg(fd >= 0, "the check could not open tree/%s", name);
    return fd;
}

static int64_t number(const char *cgroup, const char *file, const char *key)
{
    _cleanup_close_ int fd = open_cgroup(cgroup);

    return cgroup_number(fd, file, key);
}

static bool has_word(const char *cgroup, const char *file, const char *word)
{
    _cleanup_close_ int fd = open_cgroup(cgroup);

    return cgroup_has_word(fd, file, word);
}

static const char *in_digits(int64_t value)
{
    return keep(formatted("%" PRId64, value));
}

static const char *yes_or_no(bool is)
{
    return is ? "yes" : "no";
}

START_TEST(smallest_memory_limit_counts)
{
    int64_t least = INT64_MAX;

    for (size_t i = 0; i < WAY; i++) {
        int64_t bytes = number(way[i], "memory.max", "");

        if (bytes >= 0 && bytes < least)
            least = bytes;
    }
    want_answer("bytes", in_digits(least), "the smallest memory.max on the way to the top");
}
END_TEST

START_TEST(smallest_share_of_a_cpu_counts)
{
    double least = 100;

    for (size_t i = 0; i < WAY; i++) {
        const char *text = get_file(exercise_file(keep(formatted("tree/%s", way[i]))), "cpu.max");
        char *end;
        double quota = strtod(text, &end), period = strtod(end, NULL);

        if (end > text && quota * 100 / period < least)
            least = quota * 100 / period;
    }
    want_answer("percent", in_digits((int64_t)least), "the smallest of quota by period, from cpu.max");
}
END_TEST

START_TEST(throttled_periods_are_a_share_of_all)
{
    int64_t held = number(way[0], "cpu.stat", "nr_throttled");

    want_answer("held back", in_digits(held * 100 / number(way[0], "cpu.stat", "nr_periods")),
                "a share of two numbers in the worker's cpu.stat");
}
END_TEST

START_TEST(killed_ones_are_counted_where_they_were)
{
    want_answer("killed", in_digits(number(way[0], "memory.events", "oom_kill")),
                "a number in the worker's memory.events");
}
END_TEST

START_TEST(reached_limit_may_be_one_above)
{
    size_t i = 0;

    while (i + 1 < WAY && number(way[i], "memory.events", "oom") == 0)
        i++;
    want_answer("limit of", way[i], "where memory.events begins to count oom");
}
END_TEST

START_TEST(whoever_hands_on_has_no_processes)
{
    bool hands_on = has_word(way[1], "cgroup.subtree_control", "memory");

    want_answer("moves to web", yes_or_no(!hands_on), "whether web hands controllers on");
}
END_TEST

START_TEST(controller_comes_from_above)
{
    want_answer("pids limit", yes_or_no(has_word(way[1], "cgroup.subtree_control", "pids")),
                "whether the worker has that controller");
}
END_TEST

/* A process that waits for its end, in the background; or one that has ended, where it has a parent that does not wait. */
static pid_t start_child(bool ends_at_once)
{
    pid_t pid = fork();

    ck_assert_int_ge(pid, 0);
    if (pid == 0 && !ends_at_once)
        pause();
    if (pid == 0)
        _exit(0);
    return pid;
}

static void move(const char *cgroup, pid_t pid)
{
    _cleanup_close_ int fd = open(cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct error err;

    ck_assert_msg(cgroup_write(fd, "cgroup.procs", in_digits(pid), &err) == 0, "%s", err.text);
}

static bool is_in(const char *cgroup, pid_t pid)
{
    const char *line = strstr(get_file("/proc", keep(formatted("%d/cgroup", (int)pid))), "0::");
    const char *name = strrchr(cgroup, '/');

    return line && strstr(line, name);
}

START_TEST(child_of_before_stays_where_it_is)
{
    const char *cgroup = scratch_cgroup();
    int status, seen[2];
    pid_t parent, child;

    ck_assert_int_eq(pipe2(seen, O_CLOEXEC), 0);
    parent = fork();
    ck_assert_int_ge(parent, 0);
    if (parent == 0) {
        child = start_child(false);
        move(cgroup, getpid());
        dprintf(seen[1], "%d", is_in(cgroup, getpid()) + 2 * is_in(cgroup, child));
        kill(child, SIGKILL);
        _exit(waitpid(child, NULL, 0) != child);
    }
    ck_assert_int_eq(waitpid(parent, &status, 0), parent);
    char digit = '0';
    ck_assert_msg(read(seen[0], &digit, 1) == 1 && (digit - '0') % 2 == 1,
                  "the check could not move a process");
    want_answer("child moves", yes_or_no(digit == '3'), "whether the lines of both are the same");
}
END_TEST

START_TEST(zombie_is_not_in_the_way)
{
    const char *cgroup = scratch_cgroup();
    pid_t pid = start_child(false);
    siginfo_t info;
    bool gone;

    move(cgroup, pid);
    kill(pid, SIGKILL);
    ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    gone = rmdir(cgroup) == 0;
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    want_answer("zombie's cgroup goes", yes_or_no(gone), "whether rmdir succeeds");
}
END_TEST

int main(void)
{
    const struct test tests[] = {
        { smallest_memory_limit_counts, 0, 0 },
        { smallest_share_of_a_cpu_counts, 0, 0 },
        { throttled_periods_are_a_share_of_all, 0, 0 },
        { killed_ones_are_counted_where_they_were, 0, 0 },
        { reached_limit_may_be_one_above, 0, 0 },
        { whoever_hands_on_has_no_processes, 0, 0 },
        { controller_comes_from_above, 0, 0 },
        { child_of_before_stays_where_it_is, NEED_CGROUPS, 0 },
        { zombie_is_not_in_the_way, NEED_CGROUPS, 0 },
    };

    return RUN_EXERCISE(tests);
}
