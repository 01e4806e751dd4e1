/* 04.2: where the program is, what it has, and what became of it. */
#include "exercise.h"

#include "keep.h"
#include "run_in_root.h"
#include "str.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

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

START_TEST(program_is_looked_for_in_the_root)
{
    /* Not executable, so it need not run to be told from a program that is not there. */
    want_int(run_program_in(root_with("text\n", 0644), "/here"), 126);
    want_int(run_program_in(root_with("text\n", 0644), "/bin/sh"), 127);
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

START_TEST(working_directory_is_the_root)
{
    want_int(run_script("test \"$(pwd -P)\" = /"), 0);
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

START_TEST(missing_program_is_127)
{
    want_int(run_program_in(scratch(), "/here"), 127);
    want_int(run_program_in(root_with("text\n", 0644), "/here/not"), 127);
}
END_TEST

START_TEST(missing_interpreter_is_127)
{
    want_int(run_program_in(root_with("#!/bin/sh\nexit 0\n", 0755), "/here"), 127);
}
END_TEST

START_TEST(program_that_cannot_be_executed_is_126)
{
    want_int(run_program_in(root_with("neither ELF nor #!\n", 0755), "/here"), 126);
    want_int(run_program_in(scratch(), "/"), 126);
}
END_TEST

START_TEST(missing_root_is_125)
{
    const char *directory = root_with("a file\n", 0644);

    want_int(run_program_in(keep(formatted("%s/missing", directory)), "/bin/sh"), 125);
    want_int(run_program_in(keep(formatted("%s/here", directory)), "/bin/sh"), 125);
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
        { program_is_looked_for_in_the_root, NEED_ROOT, 0 },
        { caller_stays_outside, NEED_ROOT, 0 },
        { working_directory_is_the_root, NEED_ROOT, 0 },
        { exit_status_is_the_programs, NEED_ROOT, 0 },
        { signal_is_128_plus_its_number, NEED_ROOT, 0 },
        { missing_program_is_127, NEED_ROOT, 0 },
        { missing_interpreter_is_127, NEED_ROOT, 0 },
        { program_that_cannot_be_executed_is_126, NEED_ROOT, 0 },
        { missing_root_is_125, NEED_ROOT, 0 },
        { environment_is_only_what_is_given, NEED_ROOT, 0 },
        { descriptor_of_the_callers_is_not_inherited, NEED_ROOT, 0 },
        { wait_goes_on_after_an_interruption, NEED_ROOT, 0 },
    };

    return RUN_EXERCISE(tests);
}
