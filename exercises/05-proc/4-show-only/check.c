/* 05.4: what a process sees after show_only, and what its host sees of it. */
#include "exercise.h"

#include "keep.h"
#include "show_only.h"
#include "str.h"
#include "view.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECRET "only for the host\n"

/* What the process found has a name for people, and not an expression of this file's. */
#define want_found(what, got, wanted) wanted_text(what, got, wanted, __FILE__, __LINE__)

static void be_the_host(void)
{
    ck_assert_msg(unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
                      mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL) == 0,
                  "the check could not have mounts of its own");
}

static void mount_memory(const char *path)
{
    ck_assert_msg((mkdir(path, 0755) == 0 || errno == EEXIST) && mount("tmpfs", path, "tmpfs", 0, NULL) == 0,
                  "the check could not mount on %s", path);
}

/* "shown" and "other" with a file each, a mount in "shown/below", a secret beside them. The base is a mount, so that there
 * are mounts on mounts. All is shared, but with nobody outside of the test. */
static struct place prepared(void)
{
    const char *base = scratch();
    struct place place = { base, keep(formatted("%s/shown", base)), keep(formatted("%s/other", base)),
                           keep(formatted("%s/secret", base)) };

    be_the_host();
    mount_memory(base);
    put_file(base, "secret", SECRET);
    put_file(base, "shown/file", "shown");
    put_file(base, "other/file", "other");
    mount_memory(keep(formatted("%s/below", place.shown)));
    put_file(place.shown, "below/file", "below");
    return place;
}

/* A process that has called show_only and looked round, and waits. */
struct shown_process {
    pid_t pid;
    struct view *view;
};

static struct shown_process show(struct place place, const char *const paths[])
{
    struct view *view = mmap(NULL, sizeof *view, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct shown_process process = { -1, view };
    int status;

    ck_assert_ptr_ne(view, MAP_FAILED);
    process.pid = fork();
    ck_assert_int_ge(process.pid, 0);
    if (process.pid == 0) {
        view->result = show_only(paths, &view->err);
        if (view->result == 0)
            look_round(place, view);
        raise(SIGSTOP); /* the test looks at it from outside */
        if (view->take_root_off) {
            umount2("/", MNT_DETACH);
            raise(SIGSTOP);
        }
        view->secret_by_walk = walk_to(place.secret, place.shown);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(process.pid, &status, WUNTRACED), process.pid);
    ck_assert_msg(WIFSTOPPED(status), "wanted show_only to return, got a process that has ended");
    return process;
}

static struct shown_process show_well(struct place place, const char *const paths[])
{
    struct shown_process process = show(place, paths);

    ck_assert_msg(process.view->result == 0, "show_only: wanted 0, got -1: %s", process.view->err.text);
    return process;
}

static struct shown_process show_one(struct place place)
{
    return show_well(place, (const char *const[]){ place.shown, NULL });
}

/* Does somebody who enters the mount namespace of PID find SECRET there? */
static bool found_in_namespace_of(pid_t pid, const char *secret)
{
    int status, namespace = open(keep(formatted("/proc/%d/ns/mnt", pid)), O_RDONLY | O_CLOEXEC);
    pid_t visitor = fork();

    if (visitor == 0)
        _exit(setns(namespace, CLONE_NEWNS) < 0 ? 2 : access(secret, F_OK) == 0);
    ck_assert_msg(waitpid(visitor, &status, 0) == visitor && WIFEXITED(status) && WEXITSTATUS(status) != 2,
                  "the check could not enter the namespace");
    close(namespace);
    return WEXITSTATUS(status) == 1;
}

/* Let it go on to its walk, and wait for its end; take off the test's mounts. */
static void finish_process(struct place place, struct shown_process process)
{
    kill(process.pid, SIGCONT);
    waitpid(process.pid, NULL, 0);
    ck_assert_msg(umount2(place.base, MNT_DETACH) == 0,
                  "wanted the host's mounts as they were, got them gone: nothing is at %s", place.base);
}

/* The table of mounts of process PID, or of this one: "self". */
static char *mounts_of(const char *pid)
{
    return get_file("/proc", keep(formatted("%s/mountinfo", pid)));
}

START_TEST(only_what_is_shown_is_in_the_root)
{
    struct place place = prepared();
    struct shown_process process = show_one(place);
    char *first = keep(must_strdup(place.shown + 1));

    first[strcspn(first, "/")] = '\0';
    want_found("the names in /", process.view->names, first);
    finish_process(place, process);
}
END_TEST

START_TEST(shown_directory_has_its_files)
{
    struct place place = prepared();
    struct shown_process process = show_one(place);

    want_found("the file in the shown directory", process.view->file, "shown");
    want_found("the file in the mount below a shown directory", process.view->below, "below");
    finish_process(place, process);
}
END_TEST

START_TEST(shown_directory_is_read_only)
{
    struct place place = prepared();
    struct shown_process process = show_one(place);

    want_found("to write to a shown directory", process.view->writing_shown, strerror(EROFS));
    want_found("to write to the mount below it", process.view->writing_below, strerror(EROFS));
    finish_process(place, process);
}
END_TEST

START_TEST(root_is_read_only)
{
    struct place place = prepared();
    struct shown_process process = show_one(place);

    want_found("to write to /", process.view->writing_root, strerror(EROFS));
    finish_process(place, process);
}
END_TEST

START_TEST(several_directories_are_shown)
{
    struct place place = prepared();
    const char *const paths[] = { place.shown, place.other, NULL };
    struct shown_process process = show_well(place, paths);

    want_found("the file in the shown directory", process.view->file, "shown");
    want_found("the file in the second directory", process.view->other, "other");
    finish_process(place, process);
}
END_TEST

START_TEST(missing_directory_is_an_error)
{
    struct place place = prepared();
    const char *const paths[] = { place.shown, keep(formatted("%s/nowhere", place.base)), NULL };
    struct shown_process process = show(place, paths);

    want_found("the error", process.view->result < 0 ? strerror(process.view->err.number) : "none",
               strerror(ENOENT));
    finish_process(place, process);
}
END_TEST

START_TEST(working_directory_is_the_root)
{
    struct place place = prepared();
    struct shown_process process = show_one(place);

    want_found("the working directory", process.view->directory, "/");
    ck_assert_msg(process.view->here_is_root, "wanted . to be /, got another directory");
    finish_process(place, process);
}
END_TEST

START_TEST(no_descriptor_is_left)
{
    struct place place = prepared();
    int outside = open(place.base, O_RDONLY | O_DIRECTORY); // NOLINT(android-cloexec-open)
    /* No small number is the last one. */
    int far = dup2(outside, 900);
    struct shown_process process = show_one(place);

    ck_assert_int_eq(far, 900);
    ck_assert_msg(process.view->open_one < 0, "wanted no descriptor from 3 on, got %d",
                  process.view->open_one);
    ck_assert_msg(process.view->standard_ones, "wanted descriptors 0, 1 and 2 to be open, got one closed");
    close(far);
    close(outside);
    finish_process(place, process);
}
END_TEST

START_TEST(walk_up_ends_in_the_root)
{
    struct place place = prepared();
    struct shown_process process = show_one(place);

    finish_process(place, process);
    ck_assert_msg(!process.view->secret_by_walk,
                  "wanted chapter 4's walk to end in the new root, got the secret");
}
END_TEST

/* Two of the host's mounts are shown, and the root is one. */
START_TEST(no_other_mount_is_left)
{
    struct place place = prepared();
    struct shown_process process = show_one(place);
    const char *table = mounts_of(keep(formatted("%d", process.pid)));
    int lines = 0;

    for (const char *at = table; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    ck_assert_msg(lines == 3, "wanted 3 mounts (/, the shown directory, what is mounted below), got %d:\n%s",
                  lines, table);
    finish_process(place, process);
}
END_TEST

/* Nobody is there to make it read-only, then. */
START_TEST(later_mount_does_not_come_in)
{
    struct place place = prepared();
    struct shown_process process = show_one(place);
    const char *table;

    mount_memory(keep(formatted("%s/later", place.shown)));
    table = mounts_of(keep(formatted("%d", process.pid)));
    ck_assert_msg(!strstr(table, "/shown/later "),
                  "the host mounts in a shown directory afterwards: wanted nothing of it inside, got\n%s",
                  table);
    finish_process(place, process);
}
END_TEST

/* What is only covered comes to light when the cover is taken off. The root of a namespace cannot be. */
START_TEST(nothing_lies_below_the_root)
{
    struct place place = prepared();
    struct shown_process process = show_one(place);
    bool found;

    process.view->take_root_off = true;
    kill(process.pid, SIGCONT);
    waitpid(process.pid, NULL, WUNTRACED);
    found = found_in_namespace_of(process.pid, place.secret);
    finish_process(place, process);
    ck_assert_msg(!found, "the root unmounted: wanted nothing below, got the host's tree with the secret");
}
END_TEST

/* The lines of TABLE that are not in OTHER. */
static const char *only_in(const char *table, const char *other)
{
    char *rest = keep(must_strdup(table));
    struct str lines = { 0 };

    for (const char *line; (line = strsep(&rest, "\n")) != NULL;)
        if (!strstr(other, line))
            str_addf(&lines, "\n    %s", line);
    return lines.length > 0 ? keep(str_take(&lines)) : " none";
}

START_TEST(host_sees_no_change)
{
    struct place place = prepared();
    const char *before = mounts_of("self");
    struct shown_process process = show_one(place);
    const char *after = mounts_of("self");

    ck_assert_msg(strcmp(before, after) == 0,
                  "the host's mounts: wanted no change, got these off:%s\nthese on:%s",
                  only_in(before, after), only_in(after, before));
    finish_process(place, process);
}
END_TEST

int main(void)
{
    const struct test tests[] = {
        { only_what_is_shown_is_in_the_root, NEED_ROOT, 0 },
        { shown_directory_has_its_files, NEED_ROOT, 0 },
        { shown_directory_is_read_only, NEED_ROOT, 0 },
        { root_is_read_only, NEED_ROOT, 0 },
        { several_directories_are_shown, NEED_ROOT, 0 },
        { missing_directory_is_an_error, NEED_ROOT, 0 },
        { working_directory_is_the_root, NEED_ROOT, 0 },
        { no_descriptor_is_left, NEED_ROOT, 0 },
        { walk_up_ends_in_the_root, NEED_ROOT, 0 },
        { no_other_mount_is_left, NEED_ROOT, 0 },
        { later_mount_does_not_come_in, NEED_ROOT, 0 },
        { nothing_lies_below_the_root, NEED_ROOT, 0 },
        { host_sees_no_change, NEED_ROOT, 0 },
    };

    return RUN_EXERCISE(tests);
}
