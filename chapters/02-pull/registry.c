/* One repository of one registry: how to speak to it, and what to do with its refusals. */
#include "registry.h"
#include "str.h"

#include <errno.h>
#include <string.h>

#define HUB      "docker.io"
#define HUB_HOST "registry-1.docker.io" /* docker.io itself is a web site */

/* ---- where */

static void choose_schemes(struct endpoint *endpoint, const char *ca, bool insecure)
{
    const char *host = endpoint->host;
    size_t length = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");
    _cleanup_free_ char *bare = must_strndup(host, length);
    bool loopback = host_is_loopback(bare);

    endpoint->scheme = "https";
    endpoint->other = loopback || insecure ? "http" : NULL;
    if (loopback && !ca) {
        endpoint->scheme = "http";
        endpoint->other = "https";
    }
}

void endpoint_of(const char *registry, const char *ca, bool insecure, struct endpoint *endpoint)
{
    *endpoint = (struct endpoint){ .host = must_strdup(strcmp(registry, HUB) == 0 ? HUB_HOST : registry) };
    choose_schemes(endpoint, ca, insecure);
}

int endpoint_of_mirror(const char *text, const char *ca, bool insecure, struct endpoint *endpoint,
                       struct error *err)
{
    const char *scheme = strstr(text, "://"), *host = scheme ? scheme + 3 : text;
    size_t length = strcspn(host, "/");
    _cleanup_free_ char *address =
        formatted("%s%.*s", scheme ? "" : "https://", (int)(host + length - text), text);
    _cleanup_(origin_free) struct origin origin = { 0 };

    *endpoint = (struct endpoint){ 0 };
    if (!origin_of(address, &origin) || (host[length] == '/' && host[length + 1] != '\0'))
        return fail(err, 0,
                    "GOCKER_MIRROR=%.200s: write a registry's host, host:port, or http(s)://host:port", text);
    endpoint->host = must_strndup(host, length);
    choose_schemes(endpoint, ca, insecure);
    if (scheme) {
        endpoint->scheme = strcmp(origin.scheme, "http") == 0 ? "http" : "https";
        endpoint->other = NULL;
    }
    return 0;
}

void endpoint_free(struct endpoint *endpoint)
{
    free(endpoint->host);
    *endpoint = (struct endpoint){ 0 };
}

void registry_init(struct registry *registry, struct http *http, struct progress *progress,
                   struct endpoint *endpoint, const char *key, const char *repository, bool insecure)
{
    *registry = (struct registry){
        .http = http,
        .progress = progress,
        .endpoint = *endpoint,
        .repository = repository,
        .auth = { .http = http,
                  .progress = progress,
                  .registry = key,
                  .repository = repository,
                  .insecure = insecure },
    };
    *endpoint = (struct endpoint){ 0 };
}

void registry_free(struct registry *registry)
{
    auth_free(&registry->auth);
    endpoint_free(&registry->endpoint);
}

/* ---- one try */

int registry_prepare(struct registry *registry, const char *path, struct attempts *attempts,
                     struct http_request *request, char **url, struct error *err)
{
    free(*url);
    *url = formatted("%s://%s/v2/%s/%s", registry->endpoint.scheme, registry->endpoint.host,
                     registry->repository, path);
    request->url = *url;
    if (auth_header(&registry->auth, &request->authorization, err) < 0)
        return -1;
    attempts->token = registry->auth.token;
    return 0;
}

static void swap_schemes(struct endpoint *endpoint)
{
    const char *other = endpoint->other;

    endpoint->other = endpoint->scheme;
    endpoint->scheme = other;
}

/* Might the other scheme be spoken there? To http, servers of https answer 400 or nothing; the other way round
 * the handshake fails. */
static bool doubtful(const struct registry *registry, const struct http_response *response)
{
    if (response->result == HTTP_ANSWERED)
        return response->status == 400 && strcmp(registry->endpoint.scheme, "http") == 0;
    return response->result != HTTP_REFUSED && response->status == 0;
}

/* After the very first answer, or two: is the scheme right? 0 where it is, 1 where the other is to be tried, -1
 * with err where it is neither. */
static int settle_scheme(struct registry *registry, const struct http_request *request, struct error *err)
{
    const struct http_response *response = &request->response;
    bool first = registry->first_error.text[0] == '\0', doubt = doubtful(registry, response);

    if (doubt && first && registry->endpoint.other) {
        registry->first_result = response->result;
        describe_failure(request, &registry->first_error);
        swap_schemes(&registry->endpoint);
        return 1;
    }
    registry->settled = true;
    if (!doubt)
        return 0;
    if (first) /* an address where nobody ever answered is wrong, more likely than busy */
        return response->result == HTTP_UNREACHABLE ? describe_failure(request, err) : 0;
    swap_schemes(&registry->endpoint);
    *err = registry->first_error;
    return registry->first_result == HTTP_BROKEN ? 1 : -1;
}

/* A 401. The first is where tokens come from, and a later one says that ours has expired; two in a row, that it
 * is not for us. */
static int answer_challenge(struct registry *registry, const struct http_request *request,
                            struct attempts *attempts, struct error *err)
{
    const struct http_response *response = &request->response;
    _cleanup_free_ char *detail = error_detail(response), *why = NULL;

    /* From a host that the registry has redirected to: it gets no credentials of the registry's
     * (CVE-2020-15157). */
    if (response->other_origin)
        return http_fail_status(request, detail, err);
    if (++attempts->challenged <= 2 && attempts->token != registry->auth.token)
        return 0; /* another layer's request has renewed it meanwhile */
    if (attempts->challenged <= 2)
        return auth_answer(&registry->auth, response, err);
    http_fail_status(request, detail, err);
    why = must_strdup(err->text);
    return fail(err, 0, "%s; it does not exist, or %s", why,
                registry->auth.credentials_read &&
                        (registry->auth.credentials.user || registry->auth.credentials.identity_token)
                    ? "the stored login may not read it"
                    : "needs a login (`docker login` stores one)");
}

int registry_judge(struct registry *registry, const struct http_request *request, struct attempts *attempts,
                   int64_t *wait_ms, struct error *err)
{
    const struct http_response *response = &request->response;

    *wait_ms = 0;
    if (!registry->settled) {
        int settled = settle_scheme(registry, request, err);

        if (settled != 0)
            return settled;
    }
    if (response->result == HTTP_ANSWERED && response->status == 401)
        return answer_challenge(registry, request, attempts, err) < 0 ? -1 : 1;
    attempts->challenged = 0;
    if (response->result == HTTP_ANSWERED && response->status / 100 == 2)
        return 0;
    return retry(attempts, request, registry->progress, wait_ms, err) < 0 ? -1 : 1;
}

/* ---- to the end */

int registry_ask(struct registry *registry, enum http_method method, const char *path,
                 const struct strv *headers, size_t limit_bytes, struct http_request *request,
                 struct error *err)
{
    struct attempts attempts = { 0 };
    _cleanup_free_ char *url = NULL;
    int verdict;

    *request = (struct http_request){ .method = method, .headers = headers, .limit_bytes = limit_bytes };
    do {
        int64_t wait_ms = 0;

        if (registry_prepare(registry, path, &attempts, request, &url, err) < 0)
            return -1;
        if (http_perform(registry->http, request, err) < 0 && err->number == EINTR)
            return -1;
        verdict = registry_judge(registry, request, &attempts, &wait_ms, err);
        if (verdict > 0 && http_sleep(registry->http, wait_ms, err) < 0)
            return -1;
    } while (verdict > 0);
    request->url = request->authorization = NULL; /* they end here */
    return verdict;
}
