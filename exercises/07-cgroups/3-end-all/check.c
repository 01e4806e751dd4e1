/* 07.3: cgroups of the test's own, with processes that end as they are asked, late, or not at all. */
#include "exercise.h"

#include "cgroup_file.h"
#include "cleanup.h"
#include "end_all.h"
#include "keep.h"
#include "str.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What the processes of a test tell it. */
static struct told {
    volatile int asked;   /* how many got SIGTERM */
    volatile int tidied;  /* how many were done with what they do then */
    volatile int started; /* how many are ready */
    volatile int hops;    /* how often one has started the next */
    volatile int tired;   /* who forks on and on has given up */
} * told;

static volatile int takes_ms;

static int open_cgroup(const char *cgroup)
{
    int fd = open(cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    ck_assert_msg(fd >= 0, "the check could not open %s", cgroup);
    if (!told) {
        told = mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        ck_assert_ptr_ne(told, MAP_FAILED);
    }
    return fd;
}

static void go_into(int cgroup_fd)
{
    struct error err;

    if (cgroup_write(cgroup_fd, "cgroup.procs", "0", &err) < 0)
        _exit(1);
}

static void on_term(int number)
{
    (void)number;
    __sync_fetch_and_add(&told->asked, 1);
    usleep((useconds_t)takes_ms * 1000);
    __sync_fetch_and_add(&told->tidied, 1);
    if (takes_ms >= 0)
        _exit(0);
}

/* A process in the cgroup that ends MS milliseconds after SIGTERM; -1: that takes note of it only. */
static void start_in(int cgroup_fd, int ms)
{
    int before = told->started;
    pid_t pid = fork();

    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        const struct sigaction action = { .sa_handler = on_term };

        takes_ms = ms;
        sigaction(SIGTERM, &action, NULL);
        go_into(cgroup_fd);
        __sync_fetch_and_add(&told->started, 1);
        for (;;)
            pause();
    }
    for (int tries = 0; tries < 1000 * SLOWDOWN && told->started == before; tries++)
        usleep(1000);
    ck_assert_msg(told->started > before, "the check could not start a process in the cgroup");
}

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* What end_all returns; a failure is told with its own words. */
static int ended(int fd, int grace_ms)
{
    struct error err = { 0 };
    int result = end_all(fd, grace_ms, &err);

    ck_assert_msg(result >= 0, "end_all: wanted 0 or 1, got %d: %s", result, err.text);
    return result;
}

static void want_empty(int fd)
{
    ck_assert_msg(cgroup_number(fd, "cgroup.events", "populated") == 0,
                  "end_all has returned: wanted \"populated 0\", got processes that are still there");
}

/* The processes are this one's children. */
static void bury(void)
{
    while (waitpid(-1, NULL, 0) > 0)
        continue;
}

START_TEST(processes_are_asked_to_end)
{
    _cleanup_close_ int fd = open_cgroup(scratch_cgroup());

    start_in(fd, 0);
    start_in(fd, 0);
    want_int(ended(fd, 3000), 0);
    want_empty(fd);
    want_int(told->asked, 2);
    bury();
}
END_TEST

START_TEST(empty_cgroup_is_done)
{
    _cleanup_close_ int fd = open_cgroup(scratch_cgroup());
    int64_t began_ms = now_ms();

    want_int(ended(fd, 2000), 0);
    ck_assert_msg(now_ms() - began_ms < 1000,
                  "wanted an empty cgroup to be done at once, got a wait of %d ms",
                  (int)(now_ms() - began_ms));
}
END_TEST

START_TEST(tidying_up_has_its_time)
{
    _cleanup_close_ int fd = open_cgroup(scratch_cgroup());

    start_in(fd, 300);
    want_int(ended(fd, 3000), 0);
    want_int(told->tidied, 1);
    bury();
}
END_TEST

START_TEST(end_is_noticed_when_it_comes)
{
    _cleanup_close_ int fd = open_cgroup(scratch_cgroup());
    int64_t began_ms = now_ms();

    start_in(fd, 100);
    ended(fd, 3000);
    ck_assert_msg(now_ms() - began_ms < 1500,
                  "the last process ended after 100 ms: wanted no longer wait, got %d ms",
                  (int)(now_ms() - began_ms));
    bury();
}
END_TEST

START_TEST(deaf_ones_are_killed)
{
    _cleanup_close_ int fd = open_cgroup(scratch_cgroup());

    start_in(fd, -1);
    start_in(fd, 0);
    want_int(ended(fd, 200), 1);
    want_int(told->asked, 2);
    bury();
}
END_TEST

START_TEST(return_comes_after_the_end)
{
    _cleanup_close_ int fd = open_cgroup(scratch_cgroup());

    for (int i = 0; i < 20; i++)
        start_in(fd, -1);
    want_int(ended(fd, 0), 1);
    want_empty(fd);
    bury();
}
END_TEST

START_TEST(cgroups_below_count)
{
    const char *cgroup = scratch_cgroup(), *deep = keep(formatted("%s/below/deep", cgroup));
    _cleanup_close_ int fd = open_cgroup(cgroup), below = -1;

    ck_assert_int_eq(mkdir(keep(formatted("%s/below", cgroup)), 0755), 0);
    ck_assert_int_eq(mkdir(keep(formatted("%s/beside", cgroup)), 0755), 0);
    ck_assert_int_eq(mkdir(deep, 0755), 0);
    below = open_cgroup(deep);
    start_in(below, 0);
    start_in(fd, 0);
    want_int(ended(fd, 3000), 0);
    want_int(told->asked, 2);
    bury();
}
END_TEST

#define MOST_HOPS   20000
#define STACK_BYTES 16384

static char stacks[64][STACK_BYTES] __attribute__((aligned(16)));

/* Start the next one like this, and end. They share their memory, so that the next one is there within microseconds; the
 * stack of the last but 63 is free again. */
__attribute__((no_sanitize("address", "undefined"))) static int hop(void *unused)
{
    if (++told->hops < MOST_HOPS)
        clone(hop, stacks[told->hops % 64] + STACK_BYTES, CLONE_VM | SIGCHLD, unused);
    else
        told->tired = 1;
    syscall(SYS_exit, 0);
    return 0;
}

START_TEST(whoever_forks_on_is_caught)
{
    const char *cgroup = scratch_cgroup();
    _cleanup_close_ int fd = open_cgroup(cgroup);
    pid_t pid;

    for (int i = 0; i < 300; i++) /* whoever makes a list needs a while: as with many processes */
        ck_assert_int_eq(mkdir(keep(formatted("%s/%d", cgroup, i)), 0755), 0);
    signal(SIGCHLD, SIG_IGN); /* thousands come; the kernel buries them */
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        signal(SIGTERM, SIG_IGN);
        go_into(fd);
        hop(NULL);
    }
    while (told->hops < 500) /* it has become fast: each stack has been used */
        usleep(100);
    want_int(ended(fd, 20), 1);
    ck_assert_msg(
        !told->tired,
        "a process that forks the next one and ends: wanted it to be caught, got it tired by itself");
    want_empty(fd);
    bury();
}
END_TEST

/* The number 0 in cgroup.procs: seen from a PID namespace of its own, the process outside has none. */
static int end_from_namespace(int fd)
{
    int status;
    pid_t outer = fork();

    if (outer == 0) {
        setsid(); /* a signal to 0 shall not get to the check */
        if (unshare(CLONE_NEWPID) < 0)
            _exit(100);
        pid_t inner = fork();
        if (inner == 0) {
            struct error err = { 0 };

            signal(SIGTERM, SIG_DFL);
            _exit(end_all(fd, 100, &err) == 1 ? 0 : 101);
        }
        waitpid(inner, &status, 0);
        _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 102);
    }
    ck_assert_int_eq(waitpid(outer, &status, 0), outer);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

START_TEST(number_0_is_nobody_to_ask)
{
    _cleanup_close_ int fd = open_cgroup(scratch_cgroup());
    int status;

    start_in(fd, -1);
    status = end_from_namespace(fd);
    ck_assert_msg(status != 128 + SIGTERM,
                  "cgroup.procs shows a 0: wanted the caller to live, got SIGTERM to its own process group");
    ck_assert_msg(status == 0, "cgroup.procs shows a 0: wanted 1 from end_all, and the process killed (%d)",
                  status);
    want_int(told->asked, 0);
    bury();
}
END_TEST

/* The calling process goes in, too. It is not the test's: that must survive. */
START_TEST(caller_inside_is_an_error)
{
    const char *cgroup = scratch_cgroup(), *below = keep(formatted("%s/below", cgroup));
    _cleanup_close_ int fd = open_cgroup(cgroup), inner = -1;
    int status;
    pid_t pid;

    ck_assert_int_eq(mkdir(below, 0755), 0);
    inner = open_cgroup(below);
    start_in(fd, -1);
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        struct error err = { 0 };

        go_into(inner);
        _exit(end_all(fd, 100, &err) == -1 && err.number == EDEADLK ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_msg(WIFEXITED(status), "the caller is inside: wanted it to live, got signal %d",
                  WTERMSIG(status));
    ck_assert_msg(WEXITSTATUS(status) == 0,
                  "the caller is inside: wanted -1 and EDEADLK, got something else");
    ck_assert_msg(told->asked == 0 && cgroup_number(fd, "cgroup.events", "populated") == 1,
                  "the caller is inside: wanted no signal to anybody, got one");
    cgroup_write(fd, "cgroup.kill", "1", &(struct error){ 0 });
    bury();
}
END_TEST

int main(void)
{
    const struct test tests[] = {
        { processes_are_asked_to_end, NEED_CGROUPS, 0 }, { empty_cgroup_is_done, NEED_CGROUPS, 0 },
        { tidying_up_has_its_time, NEED_CGROUPS, 0 },    { end_is_noticed_when_it_comes, NEED_CGROUPS, 0 },
        { deaf_ones_are_killed, NEED_CGROUPS, 0 },       { return_comes_after_the_end, NEED_CGROUPS, 0 },
        { cgroups_below_count, NEED_CGROUPS, 0 },        { whoever_forks_on_is_caught, NEED_CGROUPS, 15 },
        { number_0_is_nobody_to_ask, NEED_CGROUPS, 0 },  { caller_inside_is_an_error, NEED_CGROUPS, 0 },
    };

    return RUN_EXERCISE(tests);
}
