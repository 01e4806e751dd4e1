/* 06.4: shells that ask what they are on, write much, or write late. */
#include "exercise.h"

#include "cleanup.h"
#include "keep.h"
#include "process.h"
#include "run_on_terminal.h"
#include "str.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define ROWS        41
#define COLUMNS     97
#define MOST_MS     4000         /* what should have returned long before */
#define FIRST_MS    2000         /* that the program is given to run before the caller goes on */
#define HIGH        900          /* a descriptor far above the others */
#define MOST_OUTPUT (512 * 1024) /* bytes that a caller tells of */

/* What a caller of run_on_terminal found out; in memory that it shares with the test. */
struct found {
    bool returned;
    int result, status;
    int descriptors; /* more than before */
    size_t length;   /* of the output, of which as much as there is room for is in TEXT */
    struct error err;
    char text[MOST_OUTPUT];
};

/* A process that is in run_on_terminal. It leads a session. */
struct caller {
    pid_t pid;
    int terminal; /* the other end of its controlling terminal, where it has one */
    struct found *found;
};

static void pause_ms(int ms)
{
    const struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

    nanosleep(&time, NULL);
}

static void do_nothing(int number)
{
    (void)number;
}

static int open_descriptors(void)
{
    _cleanup_closedir_ DIR *dir = opendir("/proc/self/fd");
    int count = 0;

    while (dir && readdir(dir))
        count++;
    return count;
}

/* The file that the program makes when it has done its part; NULL where nobody waits for that. */
static const char *part_done;

/* In the caller, right after fork: let the program be the first to run. Not for ever: it may wait for the caller. */
static void let_program_run(void)
{
    for (int left_ms = FIRST_MS; part_done && left_ms > 0 && access(part_done, F_OK) < 0; left_ms -= 20)
        pause_ms(20);
}

/* In the child: begin a session, on the terminal NAME or on none, call, and tell. */
static void call_and_tell(char *const argv[], const char *name, struct found *found)
{
    const struct sigaction act = { .sa_handler = do_nothing }; /* no SA_RESTART */
    struct str output = { 0 };
    int before;

    reset_signals(); /* Check has handlers that would end the test's whole process group */
    sigaction(SIGUSR1, &act, NULL);
    sigaction(SIGHUP, &act, NULL); /* who got the program's terminal by mistake lives to tell */
    pthread_atfork(NULL, let_program_run, NULL);
    setsid();
    /* Without O_NOCTTY: it becomes the controlling terminal. */
    if (name && open(name, O_RDWR | O_CLOEXEC) < 0)
        _exit(1);
    before = open_descriptors();
    found->result = run_on_terminal(argv, ROWS, COLUMNS, &output, &found->status, &found->err);
    found->descriptors = open_descriptors() - before;
    found->length = output.length;
    memcpy(found->text, str_text(&output), output.length < MOST_OUTPUT ? output.length : MOST_OUTPUT - 1);
    found->returned = true;
    _exit(0);
}

static struct caller call_from(bool has_terminal, const char *script)
{
    /* Descriptors of the kind that gets into a program. */
    _cleanup_close_ int low = open("/", O_PATH); // NOLINT(android-cloexec-open)
    _cleanup_close_ int high = fcntl(low, F_DUPFD, HIGH);
    char *argv[] = { keep(must_strdup("sh")), keep(must_strdup("-c")), keep(must_strdup(script)), NULL };
    struct caller caller = { .terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC) };
    char name[64];

    caller.found =
        mmap(NULL, sizeof *caller.found, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(caller.found, MAP_FAILED);
    ck_assert_msg(caller.terminal >= 0 && grantpt(caller.terminal) == 0 && unlockpt(caller.terminal) == 0 &&
                      ptsname_r(caller.terminal, name, sizeof name) == 0,
                  "the check could not make a terminal");
    ck_assert_msg(high == HIGH, "the check could not open descriptor %d: `ulimit -n 1024` allows it", HIGH);
    caller.pid = fork();
    ck_assert_int_ge(caller.pid, 0);
    if (caller.pid == 0)
        call_and_tell(argv, has_terminal ? name : NULL, caller.found);
    return caller;
}

static struct caller call(const char *script)
{
    return call_from(true, script);
}

/* What CALLER found, once its call has returned. Fails the test where that takes too long. */
static const struct found *found_by(const struct caller *caller)
{
    int left_ms = MOST_MS;

    while (waitpid(caller->pid, NULL, WNOHANG) == 0) {
        if (left_ms <= 0) {
            kill(caller->pid, SIGKILL);
            waitpid(caller->pid, NULL, 0);
            ck_abort_msg("wanted run_on_terminal to return, got a caller that waits and waits");
        }
        pause_ms(20);
        left_ms -= 20;
    }
    ck_assert_msg(caller->found->returned,
                  "wanted run_on_terminal to return, got a caller that has ended in the call");
    ck_assert_msg(caller->found->result == 0, "run_on_terminal: wanted 0, got %d: %s", caller->found->result,
                  caller->found->err.text);
    return caller->found;
}

static const struct found *run(const char *script)
{
    struct caller caller = call(script);

    return found_by(&caller);
}

/* The same by a caller that leads a session as well, but whose session has no terminal. */
static const struct found *run_without_a_terminal(const char *script)
{
    struct caller caller = call_from(false, script);

    return found_by(&caller);
}

static const struct found *run_while_caller_waits_in_fork(const char *script)
{
    part_done = keep(formatted("%s/done", scratch()));
    return run(keep(formatted("%s; : >%s", script, part_done)));
}

START_TEST(program_has_a_terminal)
{
    want_int(run("test -t 0 && test -t 1 && test -t 2")->status, 0);
}
END_TEST

START_TEST(output_is_what_the_terminal_prints)
{
    /* A terminal makes a carriage return and a line feed of the end of a line. */
    want_text(run("echo one; echo two >&2")->text, "one\r\ntwo\r\n");
}
END_TEST

START_TEST(status_is_the_programs)
{
    want_int(run("exit 7")->status, 7);
    want_int(run("kill -TERM $$")->status, 128 + SIGTERM);
}
END_TEST

START_TEST(terminal_has_the_size)
{
    want_text(run("stty size")->text, "41 97\r\n");
}
END_TEST

START_TEST(size_is_there_before_the_program)
{
    want_text(run_while_caller_waits_in_fork("stty size")->text, "41 97\r\n");
}
END_TEST

START_TEST(terminal_is_the_controlling_one)
{
    want_text(run("echo hello >/dev/tty")->text, "hello\r\n");
}
END_TEST

START_TEST(callers_terminal_is_as_it_was)
{
    struct caller caller = call("echo hello >/dev/tty; stty raw -echo </dev/tty; exit 0");
    struct termios settings;
    int waiting = 0;

    found_by(&caller);
    ck_assert_int_eq(tcgetattr(caller.terminal, &settings), 0);
    ck_assert_int_eq(ioctl(caller.terminal, FIONREAD, &waiting), 0);
    ck_assert_msg(waiting == 0, "the caller's own terminal: wanted nothing printed there, got %d bytes",
                  waiting);
    ck_assert_msg(settings.c_lflag & ECHO,
                  "the caller's own terminal: wanted it to echo as before, got one that "
                  "does not");
}
END_TEST

START_TEST(caller_without_a_terminal_gets_none)
{
    want_text(run_without_a_terminal("echo hello >/dev/tty")->text, "hello\r\n");
}
END_TEST

START_TEST(much_output_is_whole)
{
    want_int((long long)run("head -c 300000 /dev/zero | tr '\\0' x")->length, 300000);
}
END_TEST

/* Wait until the process whose number is in the file PLACE/pid has ended, and nobody has waited for it yet. */
static void wait_for_zombie(const char *place)
{
    const char *pid = keep(get_file(place, "pid"));

    for (int left_ms = MOST_MS; left_ms > 0; left_ms -= 20, pause_ms(20)) {
        const char *stat = keep(get_file("/proc", keep(formatted("%ld/stat", strtol(pid, NULL, 10)))));

        if (strstr(stat, ") Z"))
            return;
    }
    ck_abort_msg("wanted the program to write and to end while nobody reads, got one that runs on");
}

START_TEST(output_before_the_end_is_not_lost)
{
    /* The caller is stopped before the program writes, and goes on when the program has ended. */
    const char *place = scratch();
    struct caller caller = call(keep(
        formatted("echo $$ >%s/pid; kill -STOP $PPID; head -c 6000 /dev/zero | tr '\\0' x; exit 5", place)));
    int stopped;

    ck_assert_int_eq(waitpid(caller.pid, &stopped, WUNTRACED), caller.pid);
    ck_assert_msg(WIFSTOPPED(stopped), "the caller has ended before the program");
    wait_for_zombie(place);
    kill(caller.pid, SIGCONT);
    want_int((long long)found_by(&caller)->length, 6000);
    want_int(caller.found->status, 5);
}
END_TEST

START_TEST(who_is_left_behind_is_hung_up)
{
    want_int(run("sleep 8 & exit 3")->status, 3);
}
END_TEST

START_TEST(program_has_three_descriptors)
{
    /* Those of the shell, and not of ls, which has one more: that of the directory. So the shell does not become ls. */
    want_text(run("ls -1 /proc/$$/fd; exit 0")->text, "0\r\n1\r\n2\r\n");
}
END_TEST

START_TEST(no_descriptor_stays_open)
{
    want_int(run("exit 0")->descriptors, 0);
}
END_TEST

START_TEST(interruption_is_no_failure)
{
    want_text(run("sleep 0.1; kill -USR1 $PPID; sleep 0.1; echo done")->text, "done\r\n");
}
END_TEST

int main(void)
{
    const struct test tests[] = {
        { program_has_a_terminal, 0, 0 },
        { output_is_what_the_terminal_prints, 0, 0 },
        { status_is_the_programs, 0, 0 },
        { terminal_has_the_size, 0, 0 },
        { size_is_there_before_the_program, 0, 0 },
        { terminal_is_the_controlling_one, 0, 0 },
        { callers_terminal_is_as_it_was, 0, 0 },
        { caller_without_a_terminal_gets_none, 0, 0 },
        { much_output_is_whole, 0, 0 },
        { output_before_the_end_is_not_lost, 0, 0 },
        { who_is_left_behind_is_hung_up, 0, 0 },
        { program_has_three_descriptors, 0, 0 },
        { no_descriptor_stays_open, 0, 0 },
        { interruption_is_no_failure, 0, 0 },
    };

    return RUN_EXERCISE(tests);
}
