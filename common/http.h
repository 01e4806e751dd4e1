/* HTTP as registries need it: several exchanges at once, bodies that are streamed, redirects that never
 * carry the Authorization header to another host. libcurl does the talking (libcurl-multi(3)).
 *
 * Redirects are followed here, not by libcurl, so that the rule about Authorization stands in our own code
 * and holds for every version of the library. */
#ifndef GOCKER_HTTP_H
#define GOCKER_HTTP_H

#include "error.h"
#include "str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HTTP_STALL_S 20 /* a transfer that brings (next to) nothing for this long is broken */

struct http;

struct http_settings {
    const char *ca_file; /* trust the certificates in this PEM file, beside the system's; NULL: only those */
    bool insecure;       /* do not verify certificates; follow redirects from https to http */
    int stall_s;         /* 0: HTTP_STALL_S */
};

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST };

/* How an exchange ended, for those who decide what to do next. */
enum http_result {
    HTTP_ANSWERED,    /* there is a status, also 404 or 500, and all of the body */
    HTTP_UNREACHABLE, /* there is no such host, or nobody there who speaks HTTP(S) */
    HTTP_BROKEN,      /* the connection broke or stalled: worth another try */
    HTTP_REFUSED,     /* not worth another try: a bad redirect, certificate or address, a body too large */
};

struct http_response {
    enum http_result result;
    int status;          /* 200, 404…; 0 where no answer came */
    struct strv headers; /* "name: value", of the last answer only, the name in lower case */
    struct str body;     /* unless the request has a sink and the status is 2xx */
    char *url;           /* where the answer came from, behind all redirects */
    bool other_origin;   /* that is another scheme, host or port than the request's */
    struct error error;  /* why the result is not HTTP_ANSWERED: "GET https://…: reason" */
};

/* What to ask. All of it stays the caller's and must live until the exchange is over, but for the
 * authorization, which is copied: a token may be renewed meanwhile. */
struct http_request {
    enum http_method method;
    const char *url;
    const struct strv *headers; /* "Accept: …"; NULL: none */
    const char *authorization;  /* "Bearer …", for URL's own scheme, host and port only; NULL: none */
    const char *form;           /* HTTP_POST: the body, application/x-www-form-urlencoded */
    uint64_t offset;            /* ask for the body from this byte on (Range); 0: all of it */
    size_t limit_bytes;         /* of response.body: more is HTTP_REFUSED; 0: 64 KiB */

    /* Where a 2xx body goes; all NULL: into response.body. BEGIN is called once, before the first byte, and
     * sees the status and headers. A -1 from either ends the exchange as HTTP_REFUSED with what err says. */
    int (*begin)(void *user, const struct http_response *response, struct error *err);
    int (*sink)(void *user, const void *bytes, size_t length, struct error *err);
    void *user;

    struct http_response response; /* filled by the exchange; http_request_clear frees it */
};

/* Takes SETTINGS (copied; CA_FILE too). NULL with err where the CA file cannot be read. */
struct http *http_new(const struct http_settings *settings, struct error *err);
void http_free(struct http **http); /* ends what is under way; for _cleanup_(http_free) */

/* Begin REQUEST's exchange, an earlier response of its cleared first. */
void http_start(struct http *http, struct http_request *request);

/* Let all exchanges go on until one is over, for at most TIMEOUT_MS. Returns 0 with *FINISHED the request
 * that is over or NULL; -1 with err when a signal was noted. */
int http_wait(struct http *http, int timeout_ms, struct http_request **finished, struct error *err);

/* Forget REQUEST, under way or over: *FINISHED will not name it. */
void http_cancel(struct http *http, struct http_request *request);

/* One exchange from start to end, while others go on. 0 for any status (response.result is HTTP_ANSWERED),
 * -1 with err otherwise. */
int http_perform(struct http *http, struct http_request *request, struct error *err);

/* Let the other exchanges go on for MS milliseconds. -1 with err when a signal was noted. */
int http_sleep(struct http *http, int64_t ms, struct error *err);

/* Milliseconds of CLOCK_MONOTONIC, which every deadline here is in. */
int64_t http_now_ms(void);

void http_request_clear(struct http_request *request); /* its response; the rest is the caller's */

/* The value of the Nth (from 0) header called NAME (lower case), or NULL. */
const char *http_header(const struct http_response *response, const char *name, size_t nth);

/* Fill ERR with "GET URL: 404 not found", followed by ": DETAIL" where it is not NULL or empty, for a
 * status that was not wanted. Returns -1. */
int http_fail_status(const struct http_request *request, const char *detail, struct error *err);

/* ---- addresses */

/* URL's parts in lower case, the port always there: "https", "example.org", 443. False where URL is none, or
 * its scheme is neither http nor https, or it holds a user or password. The strings are the caller's. */
struct origin {
    char *scheme, *host;
    int port;
};
bool origin_of(const char *url, struct origin *origin);
bool origin_same(const struct origin *a, const struct origin *b);
void origin_free(struct origin *origin); /* for _cleanup_(origin_free) */

/* Is HOST (no port; an IPv6 address may be in brackets) this machine: localhost, 127.0.0.0/8 or ::1? By its
 * text alone: what a name server says of other names is not trusted. */
bool host_is_loopback(const char *host);

/* TEXT with all but A-Z a-z 0-9 - . _ ~ as %XX (RFC 3986, 2.3). The caller frees it. */
char *url_escaped(const char *text);

#endif
