/* Two containers with a volume in common: the one swaps a directory for a link while gocker mounts into the other
 * (CVE-2021-30465; CVE-2019-19921 at its time needed the same). Each attack lasts some seconds. */
#define BINARY binary("05-proc")

#include "inside.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ATTACK_S 3

/* As the other container: swap the two names of DIRECTORY until we are killed. renameat2(2). */
static pid_t start_swapping(const char *directory, const char *one, const char *other)
{
    pid_t pid = fork();

    ck_assert_msg(pid >= 0, "fork: %m");
    if (pid > 0)
        return pid;
    if (chdir(directory) < 0)
        _exit(1);
    while (renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE) == 0)
        ;
    _exit(1);
}

static void end_swapping(pid_t pid)
{
    int wait_status;

    ck_assert_msg(kill(pid, SIGKILL) == 0 && waitpid(pid, &wait_status, 0) == pid, "end the attacker: %m");
    ck_assert_msg(WIFSIGNALED(wait_status), "the attacker could not swap");
}

/* Run SCRIPT with OPTIONS, over and over, while DIRECTORY's "x" and "link" are swapped. A container comes to run, or is
 * refused because of what it found; in one that runs, SCRIPT prints nothing. */
static void attack(const struct site *site, const char *directory, const char *options, const char *script)
{
    pid_t pid = start_swapping(directory, "x", "link");
    time_t end = time(NULL) + ATTACK_S;
    int ran = 0;

    while (time(NULL) < end) {
        struct outcome o = IN_CONTAINER(site, options, script);

        ck_assert_msg(o.status == 0 || o.status == 125, "wanted status 0 or 125, got %d:\n%s%s", o.status,
                      o.out, o.err);
        ck_assert_msg(o.out[0] == '\0', "%s", o.out);
        ran += o.status == 0;
    }
    end_swapping(pid);
    ck_assert_int_gt(ran, 0);
    assert_nothing_left(site);
}

/* The link is absolute, and what it names is there on the host: gocker's process, before pivot_root, could mount on it.
 * That mount would be missing in the container. */
START_TEST(a_swapped_link_moves_no_mount_out_of_the_root)
{
    struct site site = new_site("FROM busybox\n");
    const char *host = scratch(), *shared = scratch(), *source = scratch(), *before;

    put_file(host, "sub/of-the-host", "");
    put_file(source, "file", "");
    put_file(shared, "x/here", "");
    ck_assert_msg(symlink(host, text("%s/link", shared)) == 0, "symlink: %m");
    become_a_host();
    before = mounts_of_this_process();
    attack(&site, shared, text("-v %s:/v -v %s:/v/x/sub -v %s/file:/v/x/new/file", shared, source, source),
           text("[ $(grep -c ' [^ ]*%s[^ ]* /' /proc/self/mountinfo) = 2 ] || cat /proc/self/mountinfo",
                strrchr(source, '/')));
    ck_assert_str_eq(RUN("ls", "-A", host, text("%s/sub", host)).out,
                     text("%s:\nsub\n\n%s/sub:\nof-the-host\n", host, host));
    ck_assert_str_eq(RUN("ls", "-A", source).out, "file\n");
    ck_assert_str_eq(mounts_of_this_process(), before);
}
END_TEST

START_TEST(a_swapped_link_gets_no_mount_on_proc)
{
    struct site site = new_site("FROM busybox\n");
    const char *shared = scratch(), *source = scratch();

    put_file(shared, "x/attr/here", "");
    ck_assert_msg(symlink("/proc/self", text("%s/link", shared)) == 0, "symlink: %m");
    attack(&site, shared, text("-v %s:/v -v %s:/v/x/attr", shared, source),
           text("grep '%s /proc' /proc/self/mountinfo; true", strrchr(source, '/')));
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { a_swapped_link_moves_no_mount_out_of_the_root, NEED_CONTAINER, 60 },
        { a_swapped_link_gets_no_mount_on_proc, NEED_CONTAINER, 60 },
    };

    return RUN_TESTS("05-proc/races", tests, argc, argv);
}
