/* 04.1: the answers are what the kernel, and the chapter's own container, do here and now. */
#include "exercise.h"

#include "chroot.h"
#include "cleanup.h"
#include "keep.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIMIT 123 /* open files, as README.md has it */

/* What a process whose root directory is DIRECTORY/rootfs sees: can it open PATH? It moves the directory away first
 * where MOVED. Everything is in a child, because no call leads back out. */
static const char *can_open(const char *directory, const char *path, bool moved)
{
    pid_t pid = fork();
    int status;

    ck_assert_msg(pid >= 0, "fork failed");
    if (pid == 0) {
        /* This descriptor leads out, which is how a process inside renames its own root. */
        _cleanup_close_ int outside = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);

        if (outside < 0 || fchdir(outside) < 0 || chroot("rootfs") < 0 || chdir("/") < 0 ||
            (moved && renameat(outside, "rootfs", outside, "moved") < 0))
            _exit(2);
        _exit(open(path, O_RDONLY | O_CLOEXEC) < 0);
    }
    ck_assert_msg(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) != 2,
                  "the check could not chroot");
    return WEXITSTATUS(status) == 0 ? "yes" : "no";
}

/* A root directory, and a file beside it with three links to it inside. */
static const char *prepared(void)
{
    const char *directory = scratch(), *secret = keep(formatted("%s/secret", directory));

    put_file(directory, "secret", "only for the host\n");
    put_file(directory, "rootfs/file", "the image's\n");
    ck_assert_int_eq(symlink(secret, keep(formatted("%s/rootfs/absolute", directory))), 0);
    ck_assert_int_eq(symlink("../secret", keep(formatted("%s/rootfs/relative", directory))), 0);
    ck_assert_int_eq(link(secret, keep(formatted("%s/rootfs/hard", directory))), 0);
    return directory;
}

/* The exit status of a shell that runs SCRIPT in the chapter's container. Its root is the host's: what is
 * inherited does not depend on the files. */
static int in_container(const char *script)
{
    const struct isolation *const isolations[] = { &isolate_chroot, NULL };
    _cleanup_(container_free) struct container c = { .root.path = must_strdup("/") };
    struct error err;
    int status;

    strv_add(&c.process.args, "/bin/sh");
    strv_add(&c.process.args, "-c");
    strv_add(&c.process.args, script);
    ck_assert_msg(container_run(&c, isolations, &fork_launcher, &status, &err) == 0, "%s", err.text);
    return status;
}

START_TEST(absolute_link_starts_at_the_new_root)
{
    want_answer("absolute link", can_open(prepared(), "/absolute", false),
                "whether `cat /absolute` prints the file");
}
END_TEST

START_TEST(relative_link_stops_at_the_new_root)
{
    want_answer("relative link", can_open(prepared(), "/relative", false),
                "whether `cat /relative` prints the file");
}
END_TEST

START_TEST(hard_link_is_the_file_itself)
{
    want_answer("hard link", can_open(prepared(), "/hard", false), "whether `cat /hard` prints the file");
}
END_TEST

START_TEST(root_is_a_directory_and_no_path)
{
    want_answer("after the move", can_open(prepared(), "/file", true),
                "whether `ls` finds the file when the directory has another name");
}
END_TEST

START_TEST(limit_is_inherited)
{
    struct rlimit limit;

    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = LIMIT;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    want_answer("limit", keep(formatted("%d", in_container("exit $(ulimit -n)"))),
                "what `ulimit -n` prints in the container");
}
END_TEST

START_TEST(umask_is_set_by_gocker)
{
    const char *script = "mask=$(umask); exit ${mask#0}"; /* 0022: the digits, without the first */

    umask(0077);
    want_answer("umask", keep(formatted("00%d", in_container(script))),
                "what `umask` prints in the container");
}
END_TEST

int main(void)
{
    const struct test tests[] = {
        { absolute_link_starts_at_the_new_root, NEED_ROOT, 0 },
        { relative_link_stops_at_the_new_root, NEED_ROOT, 0 },
        { hard_link_is_the_file_itself, NEED_ROOT, 0 },
        { root_is_a_directory_and_no_path, NEED_ROOT, 0 },
        { limit_is_inherited, NEED_ROOT, 0 },
        { umask_is_set_by_gocker, NEED_ROOT, 0 },
    };

    return RUN_EXERCISE(tests);
}
