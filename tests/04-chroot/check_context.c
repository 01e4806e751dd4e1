/* What COPY sees of its context: wildcards, links, .dockerignore. */
#include "copying.h"

START_TEST(a_missing_source_is_told_with_the_context)
{
    struct place p = new_place();

    copy_fails(&p, "index.js", "/app/", "index.js: not found in the context");
    copy_fails(&p, "sub/index.js", "/app/", "sub/index.js: not found in the context");
}
END_TEST

START_TEST(an_empty_context_name_is_refused)
{
    struct context context;
    struct error err;

    ck_assert_int_eq(context_open("", "Dockerfile", &context, &err), -1);
    ck_assert_contains(err.text, "the context's name is empty");
    context_close(&context);
}
END_TEST

START_TEST(a_hidden_source_is_told_with_the_rule)
{
    struct place p = new_place();

    put_file(p.context, ".dockerignore", "# x\n*.js\n");
    put_file(p.context, "index.js", "x");
    copy_fails(&p, "index.js", "/app/", ".dockerignore:2 (*.js) hides it");
}
END_TEST

START_TEST(wildcards_find_names_in_their_order)
{
    struct place p = new_place();

    put_file(p.context, "b.txt", "b");
    put_file(p.context, "a.txt", "a");
    put_file(p.context, "c.md", "c");
    copy(&p, "*.txt", "/app/");
    assert_file(p.root, "app/a.txt", "a");
    assert_file(p.root, "app/b.txt", "b");
    assert_absent(p.root, "app/c.md");
    copy(&p, "?.md", "/app/");
    assert_file(p.root, "app/c.md", "c");
}
END_TEST

START_TEST(wildcards_match_component_by_component)
{
    struct place p = new_place();

    put_file(p.context, "one/lib/x.js", "1");
    put_file(p.context, "two/lib/y.js", "2");
    put_file(p.context, "two/src/z.js", "3");
    copy(&p, "*/lib/*.js", "/app/");
    assert_file(p.root, "app/x.js", "1");
    assert_file(p.root, "app/y.js", "2");
    assert_absent(p.root, "app/z.js");
    copy(&p, "two/s*", "/of-a-directory/");
    assert_file(p.root, "of-a-directory/z.js", "3");
}
END_TEST

START_TEST(wildcards_do_not_see_what_is_hidden)
{
    struct place p = new_place();

    put_file(p.context, ".dockerignore", "*.secret\n");
    put_file(p.context, "a.secret", "a");
    put_file(p.context, "a.txt", "a");
    copy(&p, "a.*", "/app/");
    assert_absent(p.root, "app/a.secret");
    assert_file(p.root, "app/a.txt", "a");
}
END_TEST

START_TEST(a_bad_pattern_is_an_error)
{
    struct place p = new_place();

    copy_fails(&p, "a[", "/app/", "bad pattern");
}
END_TEST

START_TEST(dot_dot_does_not_lead_out)
{
    struct place p = new_place();

    put_file(p.context, "a", "inside");
    copy(&p, "../../a", "/a");
    assert_file(p.root, "a", "inside");
    copy_fails(&p, "../../../../../../../etc/hostname", "/b", "not found in the context");
}
END_TEST

START_TEST(a_source_that_is_a_link_is_followed_and_keeps_its_name)
{
    struct place p = new_place();

    put_file(p.context, "dir/real", "x");
    make_link(p.context, "link", "dir/real");
    make_link(p.context, "linked-dir", "dir");
    copy(&p, "link", "/app/");
    assert_file(p.root, "app/link", "x");
    copy(&p, "l*k", "/wild/");
    assert_file(p.root, "wild/link", "x");
    copy(&p, "linked-dir", "/contents");
    assert_file(p.root, "contents/real", "x");
    copy(&p, "linked-dir/real", "/through");
    assert_file(p.root, "through", "x");
}
END_TEST

START_TEST(a_link_below_a_source_stays_a_link)
{
    struct place p = new_place();

    put_file(p.context, "src/real", "x");
    make_link(p.context, "src/link", "real");
    make_link(p.context, "src/absolute", "/etc/passwd");
    make_link(p.context, "src/dangling", "nowhere");
    copy(&p, "src", "/app");
    assert_link(p.root, "app/link", "real");
    assert_link(p.root, "app/absolute", "/etc/passwd");
    assert_link(p.root, "app/dangling", "nowhere");
}
END_TEST

START_TEST(links_out_of_the_context_reach_nothing_of_the_hosts)
{
    struct place p = new_place();
    const char *host = scratch();
    char target[PATH_MAX];

    put_file(host, "secret", "x");
    make_link(p.context, "absolute", join(host, "secret", target));
    make_link(p.context, "up", "../../../../../../../../etc/passwd");
    make_link(p.context, "outside", host);
    copy_fails(&p, "absolute", "/a", "not found in the context");
    copy_fails(&p, "up", "/a", "not found in the context");
    copy_fails(&p, "outside/secret", "/a", "not found in the context");
    copy_fails(&p, "outside/*", "/a/", "not found in the context");
}
END_TEST

START_TEST(an_absolute_link_starts_at_the_context)
{
    struct place p = new_place();

    put_file(p.context, "real", "x");
    make_link(p.context, "link", "/real");
    copy(&p, "link", "/a");
    assert_file(p.root, "a", "x");
}
END_TEST

START_TEST(a_link_to_something_hidden_is_not_followed)
{
    struct place p = new_place();

    put_file(p.context, ".dockerignore", "secret\n");
    put_file(p.context, "secret", "x");
    make_link(p.context, "link", "secret");
    copy_fails(&p, "link", "/a", "hides it");
}
END_TEST

START_TEST(hidden_files_are_left_out_of_a_directory)
{
    struct place p = new_place();

    put_file(p.context, ".dockerignore", ".git\n**/*.log\nsrc/build\n.dockerignore\nDockerfile\n");
    put_file(p.context, ".git/config", "x");
    put_file(p.context, "Dockerfile", "x");
    put_file(p.context, "src/a.log", "x");
    put_file(p.context, "src/a", "x");
    put_file(p.context, "src/build/o", "x");
    copy(&p, ".", "/app");
    assert_file(p.root, "app/src/a", "x");
    assert_absent(p.root, "app/.git");
    assert_absent(p.root, "app/Dockerfile");
    assert_absent(p.root, "app/.dockerignore");
    assert_absent(p.root, "app/src/a.log");
    assert_absent(p.root, "app/src/build");
    copy(&p, "src", "/src");
    assert_absent(p.root, "src/build");
}
END_TEST

START_TEST(an_exception_brings_its_directories_and_no_others)
{
    struct place p = new_place();

    put_file(p.context, ".dockerignore", "*\n!src/keep/a\n");
    put_file(p.context, "src/keep/a", "x");
    put_file(p.context, "src/keep/b", "x");
    put_file(p.context, "src/drop/c", "x");
    set_mode(p.context, "src/keep", 0710);
    copy(&p, ".", "/app");
    assert_file(p.root, "app/src/keep/a", "x");
    ck_assert_uint_eq(look_at(p.root, "app/src/keep").st_mode, S_IFDIR | 0710);
    assert_absent(p.root, "app/src/keep/b");
    assert_absent(p.root, "app/src/drop");
    copy(&p, "src/keep/a", "/one");
    assert_file(p.root, "one", "x");
}
END_TEST

START_TEST(a_hidden_directory_without_exceptions_in_it_is_told)
{
    struct place p = new_place();

    put_file(p.context, ".dockerignore", "src\n!other\n");
    put_file(p.context, "src/a", "x");
    copy_fails(&p, "src", "/app", ".dockerignore:1 (src) hides it");
}
END_TEST

START_TEST(a_missing_context_is_told)
{
    struct error err = { 0 };
    _cleanup_(context_close) struct context context = { .fd = -1 };

    ck_assert_int_eq(context_open("/nowhere/at/all", "-", &context, &err), -1);
    ck_assert_contains(err.text, "open the context /nowhere/at/all");
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { an_empty_context_name_is_refused, 0, 0 },
        { a_missing_source_is_told_with_the_context, NEED_ROOT, 0 },
        { a_hidden_source_is_told_with_the_rule, NEED_ROOT, 0 },
        { wildcards_find_names_in_their_order, NEED_ROOT, 0 },
        { wildcards_match_component_by_component, NEED_ROOT, 0 },
        { wildcards_do_not_see_what_is_hidden, NEED_ROOT, 0 },
        { a_bad_pattern_is_an_error, NEED_ROOT, 0 },
        { dot_dot_does_not_lead_out, NEED_ROOT, 0 },
        { a_source_that_is_a_link_is_followed_and_keeps_its_name, NEED_ROOT, 0 },
        { a_link_below_a_source_stays_a_link, NEED_ROOT, 0 },
        { links_out_of_the_context_reach_nothing_of_the_hosts, NEED_ROOT, 0 },
        { an_absolute_link_starts_at_the_context, NEED_ROOT, 0 },
        { a_link_to_something_hidden_is_not_followed, NEED_ROOT, 0 },
        { hidden_files_are_left_out_of_a_directory, NEED_ROOT, 0 },
        { an_exception_brings_its_directories_and_no_others, NEED_ROOT, 0 },
        { a_hidden_directory_without_exceptions_in_it_is_told, NEED_ROOT, 0 },
        { a_missing_context_is_told, 0, 0 },
    };

    return RUN_TESTS("04-chroot/context", tests, argc, argv);
}
