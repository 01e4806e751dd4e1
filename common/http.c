/* HTTP as registries need it: the exchanges under way, driven together by libcurl's multi interface. */
#include "http.h"
#include "http_internal.h"
#include "process.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>
#include <time.h>

/* How long a signal may go unnoticed that arrives just before the wait. */
#define LONGEST_WAIT_MS 200

struct http {
    CURLM *multi;
    struct http_settings settings;
    struct transfer *transfers;
};

/* libcurl reads the file when it first speaks TLS: over plain HTTP a mistake would go unnoticed. */
static int check_ca_file(const char *path, struct error *err)
{
    FILE *file = fopen(path, "re");
    X509 *first;

    if (!file)
        return fail(err, errno, "read the certificate authorities in %s", path);
    first =
        PEM_read_X509(file, NULL, NULL, (void *)""); /* with "" as the password, nobody is asked for one */
    fclose(file);
    ERR_clear_error();
    if (!first)
        return fail(err, 0,
                    "%s holds no certificate (in PEM form, which has lines -----BEGIN CERTIFICATE-----)",
                    path);
    X509_free(first);
    return 0;
}

struct http *http_new(const struct http_settings *settings, struct error *err)
{
    struct http *http;

    if (settings->ca_file && check_ca_file(settings->ca_file, err) < 0)
        return NULL;
    http = must_calloc(1, sizeof *http);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    http->multi = curl_multi_init();
    http->settings = *settings;
    if (settings->ca_file)
        http->settings.ca_file = must_strdup(settings->ca_file);
    if (http->settings.stall_s <= 0)
        http->settings.stall_s = HTTP_STALL_S;
    if (!http->multi) {
        http_free(&http);
        fail(err, ENOMEM, "start libcurl");
    }
    return http;
}

static void transfer_free(struct http *http, struct transfer *transfer)
{
    if (!transfer->over)
        curl_multi_remove_handle(http->multi, transfer->easy);
    curl_easy_cleanup(transfer->easy);
    curl_slist_free_all(transfer->headers);
    free(transfer->authorization);
    free(transfer);
}

/* Take *LINK's transfer off the list and free it. */
static void drop(struct http *http, struct transfer **link)
{
    struct transfer *transfer = *link;

    *link = transfer->next;
    transfer_free(http, transfer);
}

void http_free(struct http **http)
{
    if (!*http)
        return;
    while ((*http)->transfers)
        drop(*http, &(*http)->transfers);
    curl_multi_cleanup((*http)->multi);
    curl_global_cleanup();
    free((char *)(*http)->settings.ca_file);
    free(*http);
    *http = NULL;
}

void http_request_clear(struct http_request *request)
{
    strv_free(&request->response.headers);
    str_free(&request->response.body);
    free(request->response.url);
    request->response = (struct http_response){ 0 };
}

void http_start(struct http *http, struct http_request *request)
{
    struct transfer *transfer = must_calloc(1, sizeof *transfer), **end = &http->transfers;

    http_request_clear(request);
    request->response.url = must_strdup(request->url);
    transfer->settings = &http->settings;
    transfer->request = request;
    transfer->authorization = request->authorization ? must_strdup(request->authorization) : NULL;
    transfer->easy = curl_easy_init();
    while (*end) /* at the end: who was over first is named first */
        end = &(*end)->next;
    *end = transfer;
    if (!transfer->easy) {
        transfer->over = true;
        http_note_failure(transfer, CURLE_OUT_OF_MEMORY);
        return;
    }
    transfer_configure(transfer);
    curl_multi_add_handle(http->multi, transfer->easy);
}

/* Let libcurl do what can be done now, and note what is over. */
static void drive(struct http *http)
{
    CURLMsg *message;
    int count;

    curl_multi_perform(http->multi, &count);
    while ((message = curl_multi_info_read(http->multi, &count))) {
        struct transfer *transfer;
        CURLcode code = message->data.result;

        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
        curl_multi_remove_handle(http->multi, transfer->easy);
        if (transfer_end(transfer, code))
            curl_multi_add_handle(http->multi, transfer->easy);
        else
            transfer->over = true;
    }
}

/* Any transfer that is over, or that of REQUEST where it is not NULL. */
static struct transfer **find_over(struct http *http, const struct http_request *request)
{
    for (struct transfer **link = &http->transfers; *link; link = &(*link)->next)
        if ((*link)->over && (!request || (*link)->request == request))
            return link;
    return NULL;
}

/* Until a transfer as above is over, or DEADLINE_MS. */
static int wait_for(struct http *http, const struct http_request *request, int64_t deadline_ms,
                    struct transfer ***over, struct error *err)
{
    for (;;) {
        int64_t left_ms;

        if (check_interrupt(err) < 0)
            return -1;
        drive(http);
        *over = find_over(http, request);
        left_ms = deadline_ms - http_now_ms();
        if (*over || left_ms <= 0)
            return 0;
        curl_multi_poll(http->multi, NULL, 0, left_ms < LONGEST_WAIT_MS ? (int)left_ms : LONGEST_WAIT_MS,
                        NULL);
    }
}

int http_wait(struct http *http, int timeout_ms, struct http_request **finished, struct error *err)
{
    struct transfer **over;

    *finished = NULL;
    if (wait_for(http, NULL, http_now_ms() + timeout_ms, &over, err) < 0)
        return -1;
    if (over) {
        *finished = (*over)->request;
        drop(http, over);
    }
    return 0;
}

void http_cancel(struct http *http, struct http_request *request)
{
    for (struct transfer **link = &http->transfers; *link; link = &(*link)->next)
        if ((*link)->request == request) {
            drop(http, link);
            return;
        }
}

int http_perform(struct http *http, struct http_request *request, struct error *err)
{
    struct transfer **over = NULL;

    http_start(http, request);
    while (!over)
        if (wait_for(http, request, http_now_ms() + LONGEST_WAIT_MS, &over, err) < 0) {
            http_cancel(http, request);
            return -1;
        }
    drop(http, over);
    if (request->response.result != HTTP_ANSWERED) {
        *err = request->response.error;
        return -1;
    }
    return 0;
}

int http_sleep(struct http *http, int64_t ms, struct error *err)
{
    int64_t deadline_ms = http_now_ms() + ms;

    while (http_now_ms() < deadline_ms) {
        int64_t left_ms = deadline_ms - http_now_ms();

        if (check_interrupt(err) < 0)
            return -1;
        drive(http);
        curl_multi_poll(http->multi, NULL, 0, left_ms < LONGEST_WAIT_MS ? (int)left_ms : LONGEST_WAIT_MS,
                        NULL);
    }
    return check_interrupt(err);
}

int64_t http_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

const char *http_header(const struct http_response *response, const char *name, size_t nth)
{
    size_t length = strlen(name);

    for (size_t i = 0; i < response->headers.count; i++) {
        const char *header = response->headers.items[i];

        if (strncmp(header, name, length) == 0 && starts_with(header + length, ": ") && nth-- == 0)
            return header + length + 2;
    }
    return NULL;
}
