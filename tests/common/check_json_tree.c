/* JSON trees: looking into them, and writing them. */
#include "json.h"
#include "testing.h"

#include <string.h>

static struct json *parse(const char *text)
{
    struct error err = { 0 };
    struct json *root = json_parse(text, strlen(text), &err);

    ck_assert_msg(root != NULL, "wanted %s accepted, got: %s", text, err.text);
    return root;
}

/* ---- looking into the tree */

START_TEST(tree_keeps_names_counts_and_order)
{
    _cleanup_json_ struct json *root = parse("{\"b\":1,\"a\":[true,\"x\"]}");
    const struct json *second = root->first->next;

    ck_assert_int_eq(root->type, JSON_OBJECT);
    ck_assert_uint_eq(root->count, 2);
    ck_assert_ptr_null(root->name);
    ck_assert_str_eq(root->first->name, "b");
    ck_assert_str_eq(root->first->text, "1");
    ck_assert_str_eq(second->name, "a");
    ck_assert_ptr_null(second->next);
    ck_assert_uint_eq(second->count, 2);
    ck_assert_ptr_null(second->first->name);
    ck_assert_str_eq(second->first->text, "true");
}
END_TEST

START_TEST(get_answers_null_for_whatever_is_not_there)
{
    _cleanup_json_ struct json *root = parse("{\"a\":{\"b\":\"c\"},\"n\":null,\"l\":[1]}");

    ck_assert_str_eq(json_string(json_get(json_get(root, "a"), "b")), "c");
    ck_assert_ptr_null(json_get(root, "b"));
    ck_assert_ptr_null(json_get(root, "A"));
    ck_assert_ptr_null(json_get(json_get(root, "n"), "b"));
    ck_assert_ptr_null(json_get(json_get(root, "l"), "0"));
    ck_assert_ptr_null(json_get(NULL, "a"));
}
END_TEST

START_TEST(string_of_another_type_is_null)
{
    _cleanup_json_ struct json *root = parse("[1,true,null,[],{}]");

    for (const struct json *value = root->first; value; value = value->next)
        ck_assert_ptr_null(json_string(value));
    ck_assert_ptr_null(json_string(NULL));
}
END_TEST

START_TEST(int_reads_whole_numbers_of_64_bits)
{
    const struct {
        const char *text;
        int64_t number;
    } good[] = { { "0", 0 },
                 { "-0", 0 },
                 { "42", 42 },
                 { "9223372036854775807", INT64_MAX },
                 { "-9223372036854775808", INT64_MIN } };

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        _cleanup_json_ struct json *root = parse(good[i].text);
        int64_t number = -1;

        ck_assert_msg(json_int(root, &number), "wanted %s to be a number", good[i].text);
        ck_assert_int_eq(number, good[i].number);
    }
}
END_TEST

START_TEST(int_refuses_what_it_would_have_to_change)
{
    const char *bad[] = { "1.0",
                          "1e3",
                          "0.5",
                          "9223372036854775808",
                          "-9223372036854775809",
                          "99999999999999999999999",
                          "\"1\"",
                          "true",
                          "null",
                          "[1]" };
    int64_t number = 77;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        _cleanup_json_ struct json *root = parse(bad[i]);

        ck_assert_msg(!json_int(root, &number), "wanted %s refused, got %jd", bad[i], (intmax_t)number);
    }
    ck_assert(!json_int(NULL, &number));
    ck_assert_int_eq(number, 77);
}
END_TEST

START_TEST(only_the_literal_true_is_true)
{
    _cleanup_json_ struct json *root = parse("[true,false,1,\"true\",null,{}]");

    ck_assert(json_true(root->first));
    for (const struct json *value = root->first->next; value; value = value->next)
        ck_assert_msg(!json_true(value), "wanted false, got true for type %d", value->type);
    ck_assert(!json_true(NULL));
}
END_TEST

START_TEST(strings_are_appended_in_order)
{
    _cleanup_json_ struct json *root = parse("[\"a\",\"\",\"b\"]");
    _cleanup_strv_ struct strv strings = { 0 };

    strv_add(&strings, "first");
    ck_assert(json_strings(root, &strings));
    ck_assert_uint_eq(strings.count, 4);
    ck_assert_str_eq(strings.items[1], "a");
    ck_assert_str_eq(strings.items[2], "");
    ck_assert_str_eq(strings.items[3], "b");
}
END_TEST

START_TEST(null_and_absent_arrays_are_empty)
{
    _cleanup_json_ struct json *root = parse("null");
    _cleanup_strv_ struct strv strings = { 0 };

    ck_assert(json_strings(root, &strings));
    ck_assert(json_strings(NULL, &strings));
    ck_assert_uint_eq(strings.count, 0);
}
END_TEST

START_TEST(mixed_array_appends_nothing)
{
    const char *bad[] = { "[\"a\",1]", "[\"a\",null]", "\"a\"", "{\"a\":\"b\"}", "1" };
    _cleanup_strv_ struct strv strings = { 0 };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        _cleanup_json_ struct json *root = parse(bad[i]);

        ck_assert_msg(!json_strings(root, &strings), "wanted %s refused", bad[i]);
        ck_assert_uint_eq(strings.count, 0);
    }
}
END_TEST

/* ---- writing */

/* One of everything; what both layouts are tried on. */
static void write_sample(struct json_writer *w)
{
    char *items[] = { "x", "y", NULL };
    struct strv strings = { items, 2 };

    json_open_object(w, NULL);
    json_add_int(w, "schemaVersion", 2);
    json_open_object(w, "empty");
    json_close(w);
    json_open_array(w, "layers");
    json_open_object(w, NULL);
    json_add_bool(w, "ok", true);
    json_close(w);
    json_add_bool(w, NULL, false);
    json_close(w);
    json_add_strings(w, "Cmd", &strings);
    json_add_string(w, "last", "");
    json_close(w);
}

START_TEST(writer_puts_commas_where_they_belong)
{
    struct json_writer w = { 0 };

    write_sample(&w);
    ck_assert_str_eq(str_text(&w.out), "{\"schemaVersion\":2,\"empty\":{},\"layers\":[{\"ok\":true},false],"
                                       "\"Cmd\":[\"x\",\"y\"],\"last\":\"\"}");
    str_free(&w.out);
}
END_TEST

START_TEST(pretty_writer_indents_by_two_spaces)
{
    struct json_writer w = { .pretty = true };

    write_sample(&w);
    ck_assert_str_eq(str_text(&w.out), "{\n"
                                       "  \"schemaVersion\": 2,\n"
                                       "  \"empty\": {},\n"
                                       "  \"layers\": [\n"
                                       "    {\n"
                                       "      \"ok\": true\n"
                                       "    },\n"
                                       "    false\n"
                                       "  ],\n"
                                       "  \"Cmd\": [\n"
                                       "    \"x\",\n"
                                       "    \"y\"\n"
                                       "  ],\n"
                                       "  \"last\": \"\"\n"
                                       "}");
    str_free(&w.out);
}
END_TEST

START_TEST(writer_escapes_names_and_texts)
{
    struct json_writer w = { 0 };

    json_open_object(&w, NULL);
    json_add_string(&w, "a\"b", "\\ \x01\x1b\x7f \n\t \xe2\x82\xac");
    json_close(&w);
    ck_assert_str_eq(str_text(&w.out), "{\"a\\\"b\":\"\\\\ \\u0001\\u001b\\u007f \\n\\t \xe2\x82\xac\"}");
    str_free(&w.out);
}
END_TEST

START_TEST(writer_replaces_each_byte_that_is_not_utf8)
{
    struct json_writer w = { 0 };

    json_add_string(&w, NULL, "a\xff\xc3(\xed\xa0\x80z\xe2\x82");
    ck_assert_str_eq(str_text(&w.out), "\"a\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz"
                                       "\xef\xbf\xbd\xef\xbf\xbd\"");
    str_free(&w.out);
}
END_TEST

START_TEST(writer_writes_the_extremes_of_integers)
{
    struct json_writer w = { 0 };

    json_open_array(&w, NULL);
    json_add_int(&w, NULL, INT64_MIN);
    json_add_int(&w, NULL, INT64_MAX);
    json_close(&w);
    ck_assert_str_eq(str_text(&w.out), "[-9223372036854775808,9223372036854775807]");
    str_free(&w.out);
}
END_TEST

START_TEST(copied_value_keeps_everything_at_any_depth)
{
    const char *text = "{\"a\":[1e5,null,true,{\"x\":\"\\u001b\"},[]],\"b\":{}}";
    _cleanup_json_ struct json *root = parse(text);
    _cleanup_free_ char *wanted = formatted("{\"first\":0,\"copy\":%s,\"last\":1}", text);
    struct json_writer w = { 0 };

    json_open_object(&w, NULL);
    json_add_int(&w, "first", 0);
    json_add_value(&w, "copy", root);
    json_add_int(&w, "last", 1);
    json_close(&w);
    ck_assert_str_eq(str_text(&w.out), wanted);
    str_free(&w.out);
}
END_TEST

START_TEST(value_of_full_depth_fits_below_others)
{
    struct str deep = { 0 };
    struct json_writer w = { 0 };

    for (int i = 0; i < JSON_MAX_DEPTH; i++)
        str_add(&deep, "[");
    for (int i = 0; i < JSON_MAX_DEPTH; i++)
        str_add(&deep, "]");
    _cleanup_json_ struct json *root = parse(deep.text);
    for (int i = 0; i < JSON_MAX_DEPTH; i++)
        json_open_array(&w, NULL);
    json_add_value(&w, NULL, root);
    for (int i = 0; i < JSON_MAX_DEPTH; i++)
        json_close(&w);
    ck_assert_uint_eq(w.out.length, 2 * sizeof w.closers);
    ck_assert_int_eq(w.depth, 0);
    str_free(&deep);
    str_free(&w.out);
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { tree_keeps_names_counts_and_order, 0, 0 },
        { get_answers_null_for_whatever_is_not_there, 0, 0 },
        { string_of_another_type_is_null, 0, 0 },
        { int_reads_whole_numbers_of_64_bits, 0, 0 },
        { int_refuses_what_it_would_have_to_change, 0, 0 },
        { only_the_literal_true_is_true, 0, 0 },
        { strings_are_appended_in_order, 0, 0 },
        { null_and_absent_arrays_are_empty, 0, 0 },
        { mixed_array_appends_nothing, 0, 0 },
        { writer_puts_commas_where_they_belong, 0, 0 },
        { pretty_writer_indents_by_two_spaces, 0, 0 },
        { writer_escapes_names_and_texts, 0, 0 },
        { writer_replaces_each_byte_that_is_not_utf8, 0, 0 },
        { writer_writes_the_extremes_of_integers, 0, 0 },
        { copied_value_keeps_everything_at_any_depth, 0, 0 },
        { value_of_full_depth_fits_below_others, 0, 0 },
    };

    return RUN_TESTS("common/json_tree", tests, argc, argv);
}
