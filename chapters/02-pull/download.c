/* Blobs from the registry into the store, three at a time. */
#include "download.h"
#include "blob.h"
#include "http.h"
#include "retry.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

/* A try that brought this much was no failure to be counted: a large layer may break many times on its way. */
#define GOOD_PROGRESS_BYTES (256 * 1024)
#define LONGEST_PAUSE_MS    200

/* One of the three. */
struct download {
    enum { FREE, RUNNING, PAUSED } state;
    struct blob blob;
    struct http_request request;
    char *url, *path;
    struct attempts attempts;
    int64_t resume_ms;      /* PAUSED: until then, by http_now_ms */
    uint64_t before;        /* what was there when this try began */
    bool resumed;           /* it is made of the pieces of several tries */
    struct progress *lines; /* NULL: none */
    int line;
};

struct downloads {
    struct registry *registry;
    const struct store *store;
    struct progress *lines;
    struct download slots[DOWNLOADS_AT_A_TIME];
};

/* ---- one answer */

/* Does the answer 206 continue where we are? Content-Range: bytes 100-199/200, or "*" for 200 (RFC 9110, 14.4). */
static bool continues(const struct download *download, const struct http_response *response)
{
    const char *range = http_header(response, "content-range", 0), *total = range ? strchr(range, '/') : NULL;

    if (!total || !starts_with(range, "bytes "))
        return false;
    if (strtoull(range + strlen("bytes "), NULL, 10) != download->blob.written)
        return false;
    return total[1] == '*' || strtoull(total + 1, NULL, 10) == download->blob.size;
}

/* The headers are there. A registry that does not know Range sends all of the blob, with 200: start again. */
static int download_begin(void *user, const struct http_response *response, struct error *err)
{
    struct download *download = user;
    const char *length = http_header(response, "content-length", 0);

    if (response->status == 206 && continues(download, response)) {
        download->resumed = true;
        return 0;
    }
    if (response->status != 200)
        return fail(err, 0, "GET %s: the answer %d is no part of the blob that was asked for", download->url,
                    response->status);
    if (length && strtoull(length, NULL, 10) != download->blob.size)
        return fail(err, 0, "GET %s: it is %s bytes long, and the manifest says %llu", download->url, length,
                    (unsigned long long)download->blob.size);
    if (blob_restart(&download->blob, err) < 0)
        return -1;
    download->resumed = false;
    return 0;
}

static int download_bytes(void *user, const void *bytes, size_t length, struct error *err)
{
    struct download *download = user;

    if (blob_write(&download->blob, bytes, length, err) < 0)
        return fail_while(err, "GET %s", download->url);
    if (download->lines)
        progress_update(download->lines, download->line, download->blob.written);
    return 0;
}

/* ---- one download */

static void download_free(struct downloads *all, struct download *download)
{
    if (download->state == RUNNING)
        http_cancel(all->registry->http, &download->request);
    if (download->state != FREE)
        blob_abandon(&download->blob);
    http_request_clear(&download->request);
    free(download->url);
    free(download->path);
    *download = (struct download){ 0 };
}

/* Another try, from where the last one ended. */
static int download_try(struct downloads *all, struct download *download, struct error *err)
{
    struct http_request *request = &download->request;

    if (registry_prepare(all->registry, download->path, &download->attempts, request, &download->url, err) <
        0)
        return -1;
    request->offset = download->before = download->blob.written;
    http_start(all->registry->http, request);
    download->state = RUNNING;
    return 0;
}

static int download_start(struct downloads *all, struct download *download, const struct layer *layer,
                          struct error *err)
{
    if (blob_begin(all->store, layer->digest, layer->size, &download->blob, err) < 0)
        return -1;
    download->state = PAUSED; /* from here on there is something to free */
    download->path = formatted("blobs/%s", layer->digest);
    download->lines = all->lines;
    if (all->lines) {
        _cleanup_free_ char *label = must_strndup(digest_hex(layer->digest), 12);

        download->line = progress_add(all->lines, label, layer->size);
    }
    download->request = (struct http_request){
        .method = HTTP_GET,
        .begin = download_begin,
        .sink = download_bytes,
        .user = download,
    };
    return download_try(all, download, err);
}

/* Make the answer one that is worth another try, for the reason FORMAT…. */
__attribute__((format(printf, 2, 3))) static void call_broken(struct download *download, const char *format,
                                                              ...)
{
    struct http_response *response = &download->request.response;
    char reason[256];
    va_list args;

    va_start(args, format);
    vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    response->result = HTTP_BROKEN;
    fail(&response->error, 0, "GET %s: %s", download->url, reason);
}

/* All bytes are there. 0 where they are the right ones, 1 where they must be fetched again. */
static int download_verify(struct download *download, struct error *err)
{
    if (blob_finish(&download->blob, err) == 0)
        return 0;
    if (err->number != EBADMSG || !download->resumed)
        return fail_while(err, "GET %s", download->url);
    /* Pieces of different contents, perhaps of two mirrors behind one name. In one piece, then. */
    if (blob_restart(&download->blob, err) < 0)
        return -1;
    call_broken(download, "the pieces do not fit together");
    download->resumed = false;
    return 1;
}

/* What makes an answer other than it seems: a body that ends early without libcurl noticing, a Range beyond the
 * end. */
static int look_closer(struct download *download, struct error *err)
{
    struct http_response *response = &download->request.response;

    if (response->result != HTTP_ANSWERED)
        return 0;
    if (response->status / 100 == 2)
        call_broken(download, "it ended after %llu of %llu bytes", (unsigned long long)download->blob.written,
                    (unsigned long long)download->blob.size);
    if (response->status == 416) {
        call_broken(download, "416 range not satisfiable");
        return blob_restart(&download->blob, err);
    }
    return 0;
}

/* A try is over: 0 where the blob is in the store, 1 where it is paused before the next try. */
static int download_judge(struct downloads *all, struct download *download, struct error *err)
{
    struct http_response *response = &download->request.response;
    int64_t wait_ms = 0;
    int verdict = 1;

    download->state = PAUSED;
    if (response->result == HTTP_REFUSED) { /* by us: of what is there, nothing can be used */
        *err = response->error;
        return -1;
    }
    if (download->blob.written == download->blob.size && response->status / 100 == 2)
        verdict = download_verify(download, err);
    else if (look_closer(download, err) < 0)
        return -1;
    if (verdict <= 0)
        return verdict;
    if (download->blob.written >= download->before + GOOD_PROGRESS_BYTES)
        download->attempts.failed = 0;
    verdict = registry_judge(all->registry, &download->request, &download->attempts, &wait_ms, err);
    download->resume_ms = http_now_ms() + wait_ms;
    return verdict;
}

/* ---- all of them */

static struct download *free_slot(struct downloads *all)
{
    for (size_t i = 0; i < DOWNLOADS_AT_A_TIME; i++)
        if (all->slots[i].state == FREE)
            return &all->slots[i];
    return NULL;
}

/* An image may hold one layer twice. */
static bool under_way(const struct downloads *all, const char *digest)
{
    for (size_t i = 0; i < DOWNLOADS_AT_A_TIME; i++)
        if (all->slots[i].state != FREE && strcmp(all->slots[i].blob.digest, digest) == 0)
            return true;
    return false;
}

static void say_already_there(struct downloads *all, const struct layer *layer)
{
    _cleanup_free_ char *label = must_strndup(digest_hex(layer->digest), 12);

    if (all->lines)
        progress_finish(all->lines, progress_add(all->lines, label, layer->size), "already there");
}

/* Give every free slot a layer, from *NEXT on, and let those go on whose pause is over. */
static int fill_slots(struct downloads *all, const struct layer *layers, size_t count, size_t *next,
                      struct error *err)
{
    struct download *slot;

    for (; *next < count && (slot = free_slot(all)); ++*next) {
        const struct layer *layer = &layers[*next];

        if (under_way(all, layer->digest))
            continue;
        if (store_has_blob(all->store, layer->digest, layer->size))
            say_already_there(all, layer);
        else if (download_start(all, slot, layer, err) < 0)
            return -1;
    }
    for (size_t i = 0; i < DOWNLOADS_AT_A_TIME; i++) {
        slot = &all->slots[i];
        if (slot->state == PAUSED && slot->resume_ms <= http_now_ms() && download_try(all, slot, err) < 0)
            return -1;
    }
    return 0;
}

static bool any_left(const struct downloads *all)
{
    for (size_t i = 0; i < DOWNLOADS_AT_A_TIME; i++)
        if (all->slots[i].state != FREE)
            return true;
    return false;
}

static int download_all(struct downloads *all, const struct layer *layers, size_t count, struct error *err)
{
    size_t next = 0;

    for (;;) {
        struct http_request *over;
        struct download *download;
        int verdict;

        if (fill_slots(all, layers, count, &next, err) < 0)
            return -1;
        if (!any_left(all) && next == count)
            return 0;
        if (http_wait(all->registry->http, LONGEST_PAUSE_MS, &over, err) < 0)
            return -1;
        if (!over)
            continue;
        download = over->user;
        verdict = download_judge(all, download, err);
        if (verdict < 0)
            return -1;
        if (verdict > 0)
            continue;
        if (all->lines)
            progress_finish(all->lines, download->line, "done");
        download_free(all, download);
    }
}

int download_layers(struct registry *registry, const struct store *store, const struct layer *layers,
                    size_t count, struct progress *lines, struct error *err)
{
    struct downloads all = { .registry = registry, .store = store, .lines = lines };
    int result;

    result = download_all(&all, layers, count, err);
    for (size_t i = 0; i < DOWNLOADS_AT_A_TIME; i++)
        download_free(&all, &all.slots[i]);
    return result;
}
