/* Strings that grow, vectors of strings, environments. */
#include "stderr_file.h"
#include "str.h"
#include "testing.h"

#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>

START_TEST(empty_string_is_no_text_and_reads_as_one)
{
    struct str s = { 0 };

    ck_assert_str_eq(str_text(&s), "");
    str_add(&s, "");
    ck_assert_ptr_nonnull(s.text);
    ck_assert_uint_eq(s.length, 0);
    str_free(&s);
    ck_assert_ptr_null(s.text);
    _cleanup_free_ char *taken = str_take(&s);
    ck_assert_str_eq(taken, "");
}
END_TEST

START_TEST(additions_follow_each_other)
{
    _cleanup_str_ struct str s = { 0 };

    str_add(&s, "a");
    str_add_char(&s, 'b');
    str_addf(&s, "%d%s", 42, "%d");
    str_add_bytes(&s, "cde", 2);
    ck_assert_str_eq(s.text, "ab42%dcd");
    ck_assert_uint_eq(s.length, 8);
}
END_TEST

START_TEST(nul_bytes_are_kept_and_one_follows)
{
    _cleanup_str_ struct str s = { 0 };

    str_add_bytes(&s, "a\0b", 3);
    str_add_char(&s, '\0');
    str_add(&s, "c");
    ck_assert_uint_eq(s.length, 5);
    ck_assert_mem_eq(s.text, "a\0b\0c", 6);
}
END_TEST

START_TEST(string_grows_a_byte_at_a_time)
{
    _cleanup_str_ struct str s = { 0 };

    for (int i = 0; i < 100000; i++) {
        str_add_char(&s, (char)('a' + i % 26));
        ck_assert_uint_gt(s.capacity, s.length);
        ck_assert_int_eq(s.text[s.length], '\0');
    }
    ck_assert_uint_eq(strlen(s.text), 100000);
    ck_assert_uint_lt(s.capacity, 300000);
    for (int i = 0; i < 100000; i += 997)
        ck_assert_int_eq(s.text[i], 'a' + i % 26);
}
END_TEST

START_TEST(long_addition_to_a_short_string_fits)
{
    _cleanup_str_ struct str s = { 0 };
    _cleanup_free_ char *text = must_calloc(100001, 1);

    memset(text, 'x', 100000);
    str_add(&s, "ab");
    str_add(&s, text);
    str_addf(&s, "%s!", text);
    ck_assert_uint_eq(s.length, 200003);
    ck_assert_int_eq(s.text[200002], '!');
    ck_assert_int_eq(s.text[200003], '\0');
}
END_TEST

START_TEST(taken_text_is_the_callers_and_the_string_is_empty)
{
    struct str s = { 0 };

    str_add(&s, "abc");
    _cleanup_free_ char *taken = str_take(&s);
    ck_assert_str_eq(taken, "abc");
    ck_assert_ptr_null(s.text);
    ck_assert_uint_eq(s.length, 0);
    str_add(&s, "d");
    ck_assert_str_eq(s.text, "d");
    ck_assert_str_eq(taken, "abc");
    str_free(&s);
}
END_TEST

START_TEST(copies_and_formats_are_of_the_right_size)
{
    _cleanup_free_ char *whole = must_strdup("abc"), *part = must_strndup("abc", 2);
    _cleanup_free_ char *all = must_strndup("abc", 9), *none = must_strndup("abc", 0);
    _cleanup_free_ char *made = formatted("%s-%03d", "x", 7);

    ck_assert_str_eq(whole, "abc");
    ck_assert_str_eq(part, "ab");
    ck_assert_str_eq(all, "abc");
    ck_assert_str_eq(none, "");
    ck_assert_str_eq(made, "x-007");
}
END_TEST

START_TEST(prefixes_and_suffixes)
{
    ck_assert(starts_with("sha256:x", "sha256:"));
    ck_assert(starts_with("a", "a"));
    ck_assert(starts_with("a", ""));
    ck_assert(!starts_with("", "a"));
    ck_assert(!starts_with("ab", "abc"));
    ck_assert(ends_with("layer.tar", ".tar"));
    ck_assert(ends_with(".tar", ".tar"));
    ck_assert(ends_with("a", ""));
    ck_assert(!ends_with("tar", ".tar"));
    ck_assert(!ends_with("", "a"));
    ck_assert(!ends_with("a.tar.gz", ".tar"));
}
END_TEST

/* ---- memory that cannot be had */

static void overflow_product(void)
{
    free(must_realloc(NULL, SIZE_MAX / 2, 3));
}

static void overflow_string(void)
{
    struct str s = { 0 };

    str_add(&s, "ab");
    str_add_bytes(&s, "", SIZE_MAX - 2);
    str_free(&s);
}

/* OVERFLOW, in a process of its own, must end by abort(3) and say why. */
static void expect_abort(void (*overflow)(void))
{
    int saved = redirect(), status;
    pid_t pid = fork();

    if (pid == 0) {
        overflow();
        _exit(0);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    _cleanup_free_ char *said = written(saved);
    ck_assert(WIFSIGNALED(status));
    ck_assert_int_eq(WTERMSIG(status), SIGABRT);
    ck_assert_str_eq(said, "gocker: out of memory\n");
}

START_TEST(sizes_that_overflow_abort)
{
    expect_abort(overflow_product);
    expect_abort(overflow_string);
}
END_TEST

START_TEST(nothing_can_be_allocated)
{
    _cleanup_free_ void *zero = must_calloc(0, 8), *resized = must_realloc(NULL, 0, 8);

    ck_assert_ptr_nonnull(zero);
    ck_assert_ptr_nonnull(resized);
}
END_TEST

/* ---- vectors */

START_TEST(vector_ends_with_null_at_every_size)
{
    _cleanup_strv_ struct strv v = { 0 };
    char text[16];

    for (int i = 0; i < 1000; i++) {
        snprintf(text, sizeof text, "%d", i);
        strv_add(&v, text);
        ck_assert_uint_eq(v.count, (size_t)i + 1);
        ck_assert_ptr_null(v.items[v.count]);
    }
    ck_assert_str_eq(v.items[0], "0");
    ck_assert_str_eq(v.items[511], "511");
    ck_assert_str_eq(v.items[999], "999");
}
END_TEST

START_TEST(vector_copies_what_is_added_and_keeps_what_is_given)
{
    _cleanup_strv_ struct strv v = { 0 };
    char text[] = "abc", *owned = must_strdup("def");

    strv_add(&v, text);
    strv_add_owned(&v, owned);
    text[0] = 'x';
    ck_assert_str_eq(v.items[0], "abc");
    ck_assert_ptr_eq(v.items[1], owned);
}
END_TEST

START_TEST(vector_takes_all_of_another)
{
    _cleanup_strv_ struct strv v = { 0 }, from = { 0 }, empty = { 0 };

    strv_add(&v, "a");
    strv_add(&from, "b");
    strv_add(&from, "");
    strv_add_all(&v, &from);
    strv_add_all(&v, &empty);
    ck_assert_uint_eq(v.count, 3);
    ck_assert_str_eq(v.items[1], "b");
    ck_assert_str_eq(v.items[2], "");
    ck_assert_ptr_ne(v.items[1], from.items[0]);
}
END_TEST

START_TEST(membership_is_of_whole_strings)
{
    _cleanup_strv_ struct strv v = { 0 };

    ck_assert(!strv_has(&v, ""));
    strv_add(&v, "abc");
    strv_add(&v, "");
    ck_assert(strv_has(&v, "abc"));
    ck_assert(strv_has(&v, ""));
    ck_assert(!strv_has(&v, "ab"));
    ck_assert(!strv_has(&v, "abcd"));
}
END_TEST

START_TEST(freed_vector_can_be_used_again)
{
    struct strv v = { 0 };

    strv_add(&v, "a");
    strv_free(&v);
    ck_assert_uint_eq(v.count, 0);
    ck_assert_ptr_null(v.items);
    strv_add(&v, "b");
    ck_assert_str_eq(v.items[0], "b");
    strv_free(&v);
}
END_TEST

/* ---- environments */

START_TEST(names_are_compared_whole)
{
    _cleanup_strv_ struct strv env = { 0 };

    env_set(&env, "PATHS", "1");
    env_set(&env, "PATH", "/bin");
    strv_add(&env, "NOVALUE");
    ck_assert_str_eq(env_get(&env, "PATH"), "/bin");
    ck_assert_str_eq(env_get(&env, "PATHS"), "1");
    ck_assert_ptr_null(env_get(&env, "PAT"));
    ck_assert_ptr_null(env_get(&env, "path"));
    ck_assert_ptr_null(env_get(&env, "NOVALUE"));
    ck_assert_ptr_null(env_get(&env, ""));
}
END_TEST

START_TEST(value_may_be_empty_or_hold_equal_signs)
{
    _cleanup_strv_ struct strv env = { 0 };

    env_set(&env, "A", "");
    env_set(&env, "B", "x=y=z");
    ck_assert_str_eq(env_get(&env, "A"), "");
    ck_assert_str_eq(env_get(&env, "B"), "x=y=z");
}
END_TEST

START_TEST(set_again_keeps_the_place)
{
    _cleanup_strv_ struct strv env = { 0 };

    env_set(&env, "A", "1");
    env_set(&env, "B", "2");
    env_set(&env, "A", "a longer one");
    ck_assert_uint_eq(env.count, 2);
    ck_assert_str_eq(env.items[0], "A=a longer one");
    ck_assert_str_eq(env.items[1], "B=2");
}
END_TEST

START_TEST(last_of_several_counts)
{
    _cleanup_strv_ struct strv env = { 0 };

    strv_add(&env, "A=1");
    strv_add(&env, "A=2");
    ck_assert_str_eq(env_get(&env, "A"), "2");
    env_set(&env, "A", "3");
    ck_assert_str_eq(env_get(&env, "A"), "3");
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { empty_string_is_no_text_and_reads_as_one, 0, 0 },
        { additions_follow_each_other, 0, 0 },
        { nul_bytes_are_kept_and_one_follows, 0, 0 },
        { string_grows_a_byte_at_a_time, 0, 0 },
        { long_addition_to_a_short_string_fits, 0, 0 },
        { taken_text_is_the_callers_and_the_string_is_empty, 0, 0 },
        { copies_and_formats_are_of_the_right_size, 0, 0 },
        { prefixes_and_suffixes, 0, 0 },
        { sizes_that_overflow_abort, NEED_NATIVE, 0 },
        { nothing_can_be_allocated, 0, 0 },
        { vector_ends_with_null_at_every_size, 0, 0 },
        { vector_copies_what_is_added_and_keeps_what_is_given, 0, 0 },
        { vector_takes_all_of_another, 0, 0 },
        { membership_is_of_whole_strings, 0, 0 },
        { freed_vector_can_be_used_again, 0, 0 },
        { names_are_compared_whole, 0, 0 },
        { value_may_be_empty_or_hold_equal_signs, 0, 0 },
        { set_again_keeps_the_place, 0, 0 },
        { last_of_several_counts, 0, 0 },
    };

    return RUN_TESTS("common/str", tests, argc, argv);
}
