/* Tokens: how an anonymous or known user gets to read a repository (distribution's token specification, "Token
 * Authentication Specification"; RFC 6749, 6 for identity tokens). */
#ifndef GOCKER_AUTH_H
#define GOCKER_AUTH_H

#include "challenge.h"
#include "credentials.h"
#include "error.h"
#include "http.h"
#include "progress.h"

#include <stdbool.h>
#include <stdint.h>

struct auth {
    struct http *http;
    struct progress *progress;
    const char *registry;   /* whose credentials: "docker.io" */
    const char *repository; /* what for: "library/alpine" */
    bool insecure;          /* credentials may travel unencrypted */
    bool credentials_read;
    struct credentials credentials;
    struct challenge challenge; /* the registry's last one */
    char *header;               /* "Bearer …" or "Basic …"; NULL: none yet */
    unsigned token;             /* counts the headers there were */
    int64_t renew_ms;           /* when, by http_now_ms; 0: never */
};

/* The registry answered RESPONSE, a 401: get what it asks for. -1 with err where that cannot be had, or must not:
 * credentials are sent to the registry and to the realm it names, by https or on loopback, and to nobody else. */
int auth_answer(struct auth *auth, const struct http_response *response, struct error *err);

/* Set *HEADER to the Authorization for the next request (AUTH's), or NULL: a token about to expire is renewed. */
int auth_header(struct auth *auth, const char **header, struct error *err);

/* Take a token server's answer, a JSON object of LENGTH bytes: the token, and in how many seconds it expires.
 * NULL with err where it has none, or one that is no single word. The caller frees it. */
char *token_parse(const char *text, size_t length, int64_t *expires_s, struct error *err);

void auth_free(struct auth *auth);

#endif
