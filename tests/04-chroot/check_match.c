/* Wildcards and paths as text. */
#include "match.h"
#include "path.h"
#include "str.h"
#include "testing.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

struct match_case {
    const char *pattern, *path;
    bool matches;
};

static void check_cases(bool (*match)(const char *, const char *), const struct match_case *cases,
                        size_t count)
{
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(match(cases[i].pattern, cases[i].path) == cases[i].matches,
                      "\"%s\" with \"%s\": wanted %s", cases[i].pattern, cases[i].path,
                      cases[i].matches ? "a match" : "none");
}
#define CHECK_CASES(match, cases) check_cases(match, cases, sizeof(cases) / sizeof *(cases))

START_TEST(star_and_question_mark_stay_within_a_component)
{
    const struct match_case cases[] = {
        { "*", "abc", true },
        { "*", "", true },
        { "*", "a/b", false },
        { "*c", "abc", true },
        { "a*", "a", true },
        { "a*/b", "abc/b", true },
        { "a*/b", "a/c/b", false },
        { "a*b*c*d*e*/f", "axbxcxdxexxx/f", true },
        { "a*b*c*d*e*/f", "axbxcxdxe/xxx/f", false },
        { "a*b?c*x", "abxbbxdbxebxczzx", true },
        { "a*b?c*x", "abxbbxdbxebxczzy", false },
        { "a?b", "a/b", false },
        { "a?b", "axb", true },
        { "a?b", "ab", false },
        { "abc", "abc", true },
        { "abc", "abcd", false },
        { "", "", true },
        { "", "a", false },
        { "*x", "xxx", true },
        { "**", "a", true },
        { "**", "a/b", false },
    };
    CHECK_CASES(match_path, cases);
}
END_TEST

START_TEST(classes_hold_ranges_negations_and_escapes)
{
    const struct match_case cases[] = {
        { "ab[c]", "abc", true },
        { "ab[b-d]", "abc", true },
        { "ab[e-g]", "abc", false },
        { "ab[^c]", "abc", false },
        { "ab[^e-g]", "abc", true },
        { "[\\]a]", "]", true },
        { "[\\-]", "-", true },
        { "[x\\-]", "-", true },
        { "[x\\-]", "z", false },
        { "[a-cx-z]", "y", true },
        { "arr[[]0].txt", "arr[0].txt", true },
        { "a\\*b", "a*b", true },
        { "a\\*b", "axb", false },
    };
    CHECK_CASES(match_path, cases);
}
END_TEST

START_TEST(a_character_is_one_of_utf8)
{
    const struct match_case cases[] = {
        { "a?b", "a☺b", true },   { "a[^a]b", "a☺b", true },  { "a???b", "a☺b", false },
        { "[a-ζ]*", "α", true },  { "*[a-ζ]", "A", false },   { "?", "\xff", true },
        { "\xff", "\xff", true }, { "?", "\xe2\x98", false },
    };
    CHECK_CASES(match_path, cases);
}
END_TEST

START_TEST(malformed_patterns_are_told)
{
    const char *const bad[] = {
        "[]a]", "[-]", "[x-]", "[-x]", "\\", "[a-b-c]", "[", "[^", "[^bc", "a[", "a\\"
    };
    const char *const good[] = { "[^a]", "]]a", "a]", "!", "[a-z]", "" };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_msg(!match_valid(bad[i]), "\"%s\" should be malformed", bad[i]);
        ck_assert_msg(!match_path(bad[i], "a"), "the malformed \"%s\" matched", bad[i]);
    }
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        ck_assert_msg(match_valid(good[i]), "\"%s\" should be well formed", good[i]);
}
END_TEST

START_TEST(two_stars_stand_for_any_number_of_directories)
{
    const struct match_case cases[] = {
        { "**", "file", true },
        { "**", "dir/file", true },
        { "**/", "dir/file", true },
        { "**/**", "dir/file", true },
        { "dir/**", "dir/file", true },
        { "dir/**", "dir/dir2/file", true },
        { "dir/**", "dir", false },
        { "dir/**", "director", false },
        { "**/dir", "dir", true },
        { "**/dir2/*", "dir/dir2/file", true },
        { "**/dir2/**", "dir/dir2/dir3/file", true },
        { "**/file", "dir/dir/file", true },
        { "**/file*.txt", "dir/dir/file.txt", true },
        { "**/**/*.txt", "file.txt", true },
        { "**/**/*.txt2", "dir/dir/file.txt", false },
        { "a**/*.txt", "a/file.txt", true },
        { "a**/*.txt", "a/dir/dir/file.txt", true },
        { "a/*.txt", "a/dir/file.txt", false },
        { "a/*.txt**", "a/file.txt", true },
        { "**/foo/bar", "dir/dir2/foo/bar", true },
        { "**/.foo", ".foo", true },
        { "**/.foo", "bar.foo", false },
        { "a/**/b", "a/b", true },
        { "a/**/b", "a/x/y/b", true },
        { "a/**/b", "a/xb", false },
        { "a.|)$(}+{bc", "a.|)$(}+{bc", true },
        { "*", "a/b", false },
        { "a*(**)b", "a(x/)b", true },
    };
    CHECK_CASES(match_ignore, cases);
}
END_TEST

START_TEST(two_stars_and_an_ending_match_all_that_ends_so)
{
    const struct match_case cases[] = {
        { "**file", "file", true },    { "**file", "dir/dir/file", true }, { "**.log", "a.log", true },
        { "**.log", "b/a.log", true }, { "**.log", "a.logs", false },      { "**.l?g", "b/.log", true },
    };
    CHECK_CASES(match_ignore, cases);
}
END_TEST

/* What match_ignore says of PATH and of each directory on the way to it. */
static bool matches_on_the_way(const char *pattern, const char *path)
{
    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        _cleanup_free_ char *parent = must_strndup(path, (size_t)(slash - path));

        if (match_ignore(pattern, parent))
            return true;
    }
    return match_ignore(pattern, path);
}

START_TEST(a_prepared_pattern_hides_what_it_matches_and_all_below)
{
    const char *const patterns[] = {
        "a",      "a/b",   "a/**",   "**/b",  "**/b/**", "**b",    "**.c", "*",       "**",        "a*/b",
        "**/*.c", "?.c",   "a/**/c", "[ab]",  "\\a",     "a\\/b",  "x[",   "**/ab/*", "*\xc3\xa9", "b.c/d",
        "a.**",   "**/**", "a**",    "**a/b", "*a*b*c*", "[^a]/b", "**/",  "\\*",     "**c.d",     "***b",
    };
    const char *const paths[] = {
        "a",     "b",   "ab",    "a/b",  "a/b/c",       "b/a",          "x/b/c",        "a.c",       "b.c/d",
        "x/y.c", "*",   "*/a",   "ab/c", "x/ab/c",      "\xc3\xa9/a",   "a/x/\xc3\xa9", "a/ab/b",    "c.d",
        "c.d/e", "c.c", "bb/bb", ".",    "a/b/c/d/e.c", "x.c/c.d/c.dd", "aab/b",        "aa/bb.c/x",
    };

    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        struct ignore_pattern *pattern = ignore_pattern_new(patterns[i]);

        for (size_t j = 0; j < sizeof paths / sizeof *paths; j++) {
            bool wanted = matches_on_the_way(patterns[i], paths[j]);

            ck_assert_msg(ignore_pattern_hides(pattern, paths[j]) == wanted, "%s should %s by %s", paths[j],
                          wanted ? "be hidden" : "not be hidden", patterns[i]);
        }
        ignore_pattern_free(pattern);
    }
}
END_TEST

/* As generated files are. Read anew for each path and step by step, this took 12 seconds. */
START_TEST(many_patterns_and_many_paths_take_no_minutes)
{
    struct ignore_pattern *patterns[1000];
    struct timespec before, after;
    size_t hidden = 0;

    for (size_t i = 0; i < 1000; i++) {
        _cleanup_free_ char *text = formatted("**/build%zu/*.tmp", i);

        patterns[i] = ignore_pattern_new(text);
    }
    clock_gettime(CLOCK_MONOTONIC, &before);
    for (size_t i = 0; i < 1000; i++) {
        _cleanup_free_ char *path = formatted("source/module/build%zu/file.tmp", i);

        for (size_t j = 0; j < 1000; j++)
            hidden += ignore_pattern_hides(patterns[j], path);
    }
    clock_gettime(CLOCK_MONOTONIC, &after);
    for (size_t i = 0; i < 1000; i++)
        ignore_pattern_free(patterns[i]);
    ck_assert_uint_eq(hidden, 1000);
    ck_assert_msg(after.tv_sec - before.tv_sec <= 3, "wanted 3 seconds at most, got %ld",
                  (long)(after.tv_sec - before.tv_sec));
}
END_TEST

START_TEST(a_hostile_pattern_takes_no_exponential_time)
{
    char path[2001], pattern[2001];

    memset(path, 'a', 2000);
    path[2000] = '\0';
    for (size_t i = 0; i < 1000; i++)
        memcpy(pattern + 2 * i, "*a", 2);
    memcpy(pattern + 1998, "*b", 2);
    pattern[2000] = '\0';
    ck_assert_msg(!match_path(pattern, path), "a path of a's matched a pattern that ends in b");
}
END_TEST

static void check_path(const char *wanted, char *got, const char *of)
{
    ck_assert_msg(strcmp(wanted, got) == 0, "%s: wanted \"%s\", got \"%s\"", of, wanted, got);
    free(got);
}

START_TEST(paths_are_cleaned_as_go_does)
{
    const char *const cases[][2] = {
        { "", "." },
        { ".", "." },
        { "/", "/" },
        { "//", "/" },
        { "a//b", "a/b" },
        { "a/./b/", "a/b" },
        { "a/../b", "b" },
        { "a/..", "." },
        { "../a", "../a" },
        { "a/../../b", "../b" },
        { "../../a/..", "../.." },
        { "/..", "/" },
        { "/../a", "/a" },
        { "/a/../../b", "/b" },
        { "a/b/..", "a" },
        { "..a/..b", "..a/..b" },
        { "/a/b/../..", "/" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_path(cases[i][1], path_clean(cases[i][0]), cases[i][0]);
}
END_TEST

START_TEST(a_source_path_never_leads_out)
{
    const char *const cases[][2] = {
        { "../x", "x" }, { "/x/", "x" }, { "a/../../../x", "x" }, { "/", "." }, { ".", "." }, { "..", "." },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_path(cases[i][1], path_inside(cases[i][0]), cases[i][0]);
}
END_TEST

START_TEST(relative_paths_start_at_their_directory)
{
    check_path("/app/x", path_from("/app", "x"), "x from /app");
    check_path("/x", path_from("/app", "/x"), "/x from /app");
    check_path("/x", path_from("/app", "../../x"), "../../x from /app");
    check_path("/app", path_from("/app", "."), ". from /app");
    check_path("/x", path_from("/", "x"), "x from /");
}
END_TEST

START_TEST(a_path_has_a_parent_and_a_base)
{
    check_path("a/b", path_parent("a/b/c"), "parent of a/b/c");
    check_path("/", path_parent("/c"), "parent of /c");
    check_path(".", path_parent("c"), "parent of c");
    ck_assert_str_eq(path_base("a/b/c"), "c");
    ck_assert_str_eq(path_base("c"), "c");
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { star_and_question_mark_stay_within_a_component, 0, 0 },
        { classes_hold_ranges_negations_and_escapes, 0, 0 },
        { a_character_is_one_of_utf8, 0, 0 },
        { malformed_patterns_are_told, 0, 0 },
        { two_stars_stand_for_any_number_of_directories, 0, 0 },
        { two_stars_and_an_ending_match_all_that_ends_so, 0, 0 },
        { a_prepared_pattern_hides_what_it_matches_and_all_below, 0, 0 },
        { many_patterns_and_many_paths_take_no_minutes, NEED_NATIVE, 0 },
        { a_hostile_pattern_takes_no_exponential_time, 0, 0 },
        { paths_are_cleaned_as_go_does, 0, 0 },
        { a_source_path_never_leads_out, 0, 0 },
        { relative_paths_start_at_their_directory, 0, 0 },
        { a_path_has_a_parent_and_a_base, 0, 0 },
    };

    return RUN_TESTS("04-chroot/match", tests, argc, argv);
}
