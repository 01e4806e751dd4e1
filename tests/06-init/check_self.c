/* gocker as the container's own process 1: what the container can see of it, and what it cannot do to it. */
#include "processes.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static void assert_in_container(const char *dockerfile, const char *script, int status, const char *out)
{
    struct site site = new_site(dockerfile);
    struct outcome o = IN_CONTAINER(&site, "", script);

    assert_outcome(&o, status, out);
}

/* ---- the environment */

START_TEST(the_program_sees_nothing_of_how_it_was_started)
{
    struct site site = new_site("FROM busybox\nCMD [\"env\"]\n");
    struct outcome o = RUN_SITE(&site, "--explain", ".");

    ck_assert_msg(!strstr(o.out, "GOCKER"), "wanted no variable of gocker's, got\n%s", o.out);
    ck_assert_contains(o.out, "PATH=");
}
END_TEST

START_TEST(gocker_init_set_by_hand_is_refused)
{
    struct outcome o = run_how(&(struct how){ .env = (const char *const[]){ "GOCKER_INIT=1", NULL } },
                               (const char *const[]){ BINARY, "run", NULL });

    ck_assert_int_eq(o.status, 125);
    ck_assert_str_eq(o.err, "gocker: GOCKER_INIT is set, but only gocker itself may set it: unset it\n");
    /* As process 1 too: there is no socket. */
    o = RUN("unshare", "--pid", "--fork", "env", "GOCKER_INIT=1", BINARY);
    ck_assert_int_eq(o.status, 125);
    ck_assert_contains(o.err, "gocker: the socket to the host: Bad file descriptor\n");
}
END_TEST

START_TEST(gocker_init_of_the_image_is_an_ordinary_variable)
{
    assert_in_container("FROM busybox\nENV GOCKER_INIT=mine\n", "echo $GOCKER_INIT; exit 4", 4, "mine\n");
}
END_TEST

/* ---- the executable (CVE-2019-5736) */

static const char *digest_of(const char *path)
{
    struct outcome o = RUN("sha256sum", path);

    ck_assert_int_eq(o.status, 0);
    return o.out;
}

START_TEST(gockers_file_cannot_be_written_from_the_container)
{
    const char *before = digest_of(BINARY);

    /* Opened for reading first, and by that descriptor for writing, is the attack's own way. */
    assert_in_container("FROM busybox\n",
                        "exec 2>/dev/null; exec 3</proc/1/exe || exit 1\n"
                        "(echo x >/proc/1/exe) && echo written; (echo x >>/proc/self/fd/3) && echo written\n"
                        "dd if=/dev/zero of=/proc/self/fd/3 bs=1 count=1 conv=notrunc && echo written\n"
                        "truncate -s 0 /proc/1/exe && echo cut; readlink /proc/1/exe",
                        0, "/memfd:gocker-init (deleted)\n");
    ck_assert_str_eq(digest_of(BINARY), before);
}
END_TEST

/* While nobody executes it any more (no ETXTBSY), the seals hold. */
START_TEST(the_copy_is_sealed)
{
    const char *before = digest_of(BINARY);
    struct site site = new_site("FROM busybox\n");
    struct running *r = start_ready(&site, "echo ready; sleep 30");
    char path[64], byte = 'x';
    int fd;

    snprintf(path, sizeof path, "/proc/%d/exe", child_of(running_pid(r)));
    fd = open(path, O_RDONLY | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    kill(running_pid(r), SIGTERM);
    finish(r);
    ck_assert_int_eq(fcntl(fd, F_GET_SEALS) & (F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL),
                     F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    _cleanup_close_ int again = open(path, O_RDWR | O_CLOEXEC);
    ck_assert_msg(again < 0 || pwrite(again, &byte, 1, 0) < 0, "wanted no byte written, got one");
    close(fd);
    ck_assert_str_eq(digest_of(BINARY), before);
}
END_TEST

START_TEST(an_image_that_names_proc_self_exe_gets_a_clear_error)
{
    const char *before = digest_of(BINARY);
    struct site site = new_site("FROM busybox\nENTRYPOINT [\"/proc/self/exe\"]\n");
    struct outcome o = RUN_SITE(&site, ".");

    /* The copy of gocker, whose libraries the image does not have. */
    assert_outcome(&o, 127, "");
    ck_assert_contains(o.err, "gocker: exec /proc/self/exe: the interpreter that it names");
    put_file(site.context, "run", "#!/proc/self/exe\n");
    put_file(site.context, "Dockerfile", "FROM busybox\nCOPY --chmod=755 run /\nENTRYPOINT [\"/run\"]\n");
    o = RUN_SITE(&site, ".");
    assert_outcome(&o, 127, "");
    ck_assert_str_eq(digest_of(BINARY), before);
    assert_nothing_left(&site);
}
END_TEST

/* With the host's libraries there it does run: as a gocker like any other, that is not the init. */
START_TEST(gocker_in_gocker_is_no_second_init)
{
    struct site site = new_site("FROM busybox\nENV GOCKER_INIT=1\nENTRYPOINT [\"/proc/self/exe\"]\n");
    struct strv argv = { 0 };
    struct outcome o;

    strv_add(&argv, BINARY);
    strv_add(&argv, "run");
    strv_add(&argv, "--quiet");
    for (const char *const *dir = (const char *const[]){ "/lib", "/lib64", "/usr/lib", NULL }; *dir; dir++)
        if (access(*dir, F_OK) == 0) {
            strv_add(&argv, "-v");
            strv_add_owned(&argv, formatted("%s:%s:ro", *dir, *dir));
        }
    o = run_how(&site.how, (const char *const *)argv.items);
    strv_free(&argv);
    assert_outcome(&o, 125, "");
    ck_assert_contains(o.err, "gocker: GOCKER_INIT is set, but only gocker itself may set it");
}
END_TEST

/* ---- /proc/1 */

START_TEST(who_is_not_root_sees_little_of_process_1)
{
    assert_in_container(
        "FROM busybox\nUSER learner\n",
        "exec 2>/dev/null; for f in environ maps mem auxv; do cat /proc/1/$f && echo $f; done\n"
        "for d in fd map_files root/ cwd/; do ls /proc/1/$d && echo $d; done\n"
        "readlink /proc/1/exe; readlink /proc/1/fd/4; kill -9 1; cat /proc/1/comm",
        0, "gocker-init\n");
}
END_TEST

/* Root may look; what there is to see is nothing of the host's. */
START_TEST(process_1_holds_nothing_of_the_hosts)
{
    assert_in_container(
        "FROM busybox\n",
        "tr '\\0' '\\n' </proc/1/environ; ls -l /proc/1/fd | sed -n 's/.* \\([0-9]* -> .*\\)/\\1/p'"
        " | sed 's/:\\[[0-9]*\\]//'; readlink /proc/1/cwd; readlink /proc/1/root",
        0,
        "GOCKER_INIT=1\n0 -> /dev/null\n1 -> /dev/null\n2 -> /dev/null\n3 -> anon_inode:[signalfd]\n4 -> socket\n"
        "5 -> /dev/null\n/\n/\n");
}
END_TEST

/* ---- descriptors */

#define LIST_DESCRIPTORS                                                                                     \
    "for fd in /proc/$$/fd/*; do [ -e $fd ] && echo ${fd##*/}; done; true" /* the shell's own is closed by then */

START_TEST(the_callers_descriptors_stay_outside)
{
    static const char run[] = "exec 3</etc/passwd 4<>/dev/zero 5>/dev/null 9</; exec \"$0\" run -q . -- "
                              "sh -c '" LIST_DESCRIPTORS "'";
    struct site site = new_site("FROM busybox\n");
    struct outcome o = outside(&site, "bash", run);

    assert_outcome(&o, 0, "0\n1\n2\n");
    /* Many, and numbers that are far apart. */
    o = outside(&site, "bash",
                "ulimit -n 1024; for i in {3..900}; do eval \"exec $i</etc/passwd\"; done; "
                "exec 1023</; exec \"$0\" run -q . -- sh -c '" LIST_DESCRIPTORS "'");
    assert_outcome(&o, 0, "0\n1\n2\n");
}
END_TEST

START_TEST(closed_standard_descriptors_do_no_harm)
{
    struct site site = new_site("FROM busybox\n");
    struct outcome o = outside(&site, "sh", "\"$0\" run -q -i . -- cat <&-; echo $?");

    ck_assert_str_eq(o.out, "1\n");
    ck_assert_contains(o.err, "cat: ");
    o = outside(&site, "sh", "\"$0\" run -q . -- echo x >&-; echo $?");
    ck_assert_str_eq(o.out, "1\n");
    ck_assert_contains(o.err, "write error");
    o = outside(&site, "sh", "\"$0\" run -q . -- sh -c 'exit 5' <&- >&- 2>&-");
    assert_outcome(&o, 5, "");
    ck_assert_str_eq(o.err, "");
}
END_TEST

/* The host's /dev/null is a file of the host's, whose mode and owner the container's root could change. */
START_TEST(dev_null_is_the_containers_own)
{
    static const char script[] =
        "\"$0\" run -q \"$@\" . -- sh -c 'own=$(stat -L -c %d /dev/null); for fd in 0 1 2; do "
        "[ $(stat -L -c %d /proc/$$/fd/$fd) = $own ] && echo $fd >>/out/report; done'"
        " </dev/null >/dev/null 2>/dev/null";
    struct site site = new_site("FROM busybox\n");
    const char *out = scratch();
    _cleanup_free_ char *volume = formatted("%s:/out", out);
    struct outcome o =
        run_how(&site.how, (const char *const[]){ "sh", "-c", script, BINARY, "-v", volume, NULL });

    ck_assert_int_eq(o.status, 0);
    o = run_how(&site.how, (const char *const[]){ "sh", "-c", script, BINARY, "-i", "-v", volume, NULL });
    ck_assert_int_eq(o.status, 0);
    ck_assert_str_eq(get_file(out, "report"), "0\n1\n2\n0\n1\n2\n");
}
END_TEST

/* ---- where the process cannot be made */

/* From now on clone3(2) fails by NUMBER in this process and what it starts. */
static void refuse_clone3(unsigned number)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | number),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = { .len = sizeof code / sizeof *code, .filter = code };

    ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

START_TEST(a_process_that_cannot_be_made_is_told)
{
    struct site site = new_site("FROM busybox\nCMD [\"true\"]\n");
    struct outcome o;

    refuse_clone3(EPERM);
    o = RUN_SITE(&site, ".");
    assert_outcome(&o, 125, "");
    ck_assert_contains(o.err, "gocker: create the process: clone3: Operation not permitted");
    assert_nothing_left(&site);
}
END_TEST

START_TEST(a_process_can_be_made_without_clone3)
{
    struct site site = new_site("FROM busybox\nCMD [\"true\"]\n");
    struct outcome o;

    refuse_clone3(ENOSYS); /* as seccomp profiles do that cannot look into its arguments */
    o = RUN_SITE(&site, ".");
    assert_outcome(&o, 0, "");
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { the_program_sees_nothing_of_how_it_was_started, NEED_ROOT | NEED_REGISTRY, 0 },
        { gocker_init_set_by_hand_is_refused, NEED_ROOT, 0 },
        { gocker_init_of_the_image_is_an_ordinary_variable, NEED_ROOT | NEED_REGISTRY, 0 },
        { gockers_file_cannot_be_written_from_the_container, NEED_ROOT | NEED_REGISTRY, 0 },
        { the_copy_is_sealed, NEED_ROOT | NEED_REGISTRY, 0 },
        { an_image_that_names_proc_self_exe_gets_a_clear_error, NEED_ROOT | NEED_REGISTRY, 0 },
        { gocker_in_gocker_is_no_second_init, NEED_ROOT | NEED_REGISTRY, 0 },
        { who_is_not_root_sees_little_of_process_1, NEED_ROOT | NEED_REGISTRY, 0 },
        /* a sanitizer may hold descriptors of its own */
        { process_1_holds_nothing_of_the_hosts, NEED_ROOT | NEED_REGISTRY | NEED_NATIVE, 0 },
        { the_callers_descriptors_stay_outside, NEED_ROOT | NEED_REGISTRY, 0 },
        { closed_standard_descriptors_do_no_harm, NEED_ROOT | NEED_REGISTRY, 0 },
        { dev_null_is_the_containers_own, NEED_ROOT | NEED_REGISTRY, 0 },
        { a_process_can_be_made_without_clone3, NEED_ROOT | NEED_REGISTRY, 0 },
        { a_process_that_cannot_be_made_is_told, NEED_ROOT | NEED_REGISTRY, 0 },
    };

    return RUN_TESTS("06-init/self", tests, argc, argv);
}
