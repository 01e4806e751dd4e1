/* The binary, for real: what a user sees of `run`, and what it leaves behind. */
#include "site.h"
#include "str.h"
#include "testing.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define BINARY binary("04-chroot")

START_TEST(main_job_runs_as_written)
{
    struct site site = new_site("FROM node:alpine\nCOPY index.js /app/index.js\nENTRYPOINT /app/index.js\n");
    struct outcome o;
    char path[512];

    put_file(site.context, "index.js",
             "#!/usr/bin/env node\nconsole.log('hello from', process.cwd());\nprocess.exit(42);\n");
    snprintf(path, sizeof path, "%s/index.js", site.context);
    ck_assert_int_eq(chmod(path, 0755), 0);
    o = RUN_SITE(&site, ".");
    assert_outcome(&o, 42, "hello from /\n");
    assert_nothing_left(&site);
}
END_TEST

static void assert_status(const char *dockerfile, int status, const char *err)
{
    struct site site = new_site(dockerfile);
    struct outcome o = RUN_SITE(&site, ".");

    assert_outcome(&o, status, "");
    ck_assert_contains(o.err, err);
    assert_nothing_left(&site);
}

START_TEST(exit_status_is_the_programs)
{
    assert_status("FROM busybox\nCMD exit 7\n", 7, "");
    assert_status("FROM busybox\nCMD [\"true\"]\n", 0, "");
}
END_TEST

START_TEST(exit_status_is_128_plus_the_signal)
{
    assert_status("FROM busybox\nCMD kill -9 $$\n", 137, "");
}
END_TEST

START_TEST(exit_status_is_127_where_the_program_is_not_there)
{
    assert_status("FROM busybox\nCMD [\"no-such-program\"]\n", 127, "no-such-program");
    assert_status("FROM busybox\nENTRYPOINT [\"/no/such\"]\n", 127, "/no/such");
}
END_TEST

START_TEST(exit_status_is_126_where_it_is_no_program)
{
    assert_status("FROM busybox\nCMD [\"/etc/passwd\"]\n", 126, "/etc/passwd");
}
END_TEST

START_TEST(exit_status_is_125_where_gocker_fails)
{
    struct site site = new_site("FROM busybox\nCOPY missing /\n");
    struct outcome o = RUN_SITE(&site, ".");

    assert_outcome(&o, 125, "");
    ck_assert_contains(o.err, "gocker: Dockerfile:2: COPY: missing: not found in the context .");
    assert_nothing_left(&site);
    o = RUN_SITE(&site, "/no/such/context");
    assert_outcome(&o, 125, "");
    ck_assert_contains(o.err, "/no/such/context");
    o = RUN_SITE(&site, "-f", "other");
    assert_outcome(&o, 125, "");
    ck_assert_contains(o.err, "there is no other in /");
    ck_assert_contains(o.err, ": write one, or name it by -f FILE");
    o = RUN_SITE(&site, "--no-such-option");
    assert_outcome(&o, 125, "");
}
END_TEST

START_TEST(everything_refused_is_told_before_anything_is_downloaded)
{
    struct site site = new_site("FROM busybox\nRUN true\nEXPOSE 80\nCOPY --from=x a b\n"
                                "ADD https://example.org/x /\nFROM busybox\nSTOPSIGNAL TERM\n");
    struct outcome o = RUN_SITE(&site, ".");
    char path[512];

    assert_outcome(&o, 125, "");
    ck_assert_contains(o.err, "Dockerfile:2: RUN is not in this chapter: 10-build brings it\n");
    ck_assert_contains(o.err, "Dockerfile:3: EXPOSE is not in this chapter: 09-network brings it\n");
    ck_assert_contains(o.err, "Dockerfile:4: COPY --from is not in this chapter: 10-build brings it\n");
    ck_assert_contains(o.err, "Dockerfile:5: ADD of https://example.org/x");
    ck_assert_contains(o.err, "Dockerfile:6: a second FROM");
    ck_assert_contains(o.err, "Dockerfile:7: STOPSIGNAL is not in this chapter: 10-build brings it\n");
    snprintf(path, sizeof path, "%s/images", site.root);
    ck_assert_msg(access(path, F_OK) < 0, "%s was made", path);
}
END_TEST

START_TEST(volume_is_refused)
{
    assert_status("FROM busybox\nVOLUME /d\n", 125,
                  "Dockerfile:2: VOLUME is not in this chapter: 05-proc brings it\n");
}
END_TEST

START_TEST(who_is_not_root_is_told_what_to_do)
{
    struct site site = new_site("FROM busybox\n");
    struct outcome o;

    site.how.uid = 65534;
    o = RUN_SITE(&site, ".");
    assert_outcome(&o, 125, "");
    ck_assert_contains(o.err, "sudo");
    ck_assert_contains(o.err, "08-namespaces");
}
END_TEST

START_TEST(words_behind_two_dashes_replace_cmd)
{
    struct site site = new_site("FROM busybox\nENTRYPOINT [\"echo\", \"-n\"]\nCMD [\"cmd\"]\n");
    struct outcome o = RUN_SITE(&site, ".", "--", "a b", "--keep", "--");

    assert_outcome(&o, 0, "a b --keep --");
    o = RUN_SITE(&site, "--", "x");
    assert_outcome(&o, 0, "x");
    o = RUN_SITE(&site, ".", "x");
    assert_outcome(&o, 125, "");
    ck_assert_contains(o.err, "behind --");
}
END_TEST

START_TEST(the_dockerfile_may_be_elsewhere_or_standard_input)
{
    struct site site = new_site("FROM busybox\nCMD echo default\n");
    struct outcome o;

    put_file(site.context, "ctx/file", "from the context\n");
    put_file(site.context, "other", "FROM busybox\nCOPY file /\nCMD cat /file\n");
    o = RUN_SITE(&site, "-f", "other", "ctx");
    assert_outcome(&o, 0, "from the context\n");
    site.how.input = "FROM busybox\nCMD echo stdin\n";
    o = RUN_SITE(&site, "-f", "-");
    assert_outcome(&o, 0, "stdin\n");
}
END_TEST

/* FROM an image that is in the test registry only, not where the mirror looks. */
static struct site new_site_from(const char *flag, const char *image, const char *instructions)
{
    _cleanup_free_ char *text = formatted("FROM %s %s/%s\n%s", flag, registry_address(), image, instructions);

    return new_site(text);
}

START_TEST(the_base_images_configuration_counts)
{
    struct site site = new_site_from("", "configured", "");
    struct outcome o = RUN_SITE(&site, ".");

    assert_outcome(&o, 0, "entrypoint and cmd\n");
    site = new_site_from(
        "", "configured",
        "ENTRYPOINT [\"sh\", \"-c\", \"id -u; pwd; echo $GREETING; echo $HOME; echo $0 $#\", \"arg\"]\n");
    o = RUN_SITE(&site, ".");
    assert_outcome(&o, 0, "1000\n/srv/app\nhello from the image\n/home/learner\narg 0\n");
}
END_TEST

START_TEST(the_platform_of_from_comes_before_the_option)
{
    struct site site = new_site_from("--platform=linux/arm/v7", "multi", "CMD [\"/etc/platform\"]\n");
    struct outcome o = RUN_SITE(&site, "--keep", "--platform", "linux/arm64", ".");
    const char *said = strstr(o.err, "stays in ");
    char path[512] = "";

    ck_assert_msg(o.status == 126 && said, "wanted status 126 and a place, got %d:\n%s", o.status, o.err);
    ck_assert_int_eq(sscanf(said, "stays in %511s", path), 1);
    ck_assert_str_eq(get_file(path, "etc/platform"), "linux/arm/v7\n");
}
END_TEST

START_TEST(standard_input_is_the_programs)
{
    struct site site = new_site("FROM busybox\nCMD [\"cat\"]\n");
    struct outcome o;

    site.how.input = "a line\n";
    o = RUN_SITE(&site, ".");
    assert_outcome(&o, 0, "a line\n");
}
END_TEST

START_TEST(the_environment_is_the_images_alone)
{
    struct site site = new_site("FROM busybox\nENV A=1\nCMD [\"env\"]\n");
    struct outcome o;

    setenv("SECRET_OF_THE_HOST", "x", 1);
    o = RUN_SITE(&site, ".");
    assert_outcome(&o, 0,
                   "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nA=1\nHOME=/root\n");
}
END_TEST

/* A shell hands on what it has open, like a careless caller; run_how alone would close it. */
START_TEST(no_descriptor_but_the_standard_ones_gets_in)
{
    const char *script = "for fd in 3 4 5 6 7 8 9; do (: >&$fd) 2>/errors && echo $fd; done; true";
    struct site site = new_site("FROM busybox\n");
    struct outcome o = run_how(
        &site.how, (const char *const[]){ "sh", "-c", "exec 8>Dockerfile.8; exec \"$@\"", "sh", BINARY, "run",
                                          "--quiet", ".", "--", "sh", "-c", script, NULL });

    assert_outcome(&o, 0, "");
}
END_TEST

START_TEST(each_step_is_explained_when_asked_for)
{
    struct site site = new_site("FROM busybox\nCOPY Dockerfile /x\nCMD [\"true\"]\n");
    struct outcome o = RUN_SITE(&site, "--explain", ".");
    const char *const wanted[] = { "openat2(", "fork()", "chroot(\"", "chdir(\"/\")", "execve(\"true\"" };
    const char *at = o.err;

    assert_outcome(&o, 0, "");
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        at = strstr(at, wanted[i]);
        ck_assert_msg(at, "\"%s\" is missing, or too early, in\n%s", wanted[i], o.err);
    }
}
END_TEST

START_TEST(an_unused_build_arg_is_warned_about)
{
    struct site site = new_site("FROM busybox\nARG A\nCMD [\"true\"]\n");
    struct outcome o =
        RUN_SITE(&site, "--build-arg", "A=1", "--build-arg", "B=2", "--build-arg", "no_proxy=x", ".");

    assert_outcome(&o, 0, "");
    ck_assert_contains(o.err, "--build-arg B:");
    ck_assert_msg(!strstr(o.err, "--build-arg A:"), "A was used");
    ck_assert_msg(!strstr(o.err, "proxy"), "proxies need no ARG");
}
END_TEST

#define TRAP                                                                                                 \
    "FROM busybox\nCMD trap 'echo term; exit 5' TERM; trap 'echo int; exit 6' INT; echo ready; "             \
    "while true; do sleep 0.1; done\n"

static void signal_and_check(int number, int status, const char *out)
{
    struct site site = new_site(TRAP);
    struct running *running = START_SITE(&site, ".");
    struct outcome o;

    ck_assert_msg(wait_for_output(running, "ready", 20), "the program did not start");
    ck_assert_int_eq(containers(&site), 1);
    kill(running_pid(running), number);
    o = finish(running);
    assert_outcome(&o, status, out);
    assert_nothing_left(&site);
}

START_TEST(signals_reach_the_program)
{
    signal_and_check(SIGTERM, 5, "ready\nterm\n");
    signal_and_check(SIGINT, 6, "ready\nint\n");
}
END_TEST

START_TEST(a_signal_that_the_program_does_not_handle_ends_it)
{
    signal_and_check(SIGUSR1, 128 + SIGUSR1, "ready\n");
}
END_TEST

START_TEST(kept_root_filesystems_stay_and_are_no_leftovers)
{
    struct site site = new_site("FROM busybox\nCOPY Dockerfile /kept\nCMD [\"true\"]\n");
    struct outcome o = RUN_SITE(&site, "--keep", ".");

    assert_outcome(&o, 0, "");
    ck_assert_contains(o.err, "gocker: the root filesystem stays in ");
    o = RUN_SITE(&site, ".");
    assert_outcome(&o, 0, "");
    ck_assert_int_eq(containers(&site), 1);
}
END_TEST

START_TEST(what_kill_9_leaves_the_next_run_removes)
{
    struct site site = new_site("FROM busybox\nCMD echo ready; while true; do sleep 0.1; done\n");
    struct running *running = START_SITE(&site, ".");
    struct outcome o;

    ck_assert_msg(wait_for_output(running, "ready", 20), "the program did not start");
    kill(running_pid(running), SIGKILL);
    o = finish(running);
    ck_assert_int_eq(o.status, 137);
    ck_assert_int_eq(containers(&site), 1);
    put_file(site.context, "Dockerfile", "FROM busybox\nCMD [\"true\"]\n");
    o = RUN_SITE(&site, ".");
    assert_outcome(&o, 0, "");
    assert_nothing_left(&site);
}
END_TEST

START_TEST(a_container_that_runs_is_no_leftover)
{
    struct site site = new_site(TRAP);
    struct running *running = START_SITE(&site, ".");
    struct outcome o;

    ck_assert_msg(wait_for_output(running, "ready", 20), "the program did not start");
    put_file(site.context, "Dockerfile", "FROM busybox\nCMD [\"true\"]\n");
    o = RUN_SITE(&site, ".");
    assert_outcome(&o, 0, "");
    ck_assert_int_eq(containers(&site), 1);
    kill(running_pid(running), SIGTERM);
    o = finish(running);
    ck_assert_int_eq(o.status, 5);
    assert_nothing_left(&site);
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { main_job_runs_as_written, NEED_ROOT | NEED_REGISTRY, 60 },
        { exit_status_is_the_programs, NEED_ROOT | NEED_REGISTRY, 0 },
        { exit_status_is_128_plus_the_signal, NEED_ROOT | NEED_REGISTRY, 0 },
        { exit_status_is_127_where_the_program_is_not_there, NEED_ROOT | NEED_REGISTRY, 0 },
        { exit_status_is_126_where_it_is_no_program, NEED_ROOT | NEED_REGISTRY, 0 },
        { exit_status_is_125_where_gocker_fails, NEED_ROOT | NEED_REGISTRY, 0 },
        { everything_refused_is_told_before_anything_is_downloaded, NEED_ROOT | NEED_REGISTRY, 0 },
        { volume_is_refused, NEED_ROOT | NEED_REGISTRY, 0 },
        { who_is_not_root_is_told_what_to_do, NEED_USER | NEED_REGISTRY, 0 },
        { words_behind_two_dashes_replace_cmd, NEED_ROOT | NEED_REGISTRY, 0 },
        { the_dockerfile_may_be_elsewhere_or_standard_input, NEED_ROOT | NEED_REGISTRY, 0 },
        { the_base_images_configuration_counts, NEED_ROOT | NEED_REGISTRY, 0 },
        { the_platform_of_from_comes_before_the_option, NEED_ROOT | NEED_REGISTRY, 0 },
        { standard_input_is_the_programs, NEED_ROOT | NEED_REGISTRY, 0 },
        { the_environment_is_the_images_alone, NEED_ROOT | NEED_REGISTRY, 0 },
        { no_descriptor_but_the_standard_ones_gets_in, NEED_ROOT | NEED_REGISTRY, 0 },
        { each_step_is_explained_when_asked_for, NEED_ROOT | NEED_REGISTRY, 0 },
        { an_unused_build_arg_is_warned_about, NEED_ROOT | NEED_REGISTRY, 0 },
        { signals_reach_the_program, NEED_ROOT | NEED_REGISTRY, 60 },
        { a_signal_that_the_program_does_not_handle_ends_it, NEED_ROOT | NEED_REGISTRY, 0 },
        { kept_root_filesystems_stay_and_are_no_leftovers, NEED_ROOT | NEED_REGISTRY, 0 },
        { what_kill_9_leaves_the_next_run_removes, NEED_ROOT | NEED_REGISTRY, 0 },
        { a_container_that_runs_is_no_leftover, NEED_ROOT | NEED_REGISTRY, 0 },
    };

    return RUN_TESTS("04-chroot/run", tests, argc, argv);
}
