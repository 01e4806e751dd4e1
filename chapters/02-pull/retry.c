/* When a request failed: try again, and how long to wait before. */
#include "retry.h"
#include "json.h"
#include "str.h"

#include <string.h>
#include <sys/random.h>
#include <time.h>

#define MOST_TRIES     5
#define FIRST_WAIT_MS  250
#define LONGEST_WAIT_S 300
#define LONGEST_DETAIL 200

/* {"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]} from registries; token servers say
 * {"details":"…"} or {"message":"…"}. */
char *error_detail(const struct http_response *response)
{
    struct error ignored;
    _cleanup_json_ struct json *body = json_parse(str_text(&response->body), response->body.length, &ignored);
    const struct json *errors = json_get(body, "errors");
    const struct json *first = errors && errors->type == JSON_ARRAY ? errors->first : NULL;
    const char *text = json_string(json_get(first, "message"));

    if (!text || text[0] == '\0')
        text = json_string(json_get(first, "code"));
    if (!text)
        text = json_string(json_get(body, "details"));
    if (!text)
        text = json_string(json_get(body, "message"));
    return formatted("%.*s", LONGEST_DETAIL, text ? text : "");
}

/* The seconds that Retry-After asks for, a number of them or a date; -1 where it asks for none. */
static int64_t seconds_asked(const struct http_response *response)
{
    const char *text = http_header(response, "retry-after", 0), *end;
    struct tm date = { 0 };
    time_t until, now = time(NULL);

    if (!text)
        return -1;
    if (strspn(text, "0123456789") == strlen(text) && text[0])
        return strlen(text) > 9 ? INT32_MAX : strtol(text, NULL, 10);
    end = strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &date); /* RFC 9110, 5.6.7 */
    if (!end || *end)
        return -1;
    until = timegm(&date);
    return until > now ? until - now : 0;
}

/* Twice as long each time, and not the same for all: a classroom that was turned away together must not come
 * back together. */
static int64_t back_off_ms(int failed)
{
    int64_t whole = (int64_t)FIRST_WAIT_MS << (failed - 1);
    uint32_t random = 0;

    if (getrandom(&random, sizeof random, GRND_NONBLOCK) < 0)
        random = UINT32_MAX;
    return whole / 2 + (int64_t)(random % (uint32_t)(whole / 2 + 1));
}

static bool worth_another_try(const struct http_response *response)
{
    int status = response->status;

    if (response->result == HTTP_BROKEN || response->result == HTTP_UNREACHABLE)
        return true;
    return response->result == HTTP_ANSWERED &&
           (status == 408 || status == 429 || status == 500 || (status >= 502 && status <= 504));
}

int describe_failure(const struct http_request *request, struct error *err)
{
    _cleanup_free_ char *detail = NULL;

    if (request->response.result != HTTP_ANSWERED) {
        *err = request->response.error;
        return -1;
    }
    detail = error_detail(&request->response);
    return http_fail_status(request, detail, err);
}

int retry(struct attempts *attempts, const struct http_request *request, struct progress *progress,
          int64_t *wait_ms, struct error *err)
{
    const struct http_response *response = &request->response;
    int64_t asked_s = -1;
    _cleanup_free_ char *note = NULL;

    describe_failure(request, err);
    if (!worth_another_try(response))
        return -1;
    if (++attempts->failed >= MOST_TRIES) {
        _cleanup_free_ char *why = must_strdup(err->text);

        return fail(err, 0, "%s (tried %d times)", why, MOST_TRIES);
    }
    if (response->status == 429 || response->status == 503)
        asked_s = seconds_asked(response);
    if (asked_s > LONGEST_WAIT_S) {
        _cleanup_free_ char *why = must_strdup(err->text);

        return fail(err, 0,
                    "%s; it asks to wait %lld s, which is too long: try later, log in, or name a mirror in "
                    "GOCKER_MIRROR",
                    why, (long long)asked_s);
    }
    if (asked_s >= 0) {
        *wait_ms = asked_s * 1000;
        note = formatted("%s; waiting %lld s, as it asks", err->text, (long long)asked_s);
    } else {
        *wait_ms = back_off_ms(attempts->failed);
        note = formatted("%s; trying again", err->text);
    }
    progress_note(progress, note);
    return 0;
}

int perform_with_retries(struct http *http, struct http_request *request, struct progress *progress,
                         struct error *err)
{
    struct attempts attempts = { 0 };

    for (;;) {
        int64_t wait_ms = 0;

        if (http_perform(http, request, err) < 0 && err->number != 0)
            return -1; /* interrupted */
        if (request->response.result == HTTP_ANSWERED && request->response.status / 100 == 2)
            return 0;
        if (request->response.result == HTTP_UNREACHABLE && attempts.failed == 0)
            return -1; /* a wrong address, more likely than a busy one */
        if (retry(&attempts, request, progress, &wait_ms, err) < 0 || http_sleep(http, wait_ms, err) < 0)
            return -1;
    }
}
