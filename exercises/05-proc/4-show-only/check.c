/* 05.4: what a process sees after show_only, and what its host sees of it. */
#include "exercise.h"

#include "keep.h"
#include "show_only.h"
#include "str.h"

#include <dirent.h>
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

/* What the process has seen. It is in memory that both have, because the process has no descriptors left. */
struct view {
    int result;
    struct error err;
    char names[256]; /* what is in /, with blanks between */
    char file[64];   /* what is in the shown directory's file */
    char other[64];  /* in the file of the second one */
    char below[64];  /* in that of a mount below the first one */
    char writing_shown[64], writing_below[64], writing_root[64];
    char directory[256]; /* the working directory */
    bool here_is_root;   /* is . the same as / ? */
    bool secret_by_walk; /* found by the walk of chapter 4 */
    bool take_root_off;  /* the test's wish: unmount the root in place of the walk */
    int open_one;        /* a descriptor from 3 on; -1: none */
    bool standard_ones;  /* 0, 1 and 2 are open */
};

/* The places of a test. */
struct place {
    const char *base, *shown, *other, *secret;
};

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

static void read_into(char *text, size_t size, const char *directory, const char *name)
{
    int fd = open(keep(formatted("%s/%s", directory, name)), O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, text, size - 1);

    if (got < 0)
        snprintf(text, size, "%s", strerror(errno));
    else
        text[got] = '\0';
    if (fd >= 0)
        close(fd);
}

static void try_to_write(char *text, size_t size, const char *directory, const char *name)
{
    int fd = open(keep(formatted("%s/%s", directory, name)), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

    snprintf(text, size, "%s", fd < 0 ? strerror(errno) : "written");
    if (fd >= 0)
        close(fd);
}

static void list_root(struct view *view)
{
    DIR *root = opendir("/");
    const struct dirent *entry;

    while (root && (entry = readdir(root)) != NULL)
        if (entry->d_name[0] != '.') {
            size_t length = strlen(view->names);

            snprintf(view->names + length, sizeof view->names - length, "%s%s", length > 0 ? " " : "",
                     entry->d_name);
        }
    if (root)
        closedir(root);
}

/* Chapter 4's escape: the root goes down, the process stays, and goes up. Then the root is where it came to. */
static bool walk_to(const char *secret, const char *down)
{
    if (chdir("/") < 0 || chroot(down) < 0)
        return false;
    for (int step = 0; step < 64; step++)
        if (chdir("..") < 0)
            return false;
    return chroot(".") == 0 && access(secret, F_OK) == 0;
}

static void look_round(struct place place, struct view *view)
{
    struct stat here, root;

    view->open_one = -1;
    for (int fd = 3; fd < 1024; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            view->open_one = fd;
    view->standard_ones = fcntl(0, F_GETFD) >= 0 && fcntl(1, F_GETFD) >= 0 && fcntl(2, F_GETFD) >= 0;
    if (!getcwd(view->directory, sizeof view->directory))
        snprintf(view->directory, sizeof view->directory, "%s", strerror(errno));
    view->here_is_root = stat(".", &here) == 0 && stat("/", &root) == 0 && here.st_dev == root.st_dev &&
                         here.st_ino == root.st_ino;
    list_root(view);
    read_into(view->file, sizeof view->file, place.shown, "file");
    read_into(view->other, sizeof view->other, place.other, "file");
    read_into(view->below, sizeof view->below, place.shown, "below/file");
    try_to_write(view->writing_shown, sizeof view->writing_shown, place.shown, "new");
    try_to_write(view->writing_below, sizeof view->writing_below, place.shown, "below/new");
    try_to_write(view->writing_root, sizeof view->writing_root, "", "new");
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

static struct shown_process show_one(struct place place)
{
    const char *const paths[] = { place.shown, NULL };
    struct shown_process process = show(place, paths);

    ck_assert_msg(process.view->result == 0, "show_only: wanted 0, got -1: %s", process.view->err.text);
    return process;
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
    ck_assert_int_eq(umount2(place.base, MNT_DETACH), 0);
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
    want_text(process.view->names, first);
    finish_process(place, process);
}
END_TEST

START_TEST(shown_directory_has_its_files)
{
    struct place place = prepared();
    struct shown_process process = show_one(place);

    want_text(process.view->file, "shown");
    want_text(process.view->below, "below");
    finish_process(place, process);
}
END_TEST

START_TEST(shown_directory_is_read_only)
{
    struct place place = prepared();
    struct shown_process process = show_one(place);

    want_text(process.view->writing_shown, strerror(EROFS));
    want_text(process.view->writing_below, strerror(EROFS));
    finish_process(place, process);
}
END_TEST

START_TEST(root_is_read_only)
{
    struct place place = prepared();
    struct shown_process process = show_one(place);

    want_text(process.view->writing_root, strerror(EROFS));
    finish_process(place, process);
}
END_TEST

START_TEST(several_directories_are_shown)
{
    struct place place = prepared();
    const char *const paths[] = { place.shown, place.other, NULL };
    struct shown_process process = show(place, paths);

    ck_assert_msg(process.view->result == 0, "show_only: wanted 0, got -1: %s", process.view->err.text);
    want_text(process.view->file, "shown");
    want_text(process.view->other, "other");
    finish_process(place, process);
}
END_TEST

START_TEST(missing_directory_is_an_error)
{
    struct place place = prepared();
    const char *const paths[] = { place.shown, keep(formatted("%s/nowhere", place.base)), NULL };
    struct shown_process process = show(place, paths);

    want_int(process.view->result, -1);
    want_int(process.view->err.number, ENOENT);
    finish_process(place, process);
}
END_TEST

START_TEST(working_directory_is_the_root)
{
    struct place place = prepared();
    struct shown_process process = show_one(place);

    want_text(process.view->directory, "/");
    ck_assert_msg(process.view->here_is_root, "wanted . to be /, got another directory");
    finish_process(place, process);
}
END_TEST

START_TEST(no_descriptor_is_left)
{
    struct place place = prepared();
    int outside = open(place.base, O_RDONLY | O_DIRECTORY); // NOLINT(android-cloexec-open)
    struct shown_process process = show_one(place);

    ck_assert_int_ge(outside, 0);
    ck_assert_msg(process.view->open_one < 0, "wanted no descriptor from 3 on, got %d",
                  process.view->open_one);
    ck_assert_msg(process.view->standard_ones, "wanted descriptors 0, 1 and 2 to be open, got one closed");
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

START_TEST(host_sees_no_change)
{
    struct place place = prepared();
    const char *before = mounts_of("self");
    struct shown_process process = show_one(place);

    want_text(mounts_of("self"), before);
    finish_process(place, process);
}
END_TEST

int main(void)
{
    const struct test tests[] = {
        { only_what_is_shown_is_in_the_root, NEED_ROOT, 0 }, { shown_directory_has_its_files, NEED_ROOT, 0 },
        { shown_directory_is_read_only, NEED_ROOT, 0 },      { root_is_read_only, NEED_ROOT, 0 },
        { several_directories_are_shown, NEED_ROOT, 0 },     { missing_directory_is_an_error, NEED_ROOT, 0 },
        { working_directory_is_the_root, NEED_ROOT, 0 },     { no_descriptor_is_left, NEED_ROOT, 0 },
        { walk_up_ends_in_the_root, NEED_ROOT, 0 },          { no_other_mount_is_left, NEED_ROOT, 0 },
        { nothing_lies_below_the_root, NEED_ROOT, 0 },       { host_sees_no_change, NEED_ROOT, 0 },
    };

    return RUN_EXERCISE(tests);
}
