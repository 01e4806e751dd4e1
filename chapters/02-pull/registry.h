/* One repository of one registry: where it is, how to speak to it, what to do with its refusals (OCI
 * distribution specification, Pulling). */
#ifndef GOCKER_REGISTRY_H
#define GOCKER_REGISTRY_H

#include "auth.h"
#include "error.h"
#include "http.h"
#include "progress.h"
#include "retry.h"

#include <stdbool.h>
#include <stddef.h>

/* Where a registry is spoken to. */
struct endpoint {
    char *host;         /* with its port, as it stands in an address */
    const char *scheme; /* "http" or "https": to be tried first */
    const char *other;  /* to be tried when that one is not spoken there; NULL: none */
};

/* The endpoint of REGISTRY, a reference's. Without a certificate authority of its own (CA) a registry on loopback
 * is first spoken to in plain HTTP; any other by https only, unless INSECURE. */
void endpoint_of(const char *registry, const char *ca, bool insecure, struct endpoint *endpoint);

/* The endpoint that TEXT, GOCKER_MIRROR's value, names: a host with or without port, or an address without a
 * path, http:// being taken at its word. -1 with err where it is neither. */
int endpoint_of_mirror(const char *text, const char *ca, bool insecure, struct endpoint *endpoint,
                       struct error *err);
void endpoint_free(struct endpoint *endpoint);

struct registry {
    struct http *http;
    struct progress *progress;
    struct endpoint endpoint;
    const char *repository;
    bool settled;                  /* the endpoint's scheme is the right one */
    enum http_result first_result; /* of the first scheme, while the other one is being tried */
    struct error first_error;
    struct auth auth;
};

/* KEY is whose credentials it gets: a reference's registry. ENDPOINT becomes REGISTRY's; the others must last as
 * long as it does. */
void registry_init(struct registry *registry, struct http *http, struct progress *progress,
                   struct endpoint *endpoint, const char *key, const char *repository, bool insecure);
void registry_free(struct registry *registry);

/* Before each try of a request: set its address (PATH below the repository: "blobs/sha256:…") and
 * Authorization. *URL is what it points to; freed and replaced. */
int registry_prepare(struct registry *registry, const char *path, struct attempts *attempts,
                     struct http_request *request, char **url, struct error *err);

/* After each try: 0 where it brought a 2xx answer; 1 where it is to be tried again in *WAIT_MS milliseconds, with a
 * new token, by the other scheme, or just again; -1 with err where that would be in vain. */
int registry_judge(struct registry *registry, const struct http_request *request, struct attempts *attempts,
                   int64_t *wait_ms, struct error *err);

/* The whole of it for one small document: METHOD PATH with HEADERS, at most LIMIT_BYTES. REQUEST holds the answer
 * (http_request_clear frees it, also after a failure). */
int registry_ask(struct registry *registry, enum http_method method, const char *path,
                 const struct strv *headers, size_t limit_bytes, struct http_request *request,
                 struct error *err);

#endif
