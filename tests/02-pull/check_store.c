/* The store: a layout of its own and other tools' making, blobs that come to be whole or not at all. */
#include "blob.h"
#include "fs.h"
#include "json.h"
#include "keep.h"
#include "store.h"
#include "store_index.h"
#include "testing.h"

#include "str.h"

#include <errno.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define HELLO "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824" /* of "hello" */
#define OTHER "sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

static struct store open_store(const char *path)
{
    struct store store;
    struct error err = { 0 };

    ck_assert_msg(store_open(path, &store, &err) == 0, "%s", err.text);
    return store;
}

static int entries_in(const char *directory)
{
    _cleanup_closedir_ DIR *dir = opendir(directory);
    struct dirent *entry;
    int count = 0;

    ck_assert_ptr_nonnull(dir);
    while ((entry = readdir(dir)))
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    return count;
}

static const char *below(const char *directory, const char *name)
{
    static char path[4096];

    ck_assert_int_lt(snprintf(path, sizeof path, "%s/%s", directory, name), sizeof path);
    return path;
}

/* ---- the layout */

START_TEST(new_store_is_an_oci_layout)
{
    const char *path = scratch();
    struct store store = open_store(path);

    store_close(&store);
    ck_assert_str_eq(get_file(path, "oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    ck_assert_contains(get_file(path, "index.json"), "\"manifests\":[]");
    ck_assert_int_eq(access(below(path, "blobs/sha256"), X_OK), 0);
}
END_TEST

START_TEST(directory_with_other_things_is_refused)
{
    const char *path = scratch();
    struct store store;
    struct error err;

    put_file(path, "thesis.tex", "text");
    ck_assert_int_eq(store_open(path, &store, &err), -1);
    ck_assert_contains(err.text, "thesis.tex");
    ck_assert_int_eq(entries_in(path), 1);
}
END_TEST

START_TEST(store_that_was_begun_and_killed_is_finished)
{
    const char *path = scratch();
    struct store store;

    put_file(path, ".oci-layout.0badcafe", "{");
    put_file(path, ".lock", "");
    store = open_store(path);
    store_close(&store);
    ck_assert_int_ne(access(below(path, ".oci-layout.0badcafe"), F_OK), 0);
    ck_assert_int_eq(access(below(path, "oci-layout"), F_OK), 0);
}
END_TEST

START_TEST(layout_of_another_version_is_refused)
{
    const char *path = scratch();
    struct store store;
    struct error err;

    put_file(path, "oci-layout", "{\"imageLayoutVersion\":\"2.0.0\"}");
    ck_assert_int_eq(store_open(path, &store, &err), -1);
    ck_assert_contains(err.text, "2.0.0");
}
END_TEST

/* ---- blobs */

START_TEST(blob_has_its_name_when_it_is_whole_only)
{
    const char *path = scratch();
    _cleanup_(store_close) struct store store = open_store(path);
    _cleanup_(blob_abandon) struct blob blob = { .fd = -1 };
    struct error err = { 0 };

    ck_assert_int_eq(blob_begin(&store, HELLO, 5, &blob, &err), 0);
    ck_assert_int_eq(blob_write(&blob, "hello", 5, &err), 0);
    ck_assert(!store_has_blob(&store, HELLO, 5));
    ck_assert_msg(blob_finish(&blob, &err) == 0, "%s", err.text);
    ck_assert(store_has_blob(&store, HELLO, 5));
    ck_assert_int_eq(entries_in(below(path, ".partial")), 0);
}
END_TEST

START_TEST(wrong_bytes_never_get_a_name)
{
    const char *path = scratch();
    _cleanup_(store_close) struct store store = open_store(path);
    struct error err = { 0 };

    ck_assert_int_eq(store_put_blob(&store, HELLO, "jello", 5, &err), -1);
    ck_assert_int_eq(err.number, EBADMSG);
    ck_assert_int_eq(entries_in(below(path, "blobs/sha256")), 0);
    ck_assert_int_eq(entries_in(below(path, ".partial")), 0);
}
END_TEST

START_TEST(blob_takes_no_more_than_its_size)
{
    _cleanup_(store_close) struct store store = open_store(scratch());
    _cleanup_(blob_abandon) struct blob blob = { .fd = -1 };
    struct error err = { 0 };

    ck_assert_int_eq(blob_begin(&store, HELLO, 5, &blob, &err), 0);
    ck_assert_int_eq(blob_write(&blob, "hell", 4, &err), 0);
    ck_assert_int_eq(blob_write(&blob, "o!", 2, &err), -1);
    ck_assert_contains(err.text, "longer than the 5 bytes");
}
END_TEST

START_TEST(blob_can_start_again)
{
    _cleanup_(store_close) struct store store = open_store(scratch());
    _cleanup_(blob_abandon) struct blob blob = { .fd = -1 };
    struct error err = { 0 };

    ck_assert_int_eq(blob_begin(&store, HELLO, 5, &blob, &err), 0);
    ck_assert_int_eq(blob_write(&blob, "wrong", 5, &err), 0);
    ck_assert_int_eq(blob_finish(&blob, &err), -1);
    ck_assert_int_eq(blob_restart(&blob, &err), 0);
    ck_assert_int_eq(blob_write(&blob, "hello", 5, &err), 0);
    ck_assert_msg(blob_finish(&blob, &err) == 0, "%s", err.text);
}
END_TEST

START_TEST(leftovers_of_the_dead_are_removed_and_those_of_the_living_stay)
{
    const char *path = scratch();
    struct store store = open_store(path), again;
    _cleanup_(blob_abandon) struct blob blob = { .fd = -1 };
    struct error err = { 0 };

    put_file(path, ".partial/dead", "half a la");
    ck_assert_int_eq(blob_begin(&store, HELLO, 5, &blob, &err), 0);
    again = open_store(path);
    store_close(&again);
    ck_assert_int_ne(access(below(path, ".partial/dead"), F_OK), 0);
    ck_assert_int_eq(entries_in(below(path, ".partial")), 1);
    ck_assert_int_eq(blob_write(&blob, "hello", 5, &err), 0);
    ck_assert_msg(blob_finish(&blob, &err) == 0, "%s", err.text);
    store_close(&store);
}
END_TEST

START_TEST(paths_are_no_digests)
{
    _cleanup_(store_close) struct store store = open_store(scratch());
    struct error err;

    ck_assert_int_eq(store_open_blob(&store, "sha256:../../oci-layout", &err), -1);
    ck_assert_int_eq(err.number, EINVAL);
}
END_TEST

/* ---- the index */

static void put_entry(const struct store *store, const char *name, const char *digest)
{
    struct store_entry entry = { .name = name, .manifest_digest = digest, .registry_digest = OTHER };
    struct error err = { 0 };

    ck_assert_msg(store_put_entry(store, &entry, &err) == 0, "%s", err.text);
}

static size_t entries(const struct store *store)
{
    struct error err = { 0 };
    _cleanup_json_ struct json *index = store_read_index(store, &err);

    ck_assert_msg(index, "%s", err.text);
    return json_get(index, "manifests")->count;
}

START_TEST(name_stands_for_the_last_manifest)
{
    _cleanup_(store_close) struct store store = open_store(scratch());
    struct error err = { 0 };
    _cleanup_json_ struct json *index = NULL;

    put_entry(&store, "a:1", HELLO);
    put_entry(&store, "b:1", HELLO);
    put_entry(&store, "a:1", OTHER);
    ck_assert_uint_eq(entries(&store), 2);
    index = store_read_index(&store, &err);
    ck_assert_str_eq(json_string(json_get(index_find_name(index, "a:1"), "digest")), OTHER);
    ck_assert_str_eq(json_string(json_get(index_find_name(index, "b:1"), "digest")), HELLO);
    ck_assert_ptr_null(index_find_name(index, "a"));
}
END_TEST

START_TEST(what_other_tools_wrote_stays)
{
    const char *path = scratch();
    struct store store = open_store(path);
    const char *after;

    put_file(path, "index.json",
             "{\"schemaVersion\":2,\"x-ours\":{\"deep\":[1,null,true]},\"manifests\":[{\"mediaType\":\"m\","
             "\"digest\":\"" HELLO "\",\"size\":5,\"annotations\":{\"org.example\":\"kept\"},\"x\":1.50}],"
             "\"annotations\":{\"a\":\"b\"}}");
    put_entry(&store, "a:1", OTHER);
    after = get_file(path, "index.json");
    ck_assert_contains(after, "\"deep\"");
    ck_assert_contains(after, "\"org.example\": \"kept\"");
    ck_assert_contains(after, "1.50");
    ck_assert_contains(after, "\"a\": \"b\"");
    ck_assert_uint_eq(entries(&store), 2);
    store_close(&store);
}
END_TEST

START_TEST(many_writers_lose_no_entry)
{
    _cleanup_(store_close) struct store store = open_store(scratch());
    int status;

    for (int i = 0; i < 8; i++)
        if (fork() == 0) {
            for (int j = 0; j < 5; j++) {
                _cleanup_free_ char *name = formatted("image-%d:%d", i, j);

                put_entry(&store, name, HELLO);
            }
            _exit(0);
        }
    for (int i = 0; i < 8; i++) {
        ck_assert_int_gt(wait(&status), 0);
        ck_assert_int_eq(status, 0);
    }
    ck_assert_uint_eq(entries(&store), 40);
}
END_TEST

START_TEST(damaged_index_is_named)
{
    const char *path = scratch();
    _cleanup_(store_close) struct store store = open_store(path);
    struct image image;
    struct error err;
    bool found;

    put_file(path, "index.json", "{\"manifests\":[");
    ck_assert_int_eq(store_find(&store, "a:1", &image, &found, &err), -1);
    ck_assert_contains(err.text, "index.json");
}
END_TEST

START_TEST(entry_whose_blobs_are_gone_is_not_found)
{
    _cleanup_(store_close) struct store store = open_store(scratch());
    struct image image;
    struct error err = { 0 };
    bool found = true;

    put_entry(&store, "a:1", HELLO);
    ck_assert_msg(store_find(&store, "a:1", &image, &found, &err) == 0, "%s", err.text);
    ck_assert(!found);
}
END_TEST

START_TEST(who_has_no_home_is_told_what_to_set)
{
    const struct how how = { .uid = 65534 };
    struct outcome o = run_how(&how, (const char *const[]){ "env", "-u", "HOME", "-u", "GOCKER_ROOT",
                                                            binary("02-pull"), "pull", "x", NULL });

    ck_assert_int_ne(o.status, 0);
    ck_assert_contains(o.err, "find the image store (--store names another): HOME is not set");
}
END_TEST

START_TEST(only_the_bytes_tell_whether_a_blob_is_damaged)
{
    const char *path = scratch();
    struct store store = open_store(path);
    struct error err = { 0 };

    ck_assert_int_eq(store_put_blob(&store, HELLO, "hello", 5, &err), 0);
    ck_assert(!store_blob_is_damaged(&store, HELLO));
    put_file(path, keep(formatted("blobs/sha256/%s", digest_hex(HELLO))), "jello");
    ck_assert(store_blob_is_damaged(&store, HELLO));
    ck_assert(!store_blob_is_damaged(&store, OTHER)); /* not there */
    store_close(&store);
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { new_store_is_an_oci_layout, 0, 0 },
        { directory_with_other_things_is_refused, 0, 0 },
        { store_that_was_begun_and_killed_is_finished, 0, 0 },
        { layout_of_another_version_is_refused, 0, 0 },
        { blob_has_its_name_when_it_is_whole_only, 0, 0 },
        { wrong_bytes_never_get_a_name, 0, 0 },
        { blob_takes_no_more_than_its_size, 0, 0 },
        { blob_can_start_again, 0, 0 },
        { leftovers_of_the_dead_are_removed_and_those_of_the_living_stay, 0, 0 },
        { paths_are_no_digests, 0, 0 },
        { who_has_no_home_is_told_what_to_set, NEED_USER, 0 },
        { only_the_bytes_tell_whether_a_blob_is_damaged, 0, 0 },
        { name_stands_for_the_last_manifest, 0, 0 },
        { what_other_tools_wrote_stays, 0, 0 },
        { many_writers_lose_no_entry, 0, 0 },
        { damaged_index_is_named, 0, 0 },
        { entry_whose_blobs_are_gone_is_not_found, 0, 0 },
    };

    return RUN_TESTS("02-pull/store", tests, argc, argv);
}
