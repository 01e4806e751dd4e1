/* Addresses: whose host is it, and is it ours? */
#include "http.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

static void cleanup_curlu(CURLU **handle)
{
    curl_url_cleanup(*handle);
}

/* A copy of URL's PART in lower case, or NULL where it has none. */
static char *part_of(CURLU *url, CURLUPart part, unsigned flags)
{
    char *text, *copy;

    if (curl_url_get(url, part, &text, flags) != CURLUE_OK)
        return NULL;
    copy = must_strdup(text);
    curl_free(text);
    for (char *c = copy; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c |= 0x20;
    return copy;
}

bool origin_of(const char *url, struct origin *origin)
{
    _cleanup_(cleanup_curlu) CURLU *parsed = curl_url();
    _cleanup_free_ char *port = NULL, *user = NULL, *password = NULL;

    *origin = (struct origin){ 0 };
    if (!parsed || curl_url_set(parsed, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
        return false;
    origin->scheme = part_of(parsed, CURLUPART_SCHEME, 0);
    origin->host = part_of(parsed, CURLUPART_HOST, 0);
    port = part_of(parsed, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    user = part_of(parsed, CURLUPART_USER, 0);
    password = part_of(parsed, CURLUPART_PASSWORD, 0);
    if (!origin->scheme || !origin->host || !port || user || password ||
        (strcmp(origin->scheme, "http") != 0 && strcmp(origin->scheme, "https") != 0)) {
        origin_free(origin);
        return false;
    }
    origin->port = (int)strtol(port, NULL, 10);
    return true;
}

bool origin_same(const struct origin *a, const struct origin *b)
{
    return strcmp(a->scheme, b->scheme) == 0 && strcmp(a->host, b->host) == 0 && a->port == b->port;
}

void origin_free(struct origin *origin)
{
    free(origin->scheme);
    free(origin->host);
    *origin = (struct origin){ 0 };
}

bool host_is_loopback(const char *host)
{
    size_t length = strlen(host);
    bool bracketed = length > 2 && host[0] == '[' && host[length - 1] == ']';
    _cleanup_free_ char *bare = must_strndup(host + bracketed, length - 2 * bracketed);
    struct in_addr v4;
    struct in6_addr v6;

    if (strcasecmp(bare, "localhost") == 0)
        return true;
    if (inet_pton(AF_INET, bare, &v4) == 1)
        return ntohl(v4.s_addr) >> 24 == 127;
    return inet_pton(AF_INET6, bare, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

char *url_escaped(const char *text)
{
    static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    struct str escaped = { 0 };

    for (; *text; text++) {
        if (strchr(unreserved, *text))
            str_add_char(&escaped, *text);
        else
            str_addf(&escaped, "%%%02X", (unsigned char)*text);
    }
    return str_take(&escaped);
}
