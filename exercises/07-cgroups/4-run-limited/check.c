/* 07.4: programs run in cgroups of the test's own. */
#include "exercise.h"

#include "cgroup_file.h"
#include "cleanup.h"
#include "keep.h"
#include "run_limited.h"
#include "str.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAME "mine"

static const struct setting none[] = { { 0 } };

/* A cgroup in which others are made, and what there is before. */
struct place {
    const char *cgroup;
    int fd, descriptors;
};

static int count_descriptors(void)
{
    _cleanup_closedir_ DIR *list = opendir("/proc/self/fd");
    int count = 0;

    ck_assert_ptr_nonnull(list);
    while (readdir(list))
        count++;
    return count;
}

static struct place new_place(void)
{
    struct place place = { .cgroup = scratch_cgroup() };

    place.fd = open(place.cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ck_assert_int_ge(place.fd, 0);
    place.descriptors = count_descriptors();
    return place;
}

/* Nothing is left, whatever happened. */
static void finished(struct place place)
{
    siginfo_t child = { 0 };

    ck_assert_msg(access(keep(formatted("%s/" NAME, place.cgroup)), F_OK) < 0,
                  "wanted the cgroup to be gone, got one that is there");
    ck_assert_msg(count_descriptors() == place.descriptors, "wanted %d descriptors open, as before, got %d",
                  place.descriptors, count_descriptors());
    ck_assert_msg(waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) < 0 && errno == ECHILD,
                  "wanted no child, got one: %d", (int)child.si_pid);
    close(place.fd);
}

/* Run the shell's SCRIPT. The directory of the test's is $0, the cgroup's $1. */
static struct result run_script(struct place place, const char *directory, const char *script,
                                const struct setting *settings)
{
    char *const argv[] = { "sh", "-c", (char *)script, (char *)directory, (char *)place.cgroup, NULL };
    struct result result = { .status = -1, .usage_us = -1 };
    struct error err = { 0 };

    if (run_limited(place.fd, NAME, argv, settings, &result, &err) < 0)
        ck_abort_msg("run_limited: wanted 0, got -1: %s", err.text);
    return result;
}

static int error_of(struct place place, const char *program, const struct setting *settings)
{
    char *const argv[] = { (char *)program, NULL };
    struct result result = { 0 };
    struct error err = { 0 };

    return run_limited(place.fd, NAME, argv, settings, &result, &err) < 0 ? err.number : 0;
}

START_TEST(program_runs_in_the_cgroup)
{
    struct place place = new_place();
    const char *directory = scratch(), *name = strrchr(place.cgroup, '/');

    want_int(run_script(place, directory, "grep 0:: /proc/self/cgroup >$0/cgroup", none).status, 0);
    want_text(get_file(directory, "cgroup"), keep(formatted("0::%s/" NAME "\n", name)));
    finished(place);
}
END_TEST

/* What was true at the moment at which the process came to be, before it ran at all. */
struct birth {
    const char *cgroup, *descendants; /* its cgroup; what the setting says there */
};

static struct birth look_at_birth(struct place place, pid_t child)
{
    struct birth birth = { .descendants = "no cgroup" };
    const char *line = strstr(get_file("/proc", keep(formatted("%d/cgroup", (int)child))), "0::");

    birth.cgroup = line ? keep(must_strndup(line, strcspn(line, "\n"))) : "none";
    if (access(keep(formatted("%s/" NAME, place.cgroup)), F_OK) == 0)
        birth.descendants = get_file(place.cgroup, NAME "/cgroup.max.descendants");
    return birth;
}

/* Run the function in a process that is stopped when it starts one. ptrace(2). */
static struct birth first_birth(struct place place, const struct setting *settings)
{
    char *const argv[] = { "true", NULL };
    struct birth birth = { .cgroup = "no process was started", .descendants = "no process was started" };
    unsigned long child = 0;
    int status;
    pid_t caller = fork();

    ck_assert_int_ge(caller, 0);
    if (caller == 0) {
        struct result result;
        struct error err;

        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        raise(SIGSTOP);
        _exit(run_limited(place.fd, NAME, argv, settings, &result, &err) < 0);
    }
    ck_assert_int_eq(waitpid(caller, &status, 0), caller);
    ptrace(PTRACE_SETOPTIONS, caller, NULL,
           (long)(PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL));
    ptrace(PTRACE_CONT, caller, NULL, NULL);
    while (waitpid(caller, &status, __WALL) == caller && WIFSTOPPED(status)) {
        bool event = status >> 16 != 0;

        if (event && child == 0 && ptrace(PTRACE_GETEVENTMSG, caller, NULL, &child) == 0) {
            birth = look_at_birth(place, (pid_t)child);
            waitpid((pid_t)child, NULL, __WALL);
            ptrace(PTRACE_DETACH, (pid_t)child, NULL, NULL);
        }
        ptrace(PTRACE_CONT, caller, NULL, (long)(event ? 0 : WSTOPSIG(status)));
    }
    return birth;
}

START_TEST(process_is_born_inside)
{
    struct place place = new_place();

    want_text(first_birth(place, none).cgroup, keep(formatted("0::%s/" NAME, strrchr(place.cgroup, '/'))));
    finished(place);
}
END_TEST

START_TEST(settings_are_there_before_the_process)
{
    const struct setting settings[] = { { "cgroup.max.depth", "2" },
                                        { "cgroup.max.descendants", "3" },
                                        { 0 } };
    struct place place = new_place();

    want_text(first_birth(place, settings).descendants, "3\n");
    finished(place);
}
END_TEST

START_TEST(status_is_the_programs)
{
    struct place place = new_place();

    want_int(run_script(place, "", "exit 7", none).status, 7);
    want_int(run_script(place, "", "kill -KILL $$", none).status, 128 + SIGKILL);
    finished(place);
}
END_TEST

/* It is nobody's child in there, so only the cgroup has counted its time. */
START_TEST(time_is_counted_with_that_of_all)
{
    struct place place = new_place();
    int64_t nothing_us = run_script(place, "", ":", none).usage_us;
    int64_t work_us = run_script(place, scratch(),
                                 "mkfifo $0/done; ((i=0; while [ $i -lt 300000 ]; do i=$((i + 1)); done;"
                                 " echo >$0/done) &); read -r line <$0/done",
                                 none)
                          .usage_us;

    ck_assert_msg(nothing_us > 0, "wanted the time of a program to be more than 0, got %lld",
                  (long long)nothing_us);
    ck_assert_msg(
        work_us > nothing_us + 40000,
        "a child counts to 300000: wanted its time to be in the sum, got %lld us, where a program that does nothing takes %lld",
        (long long)work_us, (long long)nothing_us);
    while (waitpid(-1, NULL, 0) > 0)
        continue;
    finished(place);
}
END_TEST

START_TEST(what_the_program_leaves_ends)
{
    struct place place = new_place();
    const char *directory = scratch();
    pid_t pid;

    run_script(place, directory, "trap '' TERM; sleep 100 >/dev/null 2>&1 & echo $! >$0/pid", none);
    pid = (pid_t)strtol(get_file(directory, "pid"), NULL, 10);
    ck_assert_msg(waitpid(pid, NULL, WNOHANG) != 0,
                  "a process that the program left: wanted it to be ended, got one that runs");
    finished(place);
}
END_TEST

START_TEST(program_that_is_not_there_is_an_error)
{
    struct place place = new_place();

    want_int(error_of(place, "/nowhere/program", none), ENOENT);
    finished(place);
}
END_TEST

START_TEST(program_that_cannot_be_executed_is_another)
{
    struct place place = new_place();
    const char *directory = scratch();

    put_file(directory, "plain", "no program\n");
    want_int(error_of(place, keep(formatted("%s/plain", directory)), none), EACCES);
    finished(place);
}
END_TEST

START_TEST(setting_that_is_not_there_is_an_error)
{
    const struct setting settings[] = { { "cgroup.max.depth", "2" }, { "nonsense.max", "5" }, { 0 } };
    struct place place = new_place();

    want_int(error_of(place, "true", settings), ENOENT);
    finished(place);
}
END_TEST

START_TEST(setting_that_is_refused_is_an_error)
{
    const struct setting settings[] = { { "cgroup.max.depth", "many" }, { 0 } };
    struct place place = new_place();
    int number = error_of(place, "true", settings);

    ck_assert_msg(number == EINVAL || number == ERANGE, "cgroup.max.depth \"many\": wanted EINVAL, got %d",
                  number);
    finished(place);
}
END_TEST

START_TEST(cgroup_of_that_name_is_left_alone)
{
    const struct setting settings[] = { { "cgroup.max.depth", "2" }, { 0 } };
    struct place place = new_place();
    const char *theirs = keep(formatted("%s/" NAME, place.cgroup));

    ck_assert_int_eq(mkdir(theirs, 0755), 0);
    want_int(error_of(place, "true", settings), EEXIST);
    ck_assert_msg(access(theirs, F_OK) == 0,
                  "somebody else's cgroup of that name: wanted it to stay, got it removed");
    want_text(get_file(theirs, "cgroup.max.depth"), "max\n");
    ck_assert_int_eq(rmdir(theirs), 0);
    finished(place);
}
END_TEST

#define SHOW_OPEN                                                                                            \
    "for fd in 3 4 5 6 7 8 9; do [ ! -e /proc/$$/fd/$fd ] || readlink /proc/$$/fd/$fd; done >$0/open"

/* The same as when the check itself runs it. */
START_TEST(program_has_no_descriptor_of_ours)
{
    struct place place = new_place();
    const char *before = scratch(), *directory = scratch();
    pid_t pid = fork();

    if (pid == 0) {
        execlp("sh", "sh", "-c", SHOW_OPEN, before, NULL);
        _exit(127);
    }
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    run_script(place, directory, SHOW_OPEN, none);
    want_text(get_file(directory, "open"), get_file(before, "open"));
    finished(place);
}
END_TEST

int main(void)
{
    const struct test tests[] = {
        { program_runs_in_the_cgroup, NEED_CGROUPS, 0 },
        { process_is_born_inside, NEED_CGROUPS, 0 },
        { settings_are_there_before_the_process, NEED_CGROUPS, 0 },
        { status_is_the_programs, NEED_CGROUPS, 0 },
        { time_is_counted_with_that_of_all, NEED_CGROUPS, 0 },
        { what_the_program_leaves_ends, NEED_CGROUPS, 0 },
        { program_that_is_not_there_is_an_error, NEED_CGROUPS, 0 },
        { program_that_cannot_be_executed_is_another, NEED_CGROUPS, 0 },
        { setting_that_is_not_there_is_an_error, NEED_CGROUPS, 0 },
        { setting_that_is_refused_is_an_error, NEED_CGROUPS, 0 },
        { cgroup_of_that_name_is_left_alone, NEED_CGROUPS, 0 },
        { program_has_no_descriptor_of_ours, NEED_CGROUPS, 0 },
    };

    return RUN_EXERCISE(tests);
}
