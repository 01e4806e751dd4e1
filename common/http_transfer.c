/* One exchange: what is asked, what becomes of the answer, and where a redirect may lead. */
#include "http.h"
#include "http_internal.h"
#include "version.h"

#include <string.h>

#define MAX_REDIRECTS     10
#define MAX_HEADERS       256
#define CONNECT_TIMEOUT_S 15L
#define SLOWEST_BYTES_S   16L /* below that on average, a transfer counts as stalled */
#define BUFFER_BYTES      (128 * 1024L)
#define DEFAULT_LIMIT     (64 * 1024)

static bool is_redirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static int current_status(const struct transfer *transfer)
{
    long status = 0;

    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    return (int)status;
}

/* ---- the answer */

/* CURLOPT_HEADERFUNCTION: a line at a time, its line end included. An answer 100, or one of a redirect, has
 * headers too: a status line starts all over. */
static size_t take_header(char *line, size_t size, size_t count, void *user)
{
    struct transfer *transfer = user;
    struct strv *headers = &transfer->request->response.headers;
    size_t length = size * count, name = 0, value;

    if (transfer->begun)
        return length; /* a trailer */
    if (length >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        strv_free(headers);
        return length;
    }
    if (headers->count >= MAX_HEADERS) {
        http_refuse(transfer->request, "the answer has too many headers");
        return 0;
    }
    while (length > 0 && strchr("\r\n\t ", line[length - 1]))
        length--;
    while (name < length && line[name] != ':')
        name++;
    if (name == length)
        return size * count;
    for (value = name + 1; value < length && (line[value] == ' ' || line[value] == '\t');)
        value++;
    strv_add_owned(headers, formatted("%.*s: %.*s", (int)name, line, (int)(length - value), line + value));
    for (char *c = headers->items[headers->count - 1]; *c != ':'; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c |= 0x20;
    return size * count;
}

static int begin_once(struct transfer *transfer)
{
    struct http_request *request = transfer->request;

    if (transfer->begun)
        return 0;
    transfer->begun = true;
    request->response.status = current_status(transfer);
    if (request->begin && request->begin(request->user, &request->response, &request->response.error) < 0) {
        request->response.result = HTTP_REFUSED;
        return -1;
    }
    return 0;
}

/* Keep a body in memory, up to its limit. That of an error is cut there: it is for people. */
static size_t keep(struct transfer *transfer, const char *bytes, size_t length, int status)
{
    struct http_request *request = transfer->request;
    size_t limit = request->limit_bytes ? request->limit_bytes : DEFAULT_LIMIT;
    size_t room = limit - request->response.body.length;

    if (length > room && status / 100 == 2) {
        _cleanup_free_ char *why = formatted("the answer is longer than %zu bytes", limit);

        http_refuse(request, why);
        return 0;
    }
    str_add_bytes(&request->response.body, bytes, length < room ? length : room);
    return length;
}

/* CURLOPT_WRITEFUNCTION. Anything but the length makes libcurl end the transfer with CURLE_WRITE_ERROR. */
static size_t take_body(char *bytes, size_t size, size_t count, void *user)
{
    struct transfer *transfer = user;
    struct http_request *request = transfer->request;
    int status = current_status(transfer);
    size_t length = size * count;

    if (is_redirect(status))
        return length; /* "see over there", in HTML */
    if (!request->sink || status / 100 != 2)
        return keep(transfer, bytes, length, status);
    if (begin_once(transfer) < 0)
        return 0;
    if (request->sink(request->user, bytes, length, &request->response.error) < 0) {
        request->response.result = HTTP_REFUSED;
        return 0;
    }
    return length;
}

/* ---- the question */

static void add_header(struct transfer *transfer, const char *header)
{
    struct curl_slist *longer = curl_slist_append(transfer->headers, header);

    if (longer)
        transfer->headers = longer;
}

static void set_headers(struct transfer *transfer)
{
    const struct http_request *request = transfer->request;

    curl_slist_free_all(transfer->headers);
    transfer->headers = NULL;
    for (size_t i = 0; request->headers && i < request->headers->count; i++)
        add_header(transfer, request->headers->items[i]);
    /* A token is for the registry alone, not for the storage service that it redirects to (and which may
     * refuse a request that is signed twice). */
    if (transfer->authorization && !request->response.other_origin) {
        _cleanup_free_ char *header = formatted("Authorization: %s", transfer->authorization);

        add_header(transfer, header);
    }
    curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->headers);
}

static void set_security(struct transfer *transfer)
{
    const struct http_settings *settings = transfer->settings;
    CURL *easy = transfer->easy;
    struct origin origin;

#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
#else
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    if (settings->ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, settings->ca_file);
    if (settings->insecure) {
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    /* http_proxy and its kin count, but no proxy reaches this machine's own loopback. */
    if (origin_of(transfer->request->response.url, &origin)) {
        if (host_is_loopback(origin.host))
            curl_easy_setopt(easy, CURLOPT_PROXY, "");
        origin_free(&origin);
    }
}

void transfer_configure(struct transfer *transfer)
{
    struct http_request *request = transfer->request;
    CURL *easy = transfer->easy;
    char range[32];

    curl_easy_reset(easy);
    set_security(transfer);
    set_headers(transfer);
    curl_easy_setopt(easy, CURLOPT_URL, request->response.url);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "gocker/" GOCKER_VERSION);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT_S);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, SLOWEST_BYTES_S);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)transfer->settings->stall_s);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, BUFFER_BYTES);
    /* A connection for each of the parallel layers: streams of one share its congestion window. */
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    if (request->method == HTTP_HEAD)
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    if (request->method == HTTP_POST)
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->form);
    /* Not CURLOPT_RESUME_FROM: that fails where the server sends all of it, which begin() can use. */
    if (request->offset > 0) {
        snprintf(range, sizeof range, "%llu-", (unsigned long long)request->offset);
        curl_easy_setopt(easy, CURLOPT_RANGE, range);
    }
}

/* ---- redirects */

/* May the exchange go on at URL? Sets other_origin, which stays once it was true: a strange host could
 * otherwise send us back to any address of the registry's with the registry's token. */
static int check_redirect(struct transfer *transfer, const char *url)
{
    struct http_request *request = transfer->request;
    _cleanup_(origin_free) struct origin from = { 0 }, to = { 0 };
    _cleanup_free_ char *why = NULL;
    bool both_loopback;

    if (request->method == HTTP_POST)
        return http_refuse(request, "redirected, which what is posted must not be");
    if (++transfer->redirects > MAX_REDIRECTS)
        return http_refuse(request, "redirected more than 10 times");
    if (!origin_of(request->response.url, &from) || !origin_of(url, &to)) {
        why = formatted("redirected to %.*s: only http and https addresses, without a password, are followed",
                        (int)strcspn(url, "?#"), url);
        return http_refuse(request, why);
    }
    both_loopback = host_is_loopback(from.host) && host_is_loopback(to.host);
    if (strcmp(from.scheme, "https") == 0 && strcmp(to.scheme, "http") == 0 && !both_loopback &&
        !transfer->settings->insecure) {
        why = formatted("redirected to %.*s: that leaves https", (int)strcspn(url, "?#"), url);
        return http_refuse(request, why);
    }
    if (!origin_same(&from, &to))
        request->response.other_origin = true;
    return 0;
}

/* Go on where the answer points to. False where it does not, or must not. */
static bool follow(struct transfer *transfer)
{
    struct http_response *response = &transfer->request->response;
    char *url = NULL;

    curl_easy_getinfo(transfer->easy, CURLINFO_REDIRECT_URL, &url);
    if (!url && http_header(response, "location", 0)) {
        _cleanup_free_ char *why =
            formatted("redirected to %s, which is no address", http_header(response, "location", 0));

        http_refuse(transfer->request, why);
    }
    if (!url || check_redirect(transfer, url) < 0)
        return false;
    url = must_strdup(url); /* libcurl's is gone with the next reset */
    free(response->url);
    response->url = url;
    transfer_configure(transfer);
    return true;
}

bool transfer_end(struct transfer *transfer, CURLcode code)
{
    struct http_request *request = transfer->request;
    struct http_response *response = &request->response;

    response->status = current_status(transfer);
    if (code != CURLE_OK) {
        if (response->result != HTTP_REFUSED)
            http_note_failure(transfer, code);
        return false;
    }
    if (is_redirect(response->status) && follow(transfer))
        return true;
    /* An empty body has not called take_body. */
    if (response->result == HTTP_ANSWERED && request->sink && response->status / 100 == 2)
        begin_once(transfer);
    return false;
}
