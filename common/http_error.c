/* What went wrong with an exchange, in words. */
#include "http.h"
#include "http_internal.h"

#include <string.h>

/* RFC 9110, section 15, in lower case: the part of a status that people read. */
static const char *reason(int status)
{
    static const struct {
        int status;
        const char *reason;
    } reasons[] = {
        { 204, "no content" },
        { 206, "partial content" },
        { 301, "moved permanently" },
        { 302, "found" },
        { 304, "not modified" },
        { 307, "temporary redirect" },
        { 400, "bad request" },
        { 401, "unauthorized" },
        { 403, "forbidden" },
        { 404, "not found" },
        { 405, "method not allowed" },
        { 406, "not acceptable" },
        { 407, "proxy authentication required" },
        { 408, "request timeout" },
        { 409, "conflict" },
        { 410, "gone" },
        { 416, "range not satisfiable" },
        { 418, "I'm a teapot" },
        { 429, "too many requests" },
        { 451, "unavailable for legal reasons" },
        { 500, "internal server error" },
        { 501, "not implemented" },
        { 502, "bad gateway" },
        { 503, "service unavailable" },
        { 504, "gateway timeout" },
        { 505, "HTTP version not supported" },
    };

    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "unexpected status";
}

const char *http_method_name(enum http_method method)
{
    return method == HTTP_HEAD ? "HEAD" : method == HTTP_POST ? "POST" : "GET";
}

/* The address a redirect led to, without its query: storage services put signatures there that let anybody
 * fetch, and error messages are pasted into public issue trackers. */
void http_add_redirect(const struct http_request *request, struct str *text)
{
    const char *url = request->response.url;

    if (!url || strcmp(url, request->url) == 0)
        return;
    str_add(text, ": redirected to ");
    str_add_bytes(text, url, strcspn(url, "?#"));
}

int http_fail_status(const struct http_request *request, const char *detail, struct error *err)
{
    _cleanup_str_ struct str where = { 0 };
    int status = request->response.status;

    http_add_redirect(request, &where);
    return fail(err, 0, "%s %s%s: %d %s%s%s", http_method_name(request->method), request->url,
                str_text(&where), status, reason(status), detail && *detail ? ": " : "",
                detail ? detail : "");
}

static enum http_result result_of(const struct transfer *transfer, CURLcode code)
{
    double connected_s = 0;

    switch (code) {
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR: return HTTP_UNREACHABLE;
    case CURLE_OPERATION_TIMEDOUT:
        curl_easy_getinfo(transfer->easy, CURLINFO_CONNECT_TIME, &connected_s);
        return connected_s > 0 ? HTTP_BROKEN : HTTP_UNREACHABLE;
    case CURLE_URL_MALFORMAT:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_OUT_OF_MEMORY: return HTTP_REFUSED;
    default: return HTTP_BROKEN;
    }
}

void http_note_failure(struct transfer *transfer, CURLcode code)
{
    struct http_request *request = transfer->request;
    struct http_response *response = &request->response;
    const char *text = transfer->error;
    _cleanup_str_ struct str where = { 0 };
    const char *hint = "";

    response->result = result_of(transfer, code);
    if (code == CURLE_PEER_FAILED_VERIFICATION)
        hint = " (--ca FILE trusts another authority)";
    else if (code == CURLE_SSL_CONNECT_ERROR && strstr(text, "wrong version number"))
        hint = " (does it speak plain HTTP?)";
    http_add_redirect(request, &where);
    fail(&response->error, 0, "%s %s%s: %s%s", http_method_name(request->method), request->url,
         str_text(&where), text[0] ? text : curl_easy_strerror(code), hint);
}

int http_refuse(struct http_request *request, const char *why)
{
    request->response.result = HTTP_REFUSED;
    return fail(&request->response.error, 0, "%s %s: %s", http_method_name(request->method), request->url,
                why);
}
