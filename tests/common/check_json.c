/* The JSON reader: what is accepted, what is refused and where, limits. */
#include "json.h"
#include "testing.h"

#include <string.h>
#include <time.h>

struct sample {
    const char *text, *wanted;
};

/* TEXT, parsed and written again on one line; fails the test where it is refused. */
static char *rewritten(const char *text, size_t length)
{
    struct error err = { 0 };
    _cleanup_json_ struct json *root = json_parse(text, length, &err);
    struct json_writer w = { 0 };

    ck_assert_msg(root != NULL, "wanted %.60s accepted, got: %s", text, err.text);
    json_add_value(&w, NULL, root);
    return str_take(&w.out);
}

static void expect_rewritten(const struct sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        _cleanup_free_ char *got = rewritten(samples[i].text, strlen(samples[i].text));

        ck_assert_str_eq(got, samples[i].wanted);
    }
}
#define EXPECT_REWRITTEN(samples) expect_rewritten(samples, sizeof(samples) / sizeof *(samples))

/* All are refused, with an error that contains what is wanted. */
static void expect_refused(const struct sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct error err = { 0 };
        _cleanup_json_ struct json *root = json_parse(samples[i].text, strlen(samples[i].text), &err);

        ck_assert_msg(root == NULL, "wanted %s refused, but it was accepted", samples[i].text);
        ck_assert_contains(err.text, samples[i].wanted);
    }
}
#define EXPECT_REFUSED(samples) expect_refused(samples, sizeof(samples) / sizeof *(samples))

/* COUNT times OPEN, MIDDLE, COUNT times CLOSE. The caller frees it. */
static char *nested(size_t count, const char *open, const char *middle, const char *close)
{
    struct str text = { 0 };

    for (size_t i = 0; i < count; i++)
        str_add(&text, open);
    str_add(&text, middle);
    for (size_t i = 0; i < count; i++)
        str_add(&text, close);
    return str_take(&text);
}

static struct json *parse(const char *text)
{
    struct error err = { 0 };
    struct json *root = json_parse(text, strlen(text), &err);

    ck_assert_msg(root != NULL, "wanted %s accepted, got: %s", text, err.text);
    return root;
}

/* ---- what is accepted */

START_TEST(every_kind_of_value_can_be_the_root)
{
    const struct sample samples[] = {
        { "null", "null" }, { "true", "true" },   { "false", "false" },
        { "7", "7" },       { "\"x\"", "\"x\"" }, { " \t\r\n[ ] \n", "[]" },
        { "{ }", "{}" },    { "[[]]", "[[]]" },   { "{\"a\":{\"b\":[1,null]}}", "{\"a\":{\"b\":[1,null]}}" },
    };

    EXPECT_REWRITTEN(samples);
}
END_TEST

START_TEST(numbers_keep_every_digit)
{
    const struct sample samples[] = {
        { "-0", "-0" },
        { "0.10", "0.10" },
        { "1E+05", "1E+05" },
        { "1e-7", "1e-7" },
        { "123456789012345678901234567890.5e9", "123456789012345678901234567890.5e9" },
    };

    EXPECT_REWRITTEN(samples);
}
END_TEST

START_TEST(escapes_become_characters)
{
    const struct sample samples[] = {
        { "\"\\\"\\\\\\/\"", "\"\\\"\\\\/\"" },
        { "\"\\b\\f\\n\\r\\t\"", "\"\\b\\f\\n\\r\\t\"" },
        { "\"\\u0041\\u00e9\\u20AC\"", "\"A\xc3\xa9\xe2\x82\xac\"" },
        { "\"\\ud83D\\uDE00\"", "\"\xf0\x9f\x98\x80\"" },
        { "\"\\u001f\\u007f\"", "\"\\u001f\\u007f\"" },
    };

    EXPECT_REWRITTEN(samples);
}
END_TEST

START_TEST(names_are_unescaped_as_well)
{
    _cleanup_json_ struct json *root = parse("{\"\\u006dediaType\":\"x\"}");

    ck_assert_str_eq(json_string(json_get(root, "mediaType")), "x");
}
END_TEST

START_TEST(deepest_allowed_nesting_is_read)
{
    _cleanup_free_ char *arrays = nested(64, "[", "", "]");
    _cleanup_free_ char *objects = nested(64, "{\"a\":", "1", "}");
    _cleanup_free_ char *arrays_again = rewritten(arrays, strlen(arrays));
    _cleanup_free_ char *objects_again = rewritten(objects, strlen(objects));

    ck_assert_str_eq(arrays_again, arrays);
    ck_assert_str_eq(objects_again, objects);
}
END_TEST

/* ---- what is refused */

START_TEST(broken_grammar_is_refused_where_it_breaks)
{
    const struct sample samples[] = {
        { "", "byte 0 (line 1, column 1): expected a value, found the end" },
        { " \n ", "byte 3 (line 2, column 2): expected a value" },
        { "{}{}", "byte 2 (line 1, column 3): expected nothing behind the value, found '{'" },
        { "1 2", "byte 2 (line 1, column 3)" },
        { "[1 2]", "byte 3 (line 1, column 4): expected a comma or ], found '2'" },
        { "[1,]", "byte 3 (line 1, column 4): expected a value, found ']'" },
        { "[,1]", "byte 1 (line 1, column 2): expected a value, found ','" },
        { "{\"a\"}", "byte 4 (line 1, column 5): expected a colon, found '}'" },
        { "{\"a\":}", "byte 5 (line 1, column 6): expected a value, found '}'" },
        { "{\"a\":1,}", "byte 7 (line 1, column 8): expected a name in double quotes, found '}'" },
        { "{\"a\":1 \"b\":2}", "byte 7 (line 1, column 8): expected a comma or }" },
        { "{\"a\":\"b\":1}", "byte 8 (line 1, column 9): expected a comma or }" },
        { "{1:2}", "byte 1 (line 1, column 2): expected a name in double quotes, found '1'" },
        { "{[]:1}", "byte 1 (line 1, column 2): expected a name in double quotes, found '['" },
        { "[\"a\":1]", "byte 4 (line 1, column 5): expected a comma or ]" },
        { ":", "byte 0 (line 1, column 1)" },
    };

    EXPECT_REFUSED(samples);
}
END_TEST

START_TEST(brackets_must_match)
{
    const struct sample samples[] = {
        { "[", "byte 1 (line 1, column 2): a closing bracket is missing" },
        { "{\"a\":[1}", "byte 7 (line 1, column 8): this bracket does not close" },
        { "]", "byte 0 (line 1, column 1): this bracket does not close" },
        { "[]]", "byte 2 (line 1, column 3): this bracket does not close" },
    };

    EXPECT_REFUSED(samples);
}
END_TEST

START_TEST(what_only_looks_like_a_value_is_refused)
{
    const struct sample samples[] = {
        { "01", "neither a number" },
        { "-", "neither a number" },
        { "-01", "neither a number" },
        { "1.", "neither a number" },
        { ".5", "neither a number" },
        { "+1", "neither a number" },
        { "1e", "neither a number" },
        { "1e+", "neither a number" },
        { "0x10", "neither a number" },
        { "NaN", "neither a number" },
        { "True", "neither a number" },
        { "nul", "neither a number" },
        { "1-2", "neither a number" },
        { "1.2.3", "neither a number" },
        { "'a'", "found '''" },
        { "[1\"a\"]", "byte 2 (line 1, column 3): expected a comma" },
        { "[1[2]]", "byte 2" },
        { "// x\n1", "found '/'" },
        { "\xef\xbb\xbf{}", "byte 0xef" },
        { "\x0b"
          "1",
          "byte 0x0b" },
        { "\x7f", "byte 0x7f" },
        { "[\xc3\xa9]", "byte 0xc3" },
    };

    EXPECT_REFUSED(samples);
}
END_TEST

START_TEST(broken_strings_are_refused)
{
    const struct sample samples[] = {
        { "\"a", "byte 0 (line 1, column 1): this string has no end" },
        { "\"a\\\"", "no end" },
        { "\"a\\", "no end" },
        { "\"a\nb\"", "byte 2 (line 1, column 3): a control byte" },
        { "\"\\\n\"", "a control byte" },
        { "\"\\x41\"", "unknown escape" },
        { "\"\\u12\"", "unknown escape" },
        { "\"\\u12g4\"", "unknown escape" },
        { "\"\\U0041\"", "unknown escape" },
    };

    EXPECT_REFUSED(samples);
}
END_TEST

START_TEST(code_points_that_are_no_characters_are_refused)
{
    const struct sample samples[] = {
        { "\"\\u0000\"", "\\u0000" },           { "{\"a\\u0000\":1}", "\\u0000" },
        { "\"\\ud800\"", "surrogate" },         { "\"\\ud800x\"", "surrogate" },
        { "\"\\ud800\\n12345\"", "surrogate" }, { "\"\\ud800\\ud800\"", "surrogate" },
        { "\"\\ud800\\u0041\"", "surrogate" },  { "\"\\udc00\\ud800\"", "surrogate" },
    };

    EXPECT_REFUSED(samples);
}
END_TEST

START_TEST(bytes_that_are_not_utf8_are_refused)
{
    const struct sample samples[] = {
        { "\"ab\x80\"", "byte 3 (line 1, column 4): this byte is not UTF-8" },
        { "\"\xff\"", "not UTF-8" },
        { "\"\xc0\xaf\"", "not UTF-8" },         /* / in two bytes */
        { "\"\xe0\x80\xaf\"", "not UTF-8" },     /* and in three */
        { "\"\xed\xa0\x80\"", "not UTF-8" },     /* a surrogate */
        { "\"\xf4\x90\x80\x80\"", "not UTF-8" }, /* U+110000 */
        { "\"\xe2\x82\"", "not UTF-8" },         /* cut short */
        { "{\"\xc3\":1}", "not UTF-8" },
    };

    EXPECT_REFUSED(samples);
}
END_TEST

START_TEST(nul_byte_is_refused_not_taken_for_the_end)
{
    const struct {
        const char *text;
        size_t length;
    } samples[] = { { "{}\0", 3 }, { "1\0", 2 }, { "\"a\0b\"", 5 }, { "[1,\0 2]", 7 }, { "\0", 1 } };

    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct error err = { 0 };

        ck_assert_ptr_null(json_parse(samples[i].text, samples[i].length, &err));
        ck_assert_contains(err.text, "JSON, byte");
    }
}
END_TEST

START_TEST(two_members_of_one_name_are_refused)
{
    const struct sample samples[] = {
        { "{\"a\":1,\"b\":2,\"a\":1}",
          "byte 0 (line 1, column 1): two members of this object are called \"a\"" },
        { "[\n {\"x\":1, \"\\u0078\":2}]", "byte 3 (line 2, column 2)" },
        { "{\"\":1,\"\":2}", "two members" },
    };

    EXPECT_REFUSED(samples);
}
END_TEST

START_TEST(same_name_in_different_objects_is_fine)
{
    const struct sample samples[] = { { "[{\"a\":1},{\"a\":{\"a\":2}}]", "[{\"a\":1},{\"a\":{\"a\":2}}]" } };

    EXPECT_REWRITTEN(samples);
}
END_TEST

/* ---- limits */

START_TEST(sixty_fifth_level_is_refused)
{
    _cleanup_free_ char *arrays = nested(65, "[", "", "]");
    _cleanup_free_ char *objects = nested(65, "{\"a\":", "1", "}");
    const struct sample samples[] = { { arrays, "nested too deep" }, { objects, "nested too deep" } };

    EXPECT_REFUSED(samples);
}
END_TEST

START_TEST(more_than_four_mebibytes_are_refused)
{
    size_t length = JSON_MAX_BYTES;
    _cleanup_free_ char *text = must_calloc(length + 1, 1);
    struct error err = { 0 };

    memset(text, ' ', length + 1);
    text[length - 1] = '1';
    _cleanup_json_ struct json *largest = json_parse(text, length, &err);
    ck_assert_msg(largest != NULL, "wanted 4 MiB accepted, got: %s", err.text);
    ck_assert_ptr_null(json_parse(text, length + 1, &err));
    ck_assert_contains(err.text, "4194305 bytes");
}
END_TEST

/* Inputs that took a naive reader minutes: each has to be answered within the second. */
START_TEST(no_input_takes_quadratic_time)
{
    _cleanup_str_ struct str names = { 0 };
    _cleanup_free_ char *brackets = nested(JSON_MAX_BYTES / 2, "[", "", "]");
    _cleanup_free_ char *values = nested(JSON_MAX_BYTES / 2, "1,", "", "");
    _cleanup_free_ char *chain = nested(64, "[", "\"\":\"\":\"\":", "]");
    struct timespec before, after;
    struct error err = { 0 };

    for (int i = 0; i < 100000; i++)
        str_addf(&names, "%c\"%07x\":%d", i ? ',' : '{', i * 7919 % 100003, i);
    str_add(&names, "}");
    clock_gettime(CLOCK_MONOTONIC, &before);
    _cleanup_json_ struct json *root = json_parse(names.text, names.length, &err);
    ck_assert_msg(root && root->count == 100000, "wanted 100000 names, got: %s", err.text);
    ck_assert_ptr_null(json_parse(brackets, strlen(brackets), &err));
    ck_assert_contains(err.text, "nested too deep");
    ck_assert_ptr_null(json_parse(values, strlen(values), &err));
    ck_assert_contains(err.text, "2097152 values");
    ck_assert_ptr_null(json_parse(chain, strlen(chain), &err));
    clock_gettime(CLOCK_MONOTONIC, &after);
    ck_assert_int_le(after.tv_sec - before.tv_sec, 1);
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { every_kind_of_value_can_be_the_root, 0, 0 },
        { numbers_keep_every_digit, 0, 0 },
        { escapes_become_characters, 0, 0 },
        { names_are_unescaped_as_well, 0, 0 },
        { deepest_allowed_nesting_is_read, 0, 0 },
        { broken_grammar_is_refused_where_it_breaks, 0, 0 },
        { brackets_must_match, 0, 0 },
        { what_only_looks_like_a_value_is_refused, 0, 0 },
        { broken_strings_are_refused, 0, 0 },
        { code_points_that_are_no_characters_are_refused, 0, 0 },
        { bytes_that_are_not_utf8_are_refused, 0, 0 },
        { nul_byte_is_refused_not_taken_for_the_end, 0, 0 },
        { two_members_of_one_name_are_refused, 0, 0 },
        { same_name_in_different_objects_is_fine, 0, 0 },
        { sixty_fifth_level_is_refused, 0, 0 },
        { more_than_four_mebibytes_are_refused, 0, 0 },
        { no_input_takes_quadratic_time, NEED_NATIVE, 0 },
    };

    return RUN_TESTS("common/json", tests, argc, argv);
}
