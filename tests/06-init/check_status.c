/* How a container ends: the exit status, and that nothing is left. */
#include "processes.h"

#include <sys/stat.h>
#include <unistd.h>

static void exits_with(const struct site *site, const char *script, int status)
{
    struct outcome o = IN_CONTAINER(site, "", script);

    ck_assert_msg(o.status == status, "%s: wanted exit status %d, got %d; standard error:\n%s", script,
                  status, o.status, o.err);
    assert_nothing_left(site);
}

START_TEST(every_exit_status_comes_back)
{
    struct site site = new_site("FROM busybox\n");

    exits_with(&site, "exit 0", 0);
    exits_with(&site, "exit 1", 1);
    exits_with(&site, "exit 124", 124);
    exits_with(&site, "exit 125", 125);
    exits_with(&site, "exit 126", 126);
    exits_with(&site, "exit 127", 127);
    exits_with(&site, "exit 128", 128);
    exits_with(&site, "exit 137", 137);
    exits_with(&site, "exit 255", 255);
}
END_TEST

/* The program is not process 1, so the kernel's default actions hold for it. */
START_TEST(a_signal_that_ends_the_program_is_128_plus_its_number)
{
    struct site site = new_site("FROM busybox\n");

    exits_with(&site, "kill -HUP $$", 128 + SIGHUP);
    exits_with(&site, "kill -INT $$", 128 + SIGINT);
    exits_with(&site, "kill -ABRT $$", 128 + SIGABRT); /* dumps core */
    exits_with(&site, "kill -KILL $$", 128 + SIGKILL);
    exits_with(&site, "kill -SEGV $$", 128 + SIGSEGV);
    exits_with(&site, "kill -TERM $$", 128 + SIGTERM);
    exits_with(&site, "kill -34 $$", 128 + 34);
    exits_with(&site, "kill -64 $$", 128 + 64);
}
END_TEST

START_TEST(the_programs_own_child_may_end_it)
{
    struct site site = new_site("FROM busybox\n");

    exits_with(&site, "(kill -KILL $$); exit 3", 137);
    exits_with(&site, "sh -c 'kill -KILL -1'; exit 4", 137);
}
END_TEST

static void fails_with(const char *dockerfile, int status, const char *because)
{
    struct site site = new_site(dockerfile);
    struct outcome o = RUN_SITE(&site, ".");

    assert_outcome(&o, status, "");
    ck_assert_contains(o.err, because);
    ck_assert_msg(strstr(o.err, "gocker: ") == o.err && strchr(o.err, '\n') == o.err + o.err_length - 1,
                  "wanted one line of error, got\n%s", o.err);
    assert_nothing_left(&site);
}

START_TEST(a_program_that_cannot_be_started_is_told_in_one_line)
{
    fails_with("FROM busybox\nCMD [\"no-such-program\"]\n", 127,
               "no-such-program: not found in the container's PATH");
    fails_with("FROM busybox\nCMD [\"/no/such\"]\n", 127, "exec /no/such: No such file or directory");
    fails_with("FROM busybox\nCMD [\"/etc/passwd\"]\n", 126, "/etc/passwd: it is not executable");
    fails_with("FROM busybox\nCMD [\"/etc\"]\n", 126, "exec /etc: ");
    fails_with("FROM busybox\nUSER 4294967294\nCMD [\"true\"]\n", 125, "4294967294");
}
END_TEST

/* An error of an isolation, from inside, by way of the init: all of it arrives. */
START_TEST(a_step_that_fails_inside_is_told_with_its_name)
{
    struct site site = new_site("FROM busybox\nCMD [\"true\"]\n");
    struct outcome o = RUN_SITE(&site, "--tmpfs", "/x:size=nonsense", ".");

    assert_outcome(&o, 125, "");
    ck_assert_contains(o.err, "gocker: enter mounts: mount a tmpfs on /x: ");
    ck_assert_contains(o.err, "size");
    assert_nothing_left(&site);
    o = RUN_SITE(&site, "-t", "--tmpfs", "/dev/pts", ".");
    assert_outcome(&o, 125, "");
    ck_assert_contains(o.err, "gocker: enter terminal: open /dev/pts/ptmx: ");
    assert_nothing_left(&site);
}
END_TEST

/* SIZE times LETTER, on lines that a Dockerfile may have. */
static void add_long(struct str *text, char letter, int size)
{
    for (int i = 0; i < size; i++) {
        if (i > 0 && i % 60000 == 0)
            str_add(text, "\\\n");
        str_add_char(text, letter);
    }
}

/* A Dockerfile can hold what no command line can: an argument of more than 128 KiB, and of more than 2 MiB
 * in all. */
START_TEST(too_many_arguments_are_126)
{
    _cleanup_str_ struct str one = { 0 }, many = { 0 };

    str_add(&one, "FROM busybox\nCMD [\"true\", \"");
    add_long(&one, 'x', 140000);
    str_add(&one, "\"]\n");
    fails_with(one.text, 126, "exec true: Argument list too long");
    str_add(&many, "FROM busybox\n");
    for (int i = 0; i < 22; i++) {
        str_addf(&many, "ENV LONG%d=", i);
        add_long(&many, 'x', 100000);
        str_add(&many, "\n");
    }
    str_add(&many, "CMD [\"true\"]\n");
    fails_with(many.text, 126, "exec true: Argument list too long");
}
END_TEST

START_TEST(a_megabyte_of_environment_arrives)
{
    _cleanup_str_ struct str dockerfile = { 0 };
    struct site site;
    struct outcome o;

    str_add(&dockerfile, "FROM busybox\n");
    for (int i = 0; i < 10; i++) {
        str_addf(&dockerfile, "ENV LONG%d=", i);
        add_long(&dockerfile, 'v', 100000);
        str_add(&dockerfile, "\n");
    }
    site = new_site(dockerfile.text);
    o = IN_CONTAINER(&site, "", "env | grep -c LONG; echo ${#LONG9}");
    assert_outcome(&o, 0, "10\n100000\n");
}
END_TEST

START_TEST(arguments_arrive_as_they_are)
{
    struct site site = new_site("FROM busybox\nENTRYPOINT [\"printf\", \"[%s]\"]\n");
    struct outcome o = RUN_SITE(&site, ".", "--", "", "\"", "a\nb", "\xc3\xa4", "\x01", "\\n", "${x}");

    assert_outcome(&o, 0, "[][\"][a\nb][\xc3\xa4][\x01][\\n][${x}]");
    o = RUN_SITE(&site, ".", "--", "\xff");
    assert_outcome(&o, 125, "");
    ck_assert_contains(o.err, "an argument of the program is not UTF-8, from the byte 0xff on");
    assert_nothing_left(&site);
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { every_exit_status_comes_back, NEED_ROOT | NEED_REGISTRY, 60 },
        { a_signal_that_ends_the_program_is_128_plus_its_number, NEED_ROOT | NEED_REGISTRY, 60 },
        { the_programs_own_child_may_end_it, NEED_ROOT | NEED_REGISTRY, 0 },
        { a_program_that_cannot_be_started_is_told_in_one_line, NEED_ROOT | NEED_REGISTRY, 0 },
        { a_step_that_fails_inside_is_told_with_its_name, NEED_ROOT | NEED_REGISTRY, 0 },
        { too_many_arguments_are_126, NEED_ROOT | NEED_REGISTRY, 0 },
        { a_megabyte_of_environment_arrives, NEED_ROOT | NEED_REGISTRY, 0 },
        { arguments_arrive_as_they_are, NEED_ROOT | NEED_REGISTRY, 0 },
    };

    return RUN_TESTS("06-init/status", tests, argc, argv);
}
