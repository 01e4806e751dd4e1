/* The store's index.json, and the few other files that make a directory an OCI layout. */
#include "store_index.h"
#include "blob.h"
#include "fs.h"
#include "media_type.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#define LOCK_FILE ".lock"

/* Whoever changes index.json reads it first, and nobody else may write in between. A file of its own is
 * locked: index.json itself is replaced at every change, and a lock on the old file keeps nobody out. */
static int lock(const struct store *store, struct error *err)
{
    _cleanup_close_ int fd = openat(store->fd, LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

    if (fd < 0)
        return fail(err, errno, "open %s/" LOCK_FILE, store->path);
    while (flock(fd, LOCK_EX) < 0)
        if (errno != EINTR)
            return fail(err, errno, "lock %s/" LOCK_FILE, store->path);
    return steal_fd(&fd);
}

/* ---- index.json */

struct json *store_read_index(const struct store *store, struct error *err)
{
    _cleanup_str_ struct str text = { 0 };
    struct json *index = NULL;

    if (read_file(store->fd, "index.json", JSON_MAX_BYTES, &text, err) == 0)
        index = json_parse(str_text(&text), text.length, err);
    if (!index)
        fail_while(err, "read %s/index.json", store->path);
    return index;
}

static const char *annotated_name(const struct json *descriptor)
{
    return json_string(json_get(json_get(descriptor, "annotations"), ANNOTATION_NAME));
}

const struct json *index_find_name(const struct json *index, const char *name)
{
    const struct json *manifests = json_get(index, "manifests");

    for (const struct json *m = manifests ? manifests->first : NULL; m; m = m->next) {
        const char *found = annotated_name(m);

        if (found && strcmp(found, name) == 0)
            return m;
    }
    return NULL;
}

static void add_entry(struct json_writer *w, const struct store_entry *entry)
{
    json_open_object(w, NULL);
    json_add_string(w, "mediaType", MEDIA_OCI_MANIFEST);
    json_add_string(w, "digest", entry->manifest_digest);
    json_add_int(w, "size", (int64_t)entry->manifest_size);
    json_open_object(w, "annotations");
    json_add_string(w, ANNOTATION_NAME, entry->name);
    json_add_string(w, ANNOTATION_REGISTRY, entry->registry_digest);
    json_close(w);
    if (entry->platform.os[0] && entry->platform.architecture[0]) {
        json_open_object(w, "platform");
        json_add_string(w, "architecture", entry->platform.architecture);
        json_add_string(w, "os", entry->platform.os);
        if (entry->platform.variant[0])
            json_add_string(w, "variant", entry->platform.variant);
        json_close(w);
    }
    json_close(w);
}

/* INDEX with ENTRY in it, and without what had its name. Members that we do not know stay as they are. */
static void write_index(struct json_writer *w, const struct json *index, const struct store_entry *entry)
{
    const struct json *manifests = json_get(index, "manifests");

    json_open_object(w, NULL);
    for (const struct json *member = index->first; member; member = member->next)
        if (member != manifests)
            json_add_value(w, member->name, member);
    json_open_array(w, "manifests");
    for (const struct json *m = manifests ? manifests->first : NULL; m; m = m->next) {
        const char *name = annotated_name(m);

        if (!name || strcmp(name, entry->name) != 0)
            json_add_value(w, NULL, m);
    }
    add_entry(w, entry);
    json_close(w);
    json_close(w);
}

int store_put_entry(const struct store *store, const struct store_entry *entry, struct error *err)
{
    _cleanup_close_ int locked = lock(store, err);
    _cleanup_json_ struct json *index = NULL;
    struct json_writer w = { .pretty = true };
    int result;

    if (locked < 0 || !(index = store_read_index(store, err)))
        return -1;
    write_index(&w, index, entry);
    if (w.out.length > JSON_MAX_BYTES)
        result = fail(err, EFBIG, "%s/index.json has no room for another image", store->path);
    else
        result = write_file_atomic(store->fd, "index.json", w.out.text, w.out.length, 0644, err);
    str_free(&w.out);
    return result;
}

/* ---- an OCI layout (image-layout.md) */

/* A directory that holds other things is none of ours to fill. What begins with a dot may be our own, from
 * before we were killed. */
static int check_empty(const struct store *store, struct error *err)
{
    _cleanup_close_ int fd = openat(store->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _cleanup_closedir_ DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *entry;

    if (!dir)
        return fail(err, errno, "list %s", store->path);
    steal_fd(&fd);
    while ((entry = readdir(dir)))
        if (entry->d_name[0] != '.')
            return fail(err, 0,
                        "%s is no image store: it holds other things (%s) and no oci-layout file; name a new "
                        "or empty directory",
                        store->path, entry->d_name);
    return 0;
}

static int check_version(const struct store *store, struct error *err)
{
    _cleanup_str_ struct str text = { 0 };
    _cleanup_json_ struct json *layout = NULL;
    const char *version;

    if (read_file(store->fd, "oci-layout", 4096, &text, err) < 0 ||
        !(layout = json_parse(str_text(&text), text.length, err)))
        return fail_while(err, "read %s/oci-layout", store->path);
    version = json_string(json_get(layout, "imageLayoutVersion"));
    if (!version || !starts_with(version, "1."))
        return fail(err, 0, "%s/oci-layout: the version is %s, and only 1.0.0 is known", store->path,
                    version ? version : "missing");
    return 0;
}

/* Make NAME with TEXT unless it is there. */
static int make_file(const struct store *store, const char *name, const char *text, struct error *err)
{
    if (faccessat(store->fd, name, F_OK, 0) == 0)
        return 0;
    return write_file_atomic(store->fd, name, text, strlen(text), 0644, err);
}

static int make_directory(const struct store *store, const char *name, struct error *err)
{
    if (mkdirat(store->fd, name, 0755) < 0 && errno != EEXIST)
        return fail(err, errno, "make %s/%s", store->path, name);
    return 0;
}

/* write_file_atomic's temporary files, of writers that were killed. We have the lock, so nobody is writing. */
static void remove_unfinished(const struct store *store)
{
    _cleanup_close_ int fd = openat(store->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _cleanup_closedir_ DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *entry;

    if (!dir)
        return;
    steal_fd(&fd);
    while ((entry = readdir(dir)))
        if (starts_with(entry->d_name, ".index.json.") || starts_with(entry->d_name, ".oci-layout."))
            unlinkat(dirfd(dir), entry->d_name, 0);
}

static bool complete(const struct store *store)
{
    return faccessat(store->fd, "oci-layout", F_OK, 0) == 0 &&
           faccessat(store->fd, "index.json", F_OK, 0) == 0 &&
           faccessat(store->fd, "blobs/sha256", F_OK, 0) == 0 &&
           faccessat(store->fd, ".partial", F_OK, 0) == 0;
}

int store_prepare(const struct store *store, struct error *err)
{
    _cleanup_close_ int locked = -1;

    if (faccessat(store->fd, "oci-layout", F_OK, 0) < 0 && check_empty(store, err) < 0)
        return -1;
    locked = lock(store, err);
    if (locked < 0)
        return complete(store) ? check_version(store, err) : -1; /* somebody else's, to read only */
    remove_unfinished(store);
    store_remove_leftovers(store);
    if (make_file(store, "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}", err) < 0 ||
        check_version(store, err) < 0 || make_directory(store, "blobs", err) < 0 ||
        make_directory(store, "blobs/sha256", err) < 0 || make_directory(store, ".partial", err) < 0 ||
        make_file(store, "index.json", "{\"schemaVersion\":2,\"manifests\":[]}", err) < 0)
        return -1;
    return 0;
}
