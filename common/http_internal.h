/* What the parts of the HTTP client share with one another only. */
#ifndef GOCKER_HTTP_INTERNAL_H
#define GOCKER_HTTP_INTERNAL_H

#include "http.h"

#include <curl/curl.h>

/* One exchange under way: the request and libcurl's handle on it. */
struct transfer {
    const struct http_settings *settings;
    struct http_request *request;
    CURL *easy;
    char *authorization; /* of the request, when it began */
    struct curl_slist *headers;
    char error[CURL_ERROR_SIZE];
    int redirects;
    bool begun; /* the request's begin was called */
    bool over;
    struct transfer *next;
};

/* "GET". */
const char *http_method_name(enum http_method method);

/* Append ": redirected to ADDRESS" where the request was. */
void http_add_redirect(const struct http_request *request, struct str *text);

/* Put into REQUEST's response that we refuse to go on. Returns -1. */
int http_refuse(struct http_request *request, const char *why);

/* Put into the response that the exchange failed with CODE. */
void http_note_failure(struct transfer *transfer, CURLcode code);

/* Set all of TRANSFER's options for the address in its response.url, the first or one redirected to. */
void transfer_configure(struct transfer *transfer);

/* libcurl is done with TRANSFER. Returns true where it was a redirect, and is to be performed again. */
bool transfer_end(struct transfer *transfer, CURLcode code);

#endif
