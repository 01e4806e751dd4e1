/* The instructions of a Dockerfile, carried out on an empty root: what becomes of files and configuration. */
#include "assemble.h"
#include "copying.h"
#include "supported.h"

#include <stdlib.h>

/* A Dockerfile's text, what it is built with, and what came of it. */
struct built {
    struct place place; /* its context may be filled first */
    struct assemble_options options;
    struct container c;
    struct error err;
};

static struct built new_build(void)
{
    const char *context = scratch(), *parent = scratch();
    char path[PATH_MAX];

    return (
        struct built){ .place = { .context = context, .root = must_strdup(join(parent, "rootfs", path)) } };
}

static int try_build(struct built *b, const char *text)
{
    _cleanup_(dockerfile_free) struct dockerfile file = { 0 };
    _cleanup_(context_close) struct context context = { .fd = -1 };

    ck_assert_msg(context_open(b->place.context, "-", &context, &b->err) == 0, "%s", b->err.text);
    ck_assert_msg(dockerfile_parse("Dockerfile", text, strlen(text), true, &file, &b->err) == 0, "%s",
                  b->err.text);
    ck_assert_msg(dockerfile_supported(&file, 0, &b->err) == 0, "%s", b->err.text);
    return assemble(&file, &context, &b->options, b->place.root, &b->c, &b->err);
}

static void build(struct built *b, const char *text)
{
    ck_assert_msg(try_build(b, text) == 0, "%s\n%s", text, b->err.text);
}

static void build_fails(struct built *b, const char *text, const char *wanted)
{
    ck_assert_msg(try_build(b, text) == -1, "wanted an error with \"%s\" from\n%s", wanted, text);
    ck_assert_contains(b->err.text, wanted);
    container_free(&b->c);
}

static void done(struct built *b)
{
    container_free(&b->c);
    strv_free(&b->options.args);
    strv_free(&b->options.build_args);
    free((char *)b->place.root);
}

/* The program and its arguments, in one line. */
static void assert_args(const struct built *b, const char *wanted)
{
    _cleanup_str_ struct str line = { 0 };

    for (size_t i = 0; i < b->c.process.args.count; i++)
        str_addf(&line, "[%s]", b->c.process.args.items[i]);
    ck_assert_str_eq(str_text(&line), wanted);
}

static void assert_env(const struct built *b, const char *name, const char *wanted)
{
    const char *got = env_get(&b->c.process.env, name);

    ck_assert_msg(got || !wanted, "%s is not set", name);
    ck_assert_msg(wanted || !got, "%s is set to %s", name, got);
    if (wanted)
        ck_assert_msg(strcmp(got, wanted) == 0, "%s: wanted \"%s\", got \"%s\"", name, wanted, got);
}

static void assert_command(const char *instructions, const char *wanted)
{
    struct built b = new_build();
    _cleanup_free_ char *text = formatted("FROM scratch\n%s", instructions);

    build(&b, text);
    assert_args(&b, wanted);
    done(&b);
}

START_TEST(entrypoint_and_cmd_meet_as_in_the_references_table)
{
    assert_command("CMD [\"c\", \"1\"]\n", "[c][1]");
    assert_command("CMD c 1\n", "[/bin/sh][-c][c 1]");
    assert_command("ENTRYPOINT [\"e\", \"1\"]\n", "[e][1]");
    assert_command("ENTRYPOINT e 1\n", "[/bin/sh][-c][e 1]");
    assert_command("ENTRYPOINT [\"e\"]\nCMD [\"c\"]\n", "[e][c]");
    assert_command("CMD [\"c\"]\nENTRYPOINT [\"e\"]\n", "[e][c]");
    assert_command("ENTRYPOINT [\"e\"]\nCMD c 1\n", "[e][/bin/sh][-c][c 1]");
    assert_command("CMD one\nCMD [\"two\"]\n", "[two]");
}
END_TEST

START_TEST(commands_are_not_expanded)
{
    assert_command("ENV X=1\nCMD [\"$X\"]\n", "[$X]");
    assert_command("ENV X=1\nCMD echo $X \"$X\"\n", "[/bin/sh][-c][echo $X \"$X\"]");
}
END_TEST

START_TEST(arguments_replace_cmd_and_follow_entrypoint)
{
    struct built b = new_build();

    strv_add(&b.options.args, "x");
    build(&b, "FROM scratch\nENTRYPOINT [\"e\"]\nCMD [\"c\"]\n");
    assert_args(&b, "[e][x]");
    done(&b);
}
END_TEST

START_TEST(no_program_at_all_is_an_error_that_says_what_to_add)
{
    struct built b = new_build();

    build_fails(&b, "FROM scratch\n", "add an ENTRYPOINT or a CMD");
    done(&b);
}
END_TEST

START_TEST(env_is_seen_from_the_next_instruction_on)
{
    struct built b = new_build();

    build(&b, "FROM scratch\nENV abc=hello\nENV abc=bye def=$abc\nENV ghi=$abc\nCMD [\"x\"]\n");
    assert_env(&b, "def", "hello");
    assert_env(&b, "ghi", "bye");
    assert_env(&b, "abc", "bye");
    done(&b);
    b = new_build();
    build(&b, "FROM scratch\nENV old one two\nENV q=\"a b\" e=a\\ b\nCMD [\"x\"]\n");
    assert_env(&b, "old", "one two");
    assert_env(&b, "q", "a b");
    assert_env(&b, "e", "a b");
    done(&b);
}
END_TEST

START_TEST(nothing_of_the_hosts_environment_gets_in)
{
    struct built b = new_build();

    setenv("SECRET_OF_THE_HOST", "x", 1);
    setenv("HOME", "/home/host", 1);
    setenv("PATH", "/host/bin", 1);
    build(&b, "FROM scratch\nENV SEEN=$SECRET_OF_THE_HOST\nCMD [\"x\"]\n");
    assert_env(&b, "SECRET_OF_THE_HOST", NULL);
    assert_env(&b, "SEEN", "");
    assert_env(&b, "HOME", "/");
    assert_env(&b, "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    assert_env(&b, "HOSTNAME", NULL);
    ck_assert_uint_eq(b.c.process.env.count, 3);
    done(&b);
}
END_TEST

START_TEST(args_are_for_the_build_only)
{
    struct built b = new_build();

    build(&b, "FROM scratch\nARG a=1 b\nENV seen=$a$b\nCMD [\"x\"]\n");
    assert_env(&b, "seen", "1");
    assert_env(&b, "a", NULL);
    done(&b);
}
END_TEST

START_TEST(build_args_come_before_defaults_and_the_hosts_value_without_one)
{
    struct built b = new_build();

    setenv("from_host", "h", 1);
    strv_add(&b.options.build_args, "a=given");
    strv_add(&b.options.build_args, "from_host");
    build(&b, "FROM scratch\nARG a=1\nARG from_host=2\nENV seen=$a-$from_host\nCMD [\"x\"]\n");
    assert_env(&b, "seen", "given-h");
    done(&b);
}
END_TEST

START_TEST(env_wins_over_arg_in_either_order)
{
    struct built b = new_build();

    strv_add(&b.options.build_args, "v=arg");
    build(&b, "FROM scratch\nENV v=env\nARG v\nENV after=$v\nCMD [\"x\"]\n");
    assert_env(&b, "after", "env");
    done(&b);
}
END_TEST

START_TEST(args_before_from_are_seen_by_from_and_by_who_asks_again)
{
    struct built b = new_build();

    build(&b, "ARG base=scratch\nARG v=1\nFROM $base\nENV no=$v\nARG v\nENV yes=$v\nCMD [\"x\"]\n");
    assert_env(&b, "no", "");
    assert_env(&b, "yes", "1");
    done(&b);
}
END_TEST

START_TEST(the_platform_is_told_to_who_asks)
{
    struct built b = new_build();

    b.options.pull.platform = "linux/arm/v7";
    build(&b,
          "FROM scratch\nARG TARGETPLATFORM TARGETARCH TARGETVARIANT\nENV seen=$TARGETPLATFORM,$TARGETARCH,"
          "$TARGETVARIANT,$TARGETOS\nCMD [\"x\"]\n");
    assert_env(&b, "seen", "linux/arm/v7,arm,v7,");
    done(&b);
}
END_TEST

START_TEST(an_empty_base_name_says_which_arg)
{
    struct built b = new_build();

    build_fails(&b, "ARG base\nFROM $base\nCMD [\"x\"]\n", "Dockerfile:2: FROM: $base is empty");
    done(&b);
}
END_TEST

START_TEST(workdir_is_made_and_relative_to_the_one_before)
{
    struct built b = new_build();

    build(&b, "FROM scratch\nENV d=deep\nWORKDIR /app\nWORKDIR $d/er\nWORKDIR ../x\nCMD [\"x\"]\n");
    ck_assert_str_eq(b.c.process.cwd, "/app/deep/x");
    ck_assert_uint_eq(look_at(b.place.root, "app/deep/er").st_mode, S_IFDIR | 0755);
    ck_assert_msg(exists(b.place.root, "app/deep/x"), "/app/deep/x was not made");
    done(&b);
}
END_TEST

START_TEST(workdir_belongs_to_the_user_of_that_moment)
{
    struct built b = new_build();

    build(&b, "FROM scratch\nWORKDIR /one\nUSER 5:6\nWORKDIR /two/three\nCMD [\"x\"]\n");
    ck_assert_uint_eq(look_at(b.place.root, "one").st_uid, 0);
    ck_assert_uint_eq(look_at(b.place.root, "two").st_uid, 5);
    ck_assert_uint_eq(look_at(b.place.root, "two/three").st_gid, 6);
    done(&b);
}
END_TEST

START_TEST(user_is_looked_up_in_the_image)
{
    struct built b = new_build();

    put_file(b.place.context, "passwd", "app:x:11:12::/home/app:/bin/sh\n");
    put_file(b.place.context, "group", "more:x:13:app\n");
    build(&b, "FROM scratch\nCOPY passwd group /etc/\nUSER app\nCMD [\"x\"]\n");
    ck_assert_uint_eq(b.c.process.user.uid, 11);
    ck_assert_uint_eq(b.c.process.user.gid, 12);
    ck_assert_uint_eq(b.c.process.user.additional_gid_count, 1);
    assert_env(&b, "HOME", "/home/app");
    done(&b);
    b = new_build();
    build_fails(&b, "FROM scratch\nUSER nobody\nCMD [\"x\"]\n",
                "Dockerfile:2: USER: user nobody: no such name");
    done(&b);
}
END_TEST

START_TEST(copy_starts_at_the_workdir)
{
    struct built b = new_build();

    put_file(b.place.context, "a", "1");
    put_file(b.place.context, "b", "2");
    build(&b, "FROM scratch\nWORKDIR /app\nCOPY a .\nCOPY a b sub/\nCOPY a other\nCMD [\"x\"]\n");
    assert_file(b.place.root, "app/a", "1");
    assert_file(b.place.root, "app/sub/b", "2");
    assert_file(b.place.root, "app/other", "1");
    done(&b);
}
END_TEST

START_TEST(copy_expands_its_words_and_flags)
{
    struct built b = new_build();

    put_file(b.place.context, "a b", "1");
    build(&b,
          "FROM scratch\nARG n=\"a b\" m=4 mode=640\nCOPY --chown=$m:5 --chmod=${mode} [\"$n\", \"/d-$m\"]\n"
          "CMD [\"x\"]\n");
    assert_file(b.place.root, "d-4", "1");
    ck_assert_uint_eq(look_at(b.place.root, "d-4").st_uid, 4);
    ck_assert_uint_eq(look_at(b.place.root, "d-4").st_mode, S_IFREG | 0640);
    done(&b);
}
END_TEST

START_TEST(several_sources_need_a_directory)
{
    struct built b = new_build();

    put_file(b.place.context, "a", "1");
    put_file(b.place.context, "b", "2");
    build_fails(
        &b, "FROM scratch\nCOPY a b /dest\nCMD [\"x\"]\n",
        "Dockerfile:2: COPY: with more than one source, the destination must be a directory: write /dest/");
    done(&b);
    b = new_build();
    put_file(b.place.context, "a", "1");
    put_file(b.place.context, "b", "2");
    build(&b, "FROM scratch\nWORKDIR /dest\nCOPY [ab] /dest\nCMD [\"x\"]\n");
    assert_file(b.place.root, "dest/b", "2");
    done(&b);
}
END_TEST

START_TEST(one_wildcard_may_find_nothing_but_not_all)
{
    struct built b = new_build();

    put_file(b.place.context, "package.json", "1");
    build(&b, "FROM scratch\nCOPY package.json lock* ./\nCMD [\"x\"]\n");
    assert_file(b.place.root, "package.json", "1");
    done(&b);
    b = new_build();
    put_file(b.place.context, ".dockerignore", "l*\n");
    put_file(b.place.context, "lock", "1");
    build_fails(&b, "FROM scratch\nCOPY lo* ./\nCMD [\"x\"]\n", ".dockerignore:1 (l*) hides all");
    done(&b);
    b = new_build();
    build_fails(&b, "FROM scratch\nCOPY lo* ./\nCMD [\"x\"]\n", "lo* matches nothing in the context");
    done(&b);
}
END_TEST

START_TEST(heredocs_become_files_expanded_unless_quoted)
{
    struct built b = new_build();

    build(
        &b,
        "FROM scratch\nENV v=1\nCOPY <<EOF <<\"RAW\" /etc/\n'$v' \\$v\nEOF\n$v\nRAW\nCOPY <<-X /one\n\ttab\nX\n"
        "CMD [\"x\"]\n");
    assert_file(b.place.root, "etc/EOF", "'1' $v\n");
    assert_file(b.place.root, "etc/RAW", "$v\n");
    assert_file(b.place.root, "one", "tab\n");
    done(&b);
}
END_TEST

START_TEST(remote_sources_behind_variables_are_refused_too)
{
    struct built b = new_build();

    build_fails(&b, "FROM scratch\nARG u=https://example.org/x\nADD $u /x\nCMD [\"x\"]\n",
                "10-build brings that");
    done(&b);
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { entrypoint_and_cmd_meet_as_in_the_references_table, NEED_ROOT, 0 },
        { commands_are_not_expanded, NEED_ROOT, 0 },
        { arguments_replace_cmd_and_follow_entrypoint, NEED_ROOT, 0 },
        { no_program_at_all_is_an_error_that_says_what_to_add, NEED_ROOT, 0 },
        { env_is_seen_from_the_next_instruction_on, NEED_ROOT, 0 },
        { nothing_of_the_hosts_environment_gets_in, NEED_ROOT, 0 },
        { args_are_for_the_build_only, NEED_ROOT, 0 },
        { build_args_come_before_defaults_and_the_hosts_value_without_one, NEED_ROOT, 0 },
        { env_wins_over_arg_in_either_order, NEED_ROOT, 0 },
        { args_before_from_are_seen_by_from_and_by_who_asks_again, NEED_ROOT, 0 },
        { the_platform_is_told_to_who_asks, NEED_ROOT, 0 },
        { an_empty_base_name_says_which_arg, NEED_ROOT, 0 },
        { workdir_is_made_and_relative_to_the_one_before, NEED_ROOT, 0 },
        { workdir_belongs_to_the_user_of_that_moment, NEED_ROOT, 0 },
        { user_is_looked_up_in_the_image, NEED_ROOT, 0 },
        { copy_starts_at_the_workdir, NEED_ROOT, 0 },
        { copy_expands_its_words_and_flags, NEED_ROOT, 0 },
        { several_sources_need_a_directory, NEED_ROOT, 0 },
        { one_wildcard_may_find_nothing_but_not_all, NEED_ROOT, 0 },
        { heredocs_become_files_expanded_unless_quoted, NEED_ROOT, 0 },
        { remote_sources_behind_variables_are_refused_too, NEED_ROOT, 0 },
    };

    return RUN_TESTS("04-chroot/assemble", tests, argc, argv);
}
