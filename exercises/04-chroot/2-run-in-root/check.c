/* 04.2: where the program is, what it has, and what became of it. */
#include "exercise.h"

#include "keep.h"
#include "run_in_root.h"
#include "str.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK_FAILED 99   /* a status that run_in_root never returns here */
#define SANITIZERS   99   /* the status of a process in which one found something (runner/running.py) */
#define HIGH         4001 /* a descriptor; higher than the one that the task names */

/* Fail where STATUS is not WANTED. WHAT was run goes into the message. */
static void expect_status(int status, int wanted, const char *what, const char *file, int line)
{
    const char *whose = status == SANITIZERS
                            ? ", a sanitizer's: it found a mistake in your child, or your child "
                              "ended by exit and not by _exit"
                            : "";

    if (status != wanted)
        _ck_assert_failed(file, line, "Assertion failed", "%s: wanted %d, got %d%s", what, wanted, status,
                          whose);
}
#define EXPECT_STATUS(status, wanted, what) expect_status(status, wanted, what, __FILE__, __LINE__)

/* The status of PROGRAM, without arguments, in ROOT. */
static int run_program_in(const char *root, const char *program)
{
    char *argv[] = { keep(must_strdup(program)), NULL }, *env[] = { NULL };

    return run_in_root(root, argv, env);
}

/* The status of a shell that runs SCRIPT. Its root directory is the host's, so that there is a shell. */
static int run_script(const char *script)
{
    char *argv[] = { keep(must_strdup("/bin/sh")), keep(must_strdup("-c")), keep(must_strdup(script)), NULL };
    char *env[] = { keep(must_strdup("PATH=/usr/bin:/bin")), keep(must_strdup("GIVEN=yes")), NULL };

    return run_in_root("/", argv, env);
}

/* A directory that holds /here with TEXT and MODE, and no more. The host has no /here. */
static const char *root_with(const char *text, mode_t mode)
{
    const char *root = scratch();

    put_file(root, "here", text);
    ck_assert_int_eq(chmod(keep(formatted("%s/here", root)), mode), 0);
    return root;
}

/* The same with a shell, and the libraries that it needs. */
static const char *root_with_shell(void)
{
    const char *root = root_with("text\n", 0644);
    const char *script = "cp -L --parents /bin/sh $(ldd /bin/sh | grep -o '/[^ ]*') \"$1\"";
    const struct outcome copied = RUN("sh", "-c", script, "sh", root);

    ck_assert_msg(copied.status == 0, "the check could not copy a shell: %s", copied.err);
    return root;
}

START_TEST(program_runs_in_the_root)
{
    char *argv[] = { keep(must_strdup("/bin/sh")), keep(must_strdup("-c")),
                     keep(must_strdup("if [ -e /here ]; then exit 3; else exit 4; fi")), NULL };
    char *env[] = { NULL };
    int status = run_in_root(root_with_shell(), argv, env);

    ck_assert_msg(status == 3,
                  "a shell that exits with 3 if it sees the root's /here, else with 4: wanted 3, got %d",
                  status);
}
END_TEST

START_TEST(working_directory_is_the_root)
{
    want_int(run_script("test \"$(pwd -P)\" = /"), 0);
}
END_TEST

START_TEST(caller_stays_outside)
{
    struct stat before, after;

    ck_assert_int_eq(stat("/", &before), 0);
    run_program_in(root_with("text\n", 0644), "/here");
    ck_assert_int_eq(stat("/", &after), 0);
    ck_assert_msg(before.st_dev == after.st_dev && before.st_ino == after.st_ino,
                  "the caller's root directory: wanted the one from before, got another");
}
END_TEST

START_TEST(caller_keeps_its_umask)
{
    mode_t now;

    umask(0077);
    run_program_in(root_with("text\n", 0644), "/here");
    now = umask(0077);
    ck_assert_msg(now == 0077, "the caller's umask: wanted 0077 as before, got %04o", (unsigned)now);
}
END_TEST

START_TEST(exit_status_is_the_programs)
{
    want_int(run_script("exit 0"), 0);
    want_int(run_script("exit 7"), 7);
    want_int(run_script("exit 255"), 255);
}
END_TEST

START_TEST(signal_is_128_plus_its_number)
{
    want_int(run_script("kill -KILL $$"), 128 + SIGKILL);
    want_int(run_script("kill -TERM $$"), 128 + SIGTERM);
}
END_TEST

/* What a child that could not exec did instead of ending. Shared with it. */
struct strayed {
    pid_t caller;
    bool ran_handlers, came_back;
};

/* Of on_exit(3). */
static void note_exit(int status, void *data)
{
    struct strayed *strayed = data;

    if (getpid() == strayed->caller)
        return;
    strayed->ran_handlers = true;
    _exit(status);
}

START_TEST(child_runs_nothing_of_the_callers)
{
    struct strayed *strayed =
        mmap(NULL, sizeof *strayed, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    const char *empty = scratch(), *roots[] = { empty, keep(formatted("%s/missing", empty)) };

    ck_assert_ptr_ne(strayed, MAP_FAILED);
    strayed->caller = getpid();
    ck_assert_int_eq(on_exit(note_exit, strayed), 0);
    for (int i = 0; i < 2; i++) {
        run_program_in(roots[i], "/here");
        if (getpid() != strayed->caller) {
            strayed->came_back = true;
            _exit(0);
        }
    }
    ck_assert_msg(!strayed->came_back,
                  "a child that cannot exec: wanted its end by _exit, got two of the caller");
    ck_assert_msg(!strayed->ran_handlers,
                  "a child that cannot exec: it ran the caller's exit handlers (atexit): end it by _exit");
}
END_TEST

START_TEST(missing_program_is_127)
{
    EXPECT_STATUS(run_program_in(scratch(), "/here"), 127, "/here in an empty root");
    EXPECT_STATUS(run_program_in(scratch(), "/bin/sh"), 127,
                  "/bin/sh in an empty root; only the host has it");
    EXPECT_STATUS(run_program_in(root_with("text\n", 0644), "/here/not"), 127,
                  "/here/not, where /here is a file: no program can be there");
}
END_TEST

START_TEST(missing_interpreter_is_127)
{
    EXPECT_STATUS(run_program_in(root_with("#!/bin/sh\nexit 0\n", 0755), "/here"), 127,
                  "/here, a script that begins with #!/bin/sh, in a root that has no /bin/sh");
}
END_TEST

START_TEST(program_that_cannot_be_executed_is_126)
{
    EXPECT_STATUS(run_program_in(root_with("text\n", 0644), "/here"), 126, "/here, a file of mode 0644");
    EXPECT_STATUS(run_program_in(root_with("neither ELF nor #!\n", 0755), "/here"), 126,
                  "/here, a file of mode 0755 that is neither ELF nor begins with #!");
    EXPECT_STATUS(run_program_in(scratch(), "/"), 126, "/, which is a directory");
}
END_TEST

START_TEST(missing_root_is_125)
{
    const char *directory = root_with("a file\n", 0644);

    EXPECT_STATUS(run_program_in(keep(formatted("%s/missing", directory)), "/bin/sh"), 125,
                  "a root that does not exist");
    EXPECT_STATUS(run_program_in(keep(formatted("%s/here", directory)), "/bin/sh"), 125,
                  "a root that is a file");
}
END_TEST

/* In a child: become somebody who may have no process, and call. Its status is what run_in_root returned. */
static void call_without_processes(const char *root)
{
    struct rlimit limit = { 0, 0 };
    pid_t pid;

    if (setrlimit(RLIMIT_NPROC, &limit) < 0 || setresuid(65534, 65534, 65534) < 0)
        _exit(CHECK_FAILED);
    pid = fork();
    if (pid >= 0) /* in both: the limit does not hold here */
        _exit(CHECK_FAILED);
    _exit(run_program_in(root, "/here"));
}

START_TEST(failed_fork_is_125)
{
    const char *root = root_with("text\n", 0644);
    int status = 0;
    pid_t pid = fork();

    ck_assert_int_ge(pid, 0);
    if (pid == 0)
        call_without_processes(root);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) != CHECK_FAILED,
                  "the check could not make fork fail, or run_in_root ended its caller");
    ck_assert_msg(WEXITSTATUS(status) == 125, "run_in_root where fork fails by EAGAIN: wanted 125, got %d",
                  WEXITSTATUS(status));
}
END_TEST

START_TEST(environment_is_only_what_is_given)
{
    setenv("SECRET", "1234", 1);
    want_int(run_script("test \"$GIVEN\" = yes"), 0);
    want_int(run_script("test -z \"$SECRET\""), 0);
}
END_TEST

START_TEST(descriptor_of_the_callers_is_not_inherited)
{
    /* Not close-on-exec: the kind that gets in. */
    int fd = open("/", O_RDONLY | O_DIRECTORY); // NOLINT(android-cloexec-open)
    const char *script = keep(formatted("if (: <&%d) 2>/dev/null; then exit 1; fi", fd));

    ck_assert_msg(fd > 2 && fd < 10, "the check needs a descriptor of one digit, got %d", fd);
    want_int(run_script(script), 0);
    close(fd);
}
END_TEST

START_TEST(high_descriptor_is_not_inherited)
{
    const struct rlimit limit = { 4096, 4096 };
    int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    ck_assert_int_eq(dup2(fd, HIGH), HIGH); /* dup2 clears close-on-exec */
    EXPECT_STATUS(run_script(keep(formatted("test ! -e /proc/$$/fd/%d", HIGH))), 0,
                  keep(formatted("a shell that exits with 1 if it has descriptor %d", HIGH)));
    close(fd);
    close(HIGH);
}
END_TEST

START_TEST(umask_is_0022)
{
    umask(0077);
    want_int(run_script("test \"$(umask)\" = 0022"), 0);
}
END_TEST

/* A shell that sends SIGNAL to itself and lives on if it does not end it. THE_CALLER says what the caller did to it. */
static void expect_death_by(int number, const char *the_caller)
{
    const char *name = sigabbrev_np(number); /* NULL for a real-time signal: those have numbers only */
    int status = run_script(keep(formatted("kill -%d $$; exit 5", number)));

    ck_assert_msg(
        status == 128 + number,
        "a program that sends signal %d (%s), which the caller %s, to itself and then exits with 5: wanted %d, "
        "got %d",
        number, name ? name : "real-time", the_caller, 128 + number, status);
}

START_TEST(signals_are_as_for_a_new_program)
{
    sigset_t blocked;

    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    sigaddset(&blocked, SIGRTMAX);
    ck_assert_int_eq(sigprocmask(SIG_BLOCK, &blocked, NULL), 0);
    ck_assert_ptr_ne(signal(SIGUSR2, SIG_IGN), SIG_ERR);
    ck_assert_ptr_ne(signal(SIGRTMAX - 1, SIG_IGN), SIG_ERR);
    expect_death_by(SIGUSR1, "blocks");
    expect_death_by(SIGUSR2, "ignores");
    expect_death_by(SIGRTMAX, "blocks");
    expect_death_by(SIGRTMAX - 1, "ignores");
}
END_TEST

static void do_nothing(int number)
{
    (void)number;
}

START_TEST(wait_goes_on_after_an_interruption)
{
    struct sigaction act = { .sa_handler = do_nothing }; /* no SA_RESTART */

    ck_assert_int_eq(sigaction(SIGUSR1, &act, NULL), 0);
    want_int(run_script("sleep 0.1; kill -USR1 $PPID; sleep 0.1; exit 7"), 7);
}
END_TEST

int main(void)
{
    const struct test tests[] = {
        { program_runs_in_the_root, NEED_ROOT, 0 },
        { working_directory_is_the_root, NEED_ROOT, 0 },
        { caller_stays_outside, NEED_ROOT, 0 },
        { caller_keeps_its_umask, NEED_ROOT, 0 },
        { exit_status_is_the_programs, NEED_ROOT, 0 },
        { signal_is_128_plus_its_number, NEED_ROOT, 0 },
        { child_runs_nothing_of_the_callers, NEED_ROOT, 0 },
        { missing_program_is_127, NEED_ROOT, 0 },
        { missing_interpreter_is_127, NEED_ROOT, 0 },
        { program_that_cannot_be_executed_is_126, NEED_ROOT, 0 },
        { missing_root_is_125, NEED_ROOT, 0 },
        { failed_fork_is_125, NEED_ROOT | NEED_USER, 0 },
        { environment_is_only_what_is_given, NEED_ROOT, 0 },
        { descriptor_of_the_callers_is_not_inherited, NEED_ROOT, 0 },
        { high_descriptor_is_not_inherited, NEED_ROOT, 0 },
        { umask_is_0022, NEED_ROOT, 0 },
        { signals_are_as_for_a_new_program, NEED_ROOT, 0 },
        { wait_goes_on_after_an_interruption, NEED_ROOT, 0 },
    };

    return RUN_EXERCISE(tests);
}
