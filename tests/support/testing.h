/* What the Check programs share: a table of tests with what each needs, programs run to their end, places
 * to work in. Start `make test-NN` to have the registry and images that NEED_REGISTRY means. */
#ifndef GOCKER_TESTING_H
#define GOCKER_TESTING_H

#include <check.h>
#include <stdbool.h>
#include <stddef.h>

#undef fail /* an old name of Check's for ck_abort_msg; here it is common/error.h's */

/* What a test cannot do without. Where it is missing the test is left out, printed and counted as skipped. */
enum need {
    NEED_ROOT = 1 << 0,     /* effective uid 0 with CAP_SYS_CHROOT, CAP_CHOWN and CAP_MKNOD */
    NEED_REGISTRY = 1 << 1, /* the services of tests/support (registry_address and its kin below) */
    NEED_USER = 1 << 2,     /* root, in order to become somebody who is not (uid 65534) */
    NEED_NATIVE = 1 << 3,   /* no sanitizer: the test measures time or memory */
    NEED_MACHINE = 1 << 4,  /* the lab (vm/): root, alone on a machine with pure cgroup v2 */
    NEED_CGROUPS = 1 << 5,  /* root, and a tree of cgroup v2 in which it may make some; Linux 5.14 */
};

struct test {
    const TTest *test; /* START_TEST's name */
    unsigned needs;
    /* 0: 30 seconds. All limits are five times as long in a sanitized program, ten times in an emulated machine. */
    int timeout_s;
};

/* Run the tests (those whose names contain an argument of the program's, when it has any), each in a process
 * of its own, with HOME and GOCKER_ROOT in a directory that is removed after it. A test that leaves a process
 * or a mount behind fails; one that does not hold for the chapter of $GOCKER_BIN (changed.h) is left out.
 * Prints what was left out and why, each failure, and "SUITE: N passed, N failed, N skipped". Returns what
 * main returns. */
int run_tests(const char *suite, const struct test *tests, size_t count, int argc, char **argv);
#define RUN_TESTS(suite, tests, argc, argv)                                                                  \
    run_tests(suite, tests, sizeof(tests) / sizeof *(tests), argc, argv)

/* A fresh empty directory below $TMPDIR or /tmp, removed with all in it when the test ends, also by a
 * failure. Each call makes another. The string lasts as long as the test. */
const char *scratch(void);

/* Where the tree of cgroup v2 is mounted, if cgroups can be made there; or NULL. */
const char *cgroup_mount(void);

/* The path of a fresh cgroup at its top. When the test ends, also by a failure, it is removed with all below it, and what runs
 * in it is killed. Each call makes another; needs NEED_CGROUPS. The string lasts as long as the test. */
const char *scratch_cgroup(void);

/* The binary under test: $GOCKER_BIN, else the chapter's own (build/bin/CHAPTER, or build/asan/bin/CHAPTER
 * in a sanitized test program), absolute. CHAPTER is "02-pull"; tests use its command by name ("pull"), so
 * that a later chapter's binary can stand in its place. */
const char *binary(const char *chapter);

/* What a program did. out and err end with a NUL that the lengths do not count; they last as long as the
 * test, as does all that the functions below return: do not free it. */
struct outcome {
    int status; /* its exit status, or 128 plus the signal that ended it */
    char *out, *err;
    size_t out_length, err_length;
    long max_rss_kib; /* its largest resident set, or this program's when it was started, if larger */
};

/* How to run it; all zero is a good default. */
struct how {
    const char *input;      /* standard input; NULL: empty */
    size_t input_length;    /* 0: strlen(input) */
    const char *directory;  /* NULL: this one */
    const char *const *env; /* "NAME=VALUE"s added to this environment, NULL-terminated */
    unsigned uid;           /* become this user first; 0: stay */
    int timeout_s;          /* kill it and fail the test after; 0: 20 seconds */
};

/* Run ARGV (NULL-terminated; a name without a slash is found in PATH) to its end. Fails the test when it
 * does not end in time, when something it started outlives it with its output open, or when a sanitizer
 * reports an error in it. */
struct outcome run_how(const struct how *how, const char *const *argv);
#define RUN(...) run_how(&(struct how){ 0 }, (const char *const[]){ __VA_ARGS__, NULL })

/* Start it only; finish() waits for it. For tests that send signals. */
struct running;
struct running *start(const struct how *how, const char *const *argv);
int running_pid(const struct running *running);
bool wait_for_output(struct running *running, const char *text, int timeout_s); /* on stdout or stderr */
struct outcome finish(struct running *running);

/* The text must be in the other. Both are printed when it is not. */
#define ck_assert_contains(haystack, needle) assert_contains(haystack, needle, __FILE__, __LINE__)
void assert_contains(const char *haystack, const char *needle, const char *file, int line);

/* Write TEXT to DIRECTORY/NAME (directories on the way are made); read a whole file. They fail the test
 * where they cannot. */
void put_file(const char *directory, const char *name, const char *text);
char *get_file(const char *directory, const char *name);

/* The services: "127.0.0.1:PORT" of a docker-registry without authentication, with Bearer tokens, and with
 * htpasswd and TLS (certificate authority in registry_ca(); user "learner", password "secret"). All serve
 * the images that tests/support/images.py lists. */
const char *registry_address(void);
const char *token_registry_address(void);
const char *tls_registry_address(void);
const char *registry_ca(void);

#endif
