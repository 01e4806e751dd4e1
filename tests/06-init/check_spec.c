/* The spec: a container written as JSON, and read again. */
#include "container.h"
#include "json.h"
#include "spec.h"
#include "testing.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add_gid(struct container *c, gid_t gid)
{
    size_t count = c->process.user.additional_gid_count;

    c->process.user.additional_gids = must_realloc(c->process.user.additional_gids, count + 1, sizeof gid);
    c->process.user.additional_gids[count] = gid;
    c->process.user.additional_gid_count++;
}

/* The least that is a container. */
static struct container small(void)
{
    struct container c = { 0 };

    strv_add(&c.process.args, "true");
    c.process.cwd = must_strdup("/");
    c.root.path = must_strdup("/root");
    return c;
}

static void written(const struct container *c, struct str *text)
{
    struct error err = { 0 };

    ck_assert_msg(spec_write(c, text, &err) == 0, "spec_write: %s", err.text);
}

static struct container through(const struct container *c)
{
    _cleanup_str_ struct str text = { 0 };
    struct container read = { 0 };
    struct error err = { 0 };

    written(c, &text);
    ck_assert_msg(spec_read(text.text, text.length, &read, &err) == 0, "spec_read: %s", err.text);
    return read;
}

static void assert_strv_eq(const struct strv *got, const struct strv *wanted)
{
    ck_assert_uint_eq(got->count, wanted->count);
    for (size_t i = 0; i < wanted->count; i++)
        ck_assert_str_eq(got->items[i], wanted->items[i]);
}

START_TEST(every_field_comes_back)
{
    _cleanup_(container_free) struct container c = small(), read;

    strv_add(&c.process.args, "-x");
    strv_add(&c.process.env, "A=1");
    strv_add(&c.process.env, "B=");
    c.process.user.uid = UINT32_MAX - 1;
    c.process.user.gid = 7;
    add_gid(&c, 0);
    add_gid(&c, UINT32_MAX - 1);
    c.process.terminal = true;
    c.process.console_size.height = UINT16_MAX;
    c.process.console_size.width = 132;
    c.root.readonly = true;
    container_add_mount(&c, "/data", "bind", "/host/data", "ro,nosuid");
    container_add_mount(&c, "/tmp", "tmpfs", "tmpfs", "nosuid,size=64k,mode=1777");
    container_add_mount(&c, "/v", "bind", "", "");
    read = through(&c);
    assert_strv_eq(&read.process.args, &c.process.args);
    assert_strv_eq(&read.process.env, &c.process.env);
    ck_assert_str_eq(read.process.cwd, "/");
    ck_assert_uint_eq(read.process.user.uid, UINT32_MAX - 1);
    ck_assert_uint_eq(read.process.user.gid, 7);
    ck_assert_uint_eq(read.process.user.additional_gid_count, 2);
    ck_assert_uint_eq(read.process.user.additional_gids[0], 0);
    ck_assert_uint_eq(read.process.user.additional_gids[1], UINT32_MAX - 1);
    ck_assert(read.process.terminal);
    ck_assert_uint_eq(read.process.console_size.height, UINT16_MAX);
    ck_assert_uint_eq(read.process.console_size.width, 132);
    ck_assert_str_eq(read.root.path, "/root");
    ck_assert(read.root.readonly);
    ck_assert_uint_eq(read.mount_count, 3);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_str_eq(read.mounts[i].destination, c.mounts[i].destination);
        ck_assert_str_eq(read.mounts[i].type, c.mounts[i].type);
        ck_assert_str_eq(read.mounts[i].source, c.mounts[i].source);
        ck_assert_str_eq(read.mounts[i].options, c.mounts[i].options);
    }
}
END_TEST

START_TEST(false_comes_back_as_false)
{
    _cleanup_(container_free) struct container c = small(), read = through(&c);

    ck_assert(!read.process.terminal);
    ck_assert(!read.root.readonly);
    ck_assert_uint_eq(read.mount_count, 0);
    ck_assert_uint_eq(read.process.user.additional_gid_count, 0);
}
END_TEST

START_TEST(odd_strings_come_back_byte_for_byte)
{
    static const char *const odd[] = {
        "",    "\"",   "\\",       "a\nb\r\tc",        "\x01\x1f\x7f", "{\"a\":[",
        "\\n", "\\u0", "\xc3\xa4", "\xf0\x9f\x90\xb3", "\xe2\x80\xa8", "</x>"
    };
    _cleanup_(container_free) struct container c = small(), read;

    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        strv_add(&c.process.args, odd[i]);
        strv_add(&c.process.env, odd[i]);
        container_add_mount(&c, odd[i], "bind", odd[i], "");
    }
    read = through(&c);
    assert_strv_eq(&read.process.args, &c.process.args);
    assert_strv_eq(&read.process.env, &c.process.env);
    for (size_t i = 0; i < c.mount_count; i++) {
        ck_assert_str_eq(read.mounts[i].destination, c.mounts[i].destination);
        ck_assert_str_eq(read.mounts[i].source, c.mounts[i].source);
    }
}
END_TEST

START_TEST(a_spec_larger_than_a_pipe_comes_back)
{
    _cleanup_(container_free) struct container c = small(), read;
    _cleanup_str_ struct str text = { 0 };

    for (int i = 0; i < 20000; i++)
        strv_add_owned(&c.process.env, formatted("NUMBER_%d=%d", i, i));
    written(&c, &text);
    ck_assert_uint_gt(text.length, 65536);
    read = through(&c);
    assert_strv_eq(&read.process.env, &c.process.env);
}
END_TEST

static void refused(const struct container *c, const char *because)
{
    _cleanup_str_ struct str text = { 0 };
    struct error err = { 0 };

    ck_assert_int_eq(spec_write(c, &text, &err), -1);
    ck_assert_contains(err.text, because);
    ck_assert_uint_eq(text.length, 0);
}

START_TEST(what_is_not_utf8_is_refused_by_name)
{
    _cleanup_(container_free) struct container arg = small(), env = small(), cwd = small(), mount = small();

    strv_add(&arg.process.args, "fine\xff");
    refused(&arg, "an argument of the program is not UTF-8, from the byte 0xff on");
    strv_add(&env.process.env, "A=\xc0\x80");
    refused(&env, "a variable of the environment is not UTF-8");
    free(cwd.process.cwd);
    cwd.process.cwd = must_strdup("/\xed\xa0\x80");
    refused(&cwd, "the working directory is not UTF-8");
    container_add_mount(&mount, "/a", "bind", "/\xe2\x82", "");
    refused(&mount, "the path of a volume is not UTF-8");
}
END_TEST

/* ---- what spec_write does not write */

/* True where TEXT was read; frees what came of it. */
static bool is_read(const char *text, size_t length, struct error *err)
{
    _cleanup_(container_free) struct container c = { 0 };

    return spec_read(text, length, &c, err) == 0;
}

static void make_full(struct str *text)
{
    _cleanup_(container_free) struct container c = small();

    strv_add(&c.process.env, "A=1");
    add_gid(&c, 5);
    container_add_mount(&c, "/data", "bind", "/host", "ro");
    written(&c, text);
}

START_TEST(a_spec_that_is_cut_off_is_refused)
{
    _cleanup_str_ struct str text = { 0 };

    make_full(&text);
    for (size_t length = 0; length < text.length; length++) {
        struct error err = { 0 };

        ck_assert_msg(!is_read(text.text, length, &err), "%zu bytes of %s were taken", length, text.text);
        ck_assert_str_ne(err.text, "");
    }
}
END_TEST

/* The full spec with its first FROM replaced by TO must be refused, and the error name NAME. */
static void refuses(const char *from, const char *to, const char *name)
{
    _cleanup_str_ struct str text = { 0 }, changed = { 0 };
    struct error err = { 0 };
    const char *at;

    make_full(&text);
    at = strstr(text.text, from);
    ck_assert_msg(at, "there is no %s in %s", from, text.text);
    str_add_bytes(&changed, text.text, (size_t)(at - text.text));
    str_addf(&changed, "%s%s", to, at + strlen(from));
    ck_assert_msg(!is_read(changed.text, changed.length, &err), "%s was taken", changed.text);
    ck_assert_contains(err.text, name);
}

START_TEST(values_that_do_not_fit_are_refused_by_name)
{
    refuses("\"uid\":0", "\"uid\":-1", "\"uid\"");
    refuses("\"uid\":0", "\"uid\":4294967295", "\"uid\"");
    refuses("\"uid\":0", "\"uid\":\"0\"", "\"uid\"");
    refuses("\"gid\":0", "\"gid\":1.5", "\"gid\"");
    refuses("[5]", "[4294967295]", "\"additionalGids\"");
    refuses("[5]", "[null]", "\"additionalGids\"");
    refuses("[5]", "5", "\"additionalGids\"");
    refuses("\"height\":0", "\"height\":65536", "\"height\"");
    refuses("\"width\":0", "\"width\":null", "\"width\"");
    refuses("[\"true\"]", "[]", "\"args\"");
    refuses("[\"true\"]", "[\"true\",1]", "\"args\"");
    refuses("[\"true\"]", "\"true\"", "\"args\"");
    refuses("[\"true\"]", "[\"tr\\u0000ue\"]", "");
    refuses("[\"A=1\"]", "{\"A\":\"1\"}", "\"env\"");
    refuses("\"cwd\":\"/\"", "\"cwd\":null", "\"cwd\"");
    refuses("\"path\":\"/root\"", "\"path\":[]", "\"path\"");
    refuses("\"destination\":\"/data\"", "\"destination\":1", "\"mounts\"");
    refuses("[\"ro\"]", "\"ro\"", "\"mounts\"");
}
END_TEST

START_TEST(other_json_is_refused)
{
    static const char *const others[] = { "null", "[]", "{}", "1", "\"\"", "{\"process\":[]}", "{}{}" };

    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct error err = { 0 };

        ck_assert_msg(!is_read(others[i], strlen(others[i]), &err), "%s was taken", others[i]);
    }
}
END_TEST

/* Whatever bytes are changed: it is read or refused, without a crash or a leak (the sanitized program
 * tells); and what is read can be written. */
START_TEST(damaged_specs_do_no_harm)
{
    _cleanup_str_ struct str text = { 0 };
    unsigned taken = 0;

    make_full(&text);
    srandom(6);
    for (int i = 0; i < 20000; i++) {
        _cleanup_free_ char *damaged = must_strndup(text.text, text.length);
        _cleanup_(container_free) struct container c = { 0 };
        _cleanup_str_ struct str again = { 0 };
        struct error err = { 0 };

        for (long n = random() % 3; n >= 0; n--)
            damaged[(size_t)random() % text.length] =
                random() % 2 ? (char)random() : "{}[]\",:0\\nu"[random() % 11];
        if (spec_read(damaged, text.length, &c, &err) == 0) {
            written(&c, &again);
            taken++;
        } else {
            ck_assert_str_ne(err.text, "");
        }
    }
    ck_assert_uint_gt(taken, 0); /* a letter in a string, say */
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { every_field_comes_back, 0, 0 },
        { false_comes_back_as_false, 0, 0 },
        { odd_strings_come_back_byte_for_byte, 0, 0 },
        { a_spec_larger_than_a_pipe_comes_back, 0, 0 },
        { what_is_not_utf8_is_refused_by_name, 0, 0 },
        { a_spec_that_is_cut_off_is_refused, 0, 0 },
        { values_that_do_not_fit_are_refused_by_name, 0, 0 },
        { other_json_is_refused, 0, 0 },
        { damaged_specs_do_no_harm, 0, 0 },
    };

    return RUN_TESTS("06-init/spec", tests, argc, argv);
}
