/* 06.3: this program is started once more as one that calls start_sealed first thing in main, and then tells what it is. */
#include "exercise.h"

#include "cleanup.h"
#include "fs.h"
#include "keep.h"
#include "start_sealed.h"
#include "str.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define ALL_SEALS   (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)
#define ROLE        "START_SEALED_CHECK" /* an environment variable: what main is to do */
#define MOST_STARTS 4

/* ---- the program that is started */

/* Is this process that program? Started over without its environment, it runs from memory. */
static bool is_program(void)
{
    char path[16] = "";

    return getenv(ROLE) ||
           (readlink("/proc/self/exe", path, sizeof path - 1) > 0 && strncmp(path, "/memfd:", 7) == 0);
}

static int open_descriptors(void)
{
    _cleanup_closedir_ DIR *dir = opendir("/proc/self/fd");
    int count = -1; /* the directory's own */

    while (dir && readdir(dir))
        count++;
    return count - 2; /* . and .. */
}

/* Say that main has begun, call, and say what there is then. */
static int play(char **argv)
{
    const char *role = getenv(ROLE), *other = getenv("OTHER");
    struct error err = { 0 };

    printf("main %d;", open_descriptors());
    fflush(stdout);
    /* No descriptor is to be had any more, so whatever is begun fails. */
    if (role && strcmp(role, "starved") == 0)
        setrlimit(RLIMIT_NOFILE, &(struct rlimit){ .rlim_cur = 3, .rlim_max = 3 });
    if (start_sealed(argv, &err) < 0) {
        printf(" failed: %s\n", err.text);
        return 0;
    }
    _cleanup_close_ int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    printf(" seals %d;", fcntl(self, F_GET_SEALS));
    for (char **one = argv; *one; one++)
        printf(" [%s]", *one);
    printf(" OTHER=%s\n", other ? other : "(none)");
    return 0;
}

/* ---- starting it */

/* The number behind WORD in TEXT, or -1. */
static int number_after(const char *text, const char *word)
{
    const char *at = strstr(text, word);

    return at ? (int)strtol(at + strlen(word), NULL, 10) : -1;
}

struct started {
    const char *text; /* all that it printed */
    int starts;       /* how often main has begun */
    int seals;        /* of the file that it executes; -1 where it has none or did not say */
};

/* Execute the file FD with ARGV in the role ROLE_NAME, and read what it prints. It is ended when it starts over too often. */
static struct started start_file(int fd, char *const argv[], const char *role_name)
{
    char *env[] = { keep(formatted("%s=%s", ROLE, role_name)), keep(must_strdup("OTHER=a value")),
                    keep(must_strdup("ASAN_OPTIONS=detect_leaks=0")), NULL };
    struct started started = { 0 };
    struct str text = { 0 };
    char piece[512];
    int ends[2];
    ssize_t got;
    pid_t pid;

    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
        fexecve(fd, argv, env);
        _exit(1);
    }
    close(ends[1]);
    while (started.starts <= MOST_STARTS && (got = read(ends[0], piece, sizeof piece)) > 0) {
        str_add_bytes(&text, piece, (size_t)got);
        started.starts = 0;
        for (const char *at = str_text(&text); (at = strstr(at, "main ")) != NULL; at++)
            started.starts++;
    }
    kill(pid, SIGKILL); /* where it has not ended */
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    close(ends[0]);
    started.text = text.text ? keep(text.text) : "";
    ck_assert_msg(started.starts <= MOST_STARTS,
                  "wanted start_sealed to return at last, got %d starts and no end", started.starts);
    started.seals = number_after(started.text, "seals ");
    return started;
}

/* This program's file, as it is on the disk. */
static int plain_file(void)
{
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

    ck_assert_int_ge(fd, 0);
    return fd;
}

/* A copy of it in memory, with SEALS. It cannot be executed while somebody has it open to write. */
static int file_in_memory(int seals)
{
    int self = plain_file(), copy = memfd_create("check", MFD_CLOEXEC | MFD_ALLOW_SEALING), readable;
    struct error err;

    ck_assert_msg(copy >= 0 && copy_contents(self, copy, &err) == 0, "the check could not copy itself");
    ck_assert_int_eq(fcntl(copy, F_ADD_SEALS, seals), 0);
    readable = open(keep(formatted("/proc/self/fd/%d", copy)), O_RDONLY | O_CLOEXEC);
    ck_assert_int_ge(readable, 0);
    close(self);
    close(copy);
    return readable;
}

static struct started start_sealing(int fd)
{
    char *argv[] = { keep(must_strdup("program")), NULL };
    struct started started = start_file(fd, argv, "play");

    close(fd);
    ck_assert_msg(started.seals >= 0, "wanted the program to run from a sealed copy, got: %s", started.text);
    return started;
}

START_TEST(program_runs_from_a_sealed_copy)
{
    want_int(start_sealing(plain_file()).seals, ALL_SEALS);
}
END_TEST

START_TEST(it_starts_over_once)
{
    want_int(start_sealing(plain_file()).starts, 2);
}
END_TEST

START_TEST(program_that_is_sealed_goes_on)
{
    want_int(start_sealing(file_in_memory(ALL_SEALS)).starts, 1);
}
END_TEST

START_TEST(memory_alone_is_not_enough)
{
    want_int(start_sealing(file_in_memory(0)).seals, ALL_SEALS);
}
END_TEST

START_TEST(all_four_seals_are_looked_for)
{
    const int seals[] = { F_SEAL_WRITE, F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_SEAL };

    for (size_t i = 0; i < sizeof seals / sizeof *seals; i++)
        want_int(start_sealing(file_in_memory(ALL_SEALS & ~seals[i])).seals, ALL_SEALS);
}
END_TEST

START_TEST(arguments_and_environment_are_kept)
{
    char *argv[] = { keep(must_strdup("a name")), keep(must_strdup("")),
                     keep(must_strdup("three words more")), NULL };
    int fd = plain_file();
    struct started started = start_file(fd, argv, "play");
    const char *last = strstr(started.text, "seals ");

    close(fd);
    last = last ? strchr(last, ';') : NULL;
    want_text(last ? last + 2 : started.text, "[a name] [] [three words more] OTHER=a value\n");
}
END_TEST

START_TEST(no_descriptor_more_is_open)
{
    struct started started = start_sealing(plain_file());
    const char *second = strstr(started.text + 1, "main ");
    int before = number_after(started.text, "main "), after = second ? number_after(second, "main ") : -1;

    ck_assert_msg(second, "wanted two starts, got: %s", started.text);
    ck_assert_msg(after == before, "open descriptors in main: wanted %d the second time as well, got %d",
                  before, after);
}
END_TEST

START_TEST(failure_is_an_error)
{
    char *argv[] = { keep(must_strdup("program")), NULL };
    int fd = plain_file();
    struct started started = start_file(fd, argv, "starved");

    close(fd);
    ck_assert_msg(strstr(started.text, "failed: ") && strstr(started.text, "failed: \n") == NULL,
                  "no descriptor is to be had: wanted -1 and an error, got: %s", started.text);
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { program_runs_from_a_sealed_copy, 0, 0 }, { it_starts_over_once, 0, 0 },
        { program_that_is_sealed_goes_on, 0, 0 },  { memory_alone_is_not_enough, 0, 0 },
        { all_four_seals_are_looked_for, 0, 0 },   { arguments_and_environment_are_kept, 0, 0 },
        { no_descriptor_more_is_open, 0, 0 },      { failure_is_an_error, 0, 0 },
    };

    (void)argc;
    if (is_program())
        return play(argv);
    return RUN_EXERCISE(tests);
}
