/* .dockerignore: which lines count, which rule decides. */
#include "dockerignore.h"
#include "testing.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Does the file TEXT hide PATH? */
static bool hides(const char *text, const char *path)
{
    struct dockerignore ignore;
    struct error err = { 0 };
    const struct ignore_rule *rule;
    bool hidden;

    ck_assert_msg(dockerignore_parse(".dockerignore", text, &ignore, &err) == 0, "%s", err.text);
    rule = dockerignore_match(&ignore, path);
    hidden = rule && !rule->exception;
    dockerignore_free(&ignore);
    return hidden;
}

#define assert_hides(text, path) ck_assert_msg(hides(text, path), "%s should be hidden by:\n%s", path, text)
#define assert_shows(text, path) ck_assert_msg(!hides(text, path), "%s should be shown by:\n%s", path, text)

START_TEST(an_empty_file_hides_nothing)
{
    assert_shows("", "a");
    assert_shows("\n\n  \n", "a");
}
END_TEST

START_TEST(a_pattern_hides_what_it_names_and_all_below)
{
    assert_hides("a", "a");
    assert_hides("a", "a/b/c");
    assert_shows("a", "ab");
    assert_shows("a", "b/a");
    assert_hides("*/temp*", "dir/temporary");
    assert_shows("*/temp*", "dir/sub/temporary");
    assert_hides("*/temp*", "dir/temp/x");
}
END_TEST

START_TEST(last_matching_rule_decides)
{
    assert_shows("*.md\n!README.md", "README.md");
    assert_hides("*.md\n!README.md", "other.md");
    assert_hides("!README.md\n*.md", "README.md");
    assert_hides("*.md\n!README*.md\nREADME-secret.md", "README-secret.md");
}
END_TEST

START_TEST(an_exception_reaches_into_a_hidden_directory)
{
    assert_shows("docs\n!docs/README.md", "docs/README.md");
    assert_hides("docs\n!docs/README.md", "docs/other");
    assert_shows("**\n!util/docker/web", "util/docker/web/foo");
    assert_hides("**\n!util/docker/web\nutil/docker/web/foo", "util/docker/web/foo");
    assert_shows("*\n!src\n", "src/main.c");
}
END_TEST

START_TEST(comments_stand_in_the_first_column)
{
    assert_shows("# a\n#a\n", "a");
    assert_shows("#a", "#a");
    assert_hides(" #a", "#a");
    assert_hides("\\#a", "#a");
}
END_TEST

START_TEST(blanks_around_and_line_ends_of_all_kinds_are_trimmed)
{
    assert_hides("  a  \n", "a");
    assert_hides("\ta\r\nb\r\n", "a");
    assert_hides("\ta\r\nb\r\n", "b");
    assert_hides("a b", "a b");
    assert_shows("a\n! a \n", "a");
    assert_hides("x\na", "a");
}
END_TEST

START_TEST(a_byte_order_mark_is_skipped)
{
    assert_hides("\xef\xbb\xbf"
                 "a\n",
                 "a");
    assert_shows("\xef\xbb\xbf# a\n", "\xef\xbb\xbf# a");
}
END_TEST

START_TEST(patterns_are_cleaned)
{
    assert_hides("/a", "a");
    assert_hides("a/", "a");
    assert_hides("./a//b/", "a/b");
    assert_hides("x/../a", "a");
    assert_hides("a\n!/b/..", "a");
    assert_shows("../a", "a");
    assert_shows(".", "a");
    assert_shows("/", "a");
}
END_TEST

START_TEST(a_malformed_pattern_is_an_error_with_its_line)
{
    struct dockerignore ignore;
    struct error err = { 0 };

    ck_assert_int_eq(dockerignore_parse("ctx/.dockerignore", "a\n\n[b\n", &ignore, &err), -1);
    ck_assert_contains(err.text, "ctx/.dockerignore:3: bad pattern \"[b\"");
    dockerignore_free(&ignore);
}
END_TEST

START_TEST(an_exception_of_nothing_is_an_error)
{
    struct dockerignore ignore;
    struct error err = { 0 };

    ck_assert_int_eq(dockerignore_parse(".dockerignore", "!\n", &ignore, &err), -1);
    ck_assert_contains(err.text, ".dockerignore:1: ! excepts nothing");
    dockerignore_free(&ignore);
}
END_TEST

/* Read what belongs to CONTEXT's DOCKERFILE, and say whether it hides PATH. */
static bool read_hides(const char *context, const char *dockerfile, const char *path)
{
    int fd = open(context, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct dockerignore ignore;
    struct error err = { 0 };
    const struct ignore_rule *rule;
    bool hidden;

    ck_assert_msg(dockerignore_read(fd, context, dockerfile, &ignore, &err) == 0, "%s", err.text);
    rule = dockerignore_match(&ignore, path);
    hidden = rule && !rule->exception;
    dockerignore_free(&ignore);
    close(fd);
    return hidden;
}

START_TEST(the_dockerfiles_own_file_comes_before_the_common_one)
{
    const char *context = scratch();
    char dockerfile[512];

    put_file(context, ".dockerignore", "common\n");
    put_file(context, "my.Dockerfile.dockerignore", "own\n");
    snprintf(dockerfile, sizeof dockerfile, "%s/my.Dockerfile", context);
    ck_assert_msg(read_hides(context, dockerfile, "own"), "my.Dockerfile.dockerignore was not read");
    ck_assert_msg(!read_hides(context, dockerfile, "common"), ".dockerignore was read as well");
    snprintf(dockerfile, sizeof dockerfile, "%s/Dockerfile", context);
    ck_assert_msg(read_hides(context, dockerfile, "common"), ".dockerignore was not read");
    ck_assert_msg(read_hides(context, "-", "common"), ".dockerignore was not read for standard input");
}
END_TEST

START_TEST(no_file_is_no_error)
{
    ck_assert_msg(!read_hides(scratch(), "/nowhere/Dockerfile", "a"), "something was hidden");
}
END_TEST

START_TEST(a_file_with_nul_bytes_is_refused)
{
    const char *context = scratch();
    char path[512];
    int fd, dir;
    struct dockerignore ignore;
    struct error err = { 0 };

    snprintf(path, sizeof path, "%s/.dockerignore", context);
    fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ck_assert_int_eq(write(fd, "a\0b\n", 4), 4);
    close(fd);
    dir = open(context, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ck_assert_int_eq(dockerignore_read(dir, context, "-", &ignore, &err), -1);
    ck_assert_contains(err.text, "NUL");
    dockerignore_free(&ignore);
    close(dir);
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { an_empty_file_hides_nothing, 0, 0 },
        { a_pattern_hides_what_it_names_and_all_below, 0, 0 },
        { last_matching_rule_decides, 0, 0 },
        { an_exception_reaches_into_a_hidden_directory, 0, 0 },
        { comments_stand_in_the_first_column, 0, 0 },
        { blanks_around_and_line_ends_of_all_kinds_are_trimmed, 0, 0 },
        { a_byte_order_mark_is_skipped, 0, 0 },
        { patterns_are_cleaned, 0, 0 },
        { a_malformed_pattern_is_an_error_with_its_line, 0, 0 },
        { an_exception_of_nothing_is_an_error, 0, 0 },
        { the_dockerfiles_own_file_comes_before_the_common_one, 0, 0 },
        { no_file_is_no_error, 0, 0 },
        { a_file_with_nul_bytes_is_refused, 0, 0 },
    };

    return RUN_TESTS("04-chroot/dockerignore", tests, argc, argv);
}
