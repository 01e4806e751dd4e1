/* Tokens: how an anonymous or known user gets to read a repository. */
#include "auth.h"
#include "json.h"
#include "retry.h"
#include "str.h"

#include <string.h>

#define TOKEN_BYTES    (1024 * 1024)
#define DEFAULT_LIFE_S 60 /* what the specification says where expires_in is missing */
#define CLIENT_ID      "gocker"

/* ---- the token server's answer */

/* It becomes part of a header: a line break in it would let the token server write headers of its own. */
static bool is_word(const char *text)
{
    if (*text == '\0')
        return false;
    for (; *text; text++)
        if (*text <= ' ' || *text > '~')
            return false;
    return true;
}

char *token_parse(const char *text, size_t length, int64_t *expires_s, struct error *err)
{
    _cleanup_json_ struct json *answer = json_parse(text, length, err);
    const char *token = json_string(json_get(answer, "token"));

    if (!answer) {
        fail_while(err, "the token server's answer");
        return NULL;
    }
    if (!token || token[0] == '\0')
        token = json_string(json_get(answer, "access_token")); /* OAuth2's name for it */
    if (!token || !is_word(token)) {
        fail(err, 0, "the token server's answer holds no token");
        return NULL;
    }
    if (!json_int(json_get(answer, "expires_in"), expires_s) || *expires_s <= 0)
        *expires_s = DEFAULT_LIFE_S;
    return must_strdup(token);
}

/* ---- the question */

static bool known(const struct credentials *credentials)
{
    return credentials->user || credentials->identity_token;
}

/* A registry may name any realm (Docker Hub's is on another host), but it must not make us send a password,
 * or the token that opens a private image, in the clear. */
static int check_realm(const struct auth *auth, const char *registry_url, struct error *err)
{
    const char *realm = auth->challenge.realm;
    _cleanup_(origin_free) struct origin to = { 0 }, from = { 0 };
    bool plain_registry = origin_of(registry_url, &from) && strcmp(from.scheme, "http") == 0;

    if (!origin_of(realm, &to))
        return fail(err, 0, "the registry's token realm is no http or https address: %.200s", realm);
    if (strcmp(to.scheme, "https") == 0 || auth->insecure || host_is_loopback(to.host))
        return 0;
    if (plain_registry && !known(&auth->credentials))
        return 0; /* whoever listens could have asked for the same token */
    return fail(err, 0, "the registry's token realm %.200s is not https; --insecure would send %s there",
                realm, known(&auth->credentials) ? "the password" : "a request");
}

/* "service=…&scope=…", as a query or a form. */
static char *parameters(const struct auth *auth)
{
    _cleanup_free_ char *scope = auth->challenge.scope ? must_strdup(auth->challenge.scope)
                                                       : formatted("repository:%s:pull", auth->repository);
    _cleanup_free_ char *escaped_scope = url_escaped(scope);
    _cleanup_free_ char *service = url_escaped(auth->challenge.service ? auth->challenge.service : "");

    return formatted("%s%s%sscope=%s", service[0] ? "service=" : "", service, service[0] ? "&" : "",
                     escaped_scope);
}

/* The form by which an identity token is exchanged for one that opens this repository. */
static char *refresh_form(const struct auth *auth, const char *query)
{
    _cleanup_free_ char *token = url_escaped(auth->credentials.identity_token);

    return formatted("grant_type=refresh_token&client_id=" CLIENT_ID "&refresh_token=%s&%s", token, query);
}

static void set_header(struct auth *auth, char *header)
{
    free(auth->header);
    auth->header = header;
    auth->token++;
}

/* Ask the realm for a token, and keep it. */
static int fetch_token(struct auth *auth, struct error *err)
{
    const char *realm = auth->challenge.realm;
    _cleanup_free_ char *query = parameters(auth), *url = NULL, *basic = NULL, *form = NULL, *token = NULL;
    _cleanup_(http_request_clear) struct http_request request = { .limit_bytes = TOKEN_BYTES };
    int64_t life_s = 0;

    if (auth->credentials.identity_token) {
        request.method = HTTP_POST;
        form = refresh_form(auth, query);
        request.form = form;
        url = must_strdup(realm);
    } else {
        url = formatted("%s%s%s", realm, strchr(realm, '?') ? "&" : "?", query);
        if (auth->credentials.user)
            basic = credentials_basic(&auth->credentials);
        request.authorization = basic;
    }
    request.url = url;
    if (perform_with_retries(auth->http, &request, auth->progress, err) < 0)
        return fail_while(err, "get a token");
    token = token_parse(str_text(&request.response.body), request.response.body.length, &life_s, err);
    if (!token)
        return fail_while(err, "GET %s", url);
    set_header(auth, formatted("Bearer %s", token));
    /* Before it expires: the request that carries it takes a while to arrive. */
    if (life_s > INT32_MAX)
        life_s = INT32_MAX;
    auth->renew_ms = http_now_ms() + life_s * 900;
    return 0;
}

static int use_basic(struct auth *auth, const char *registry_url, struct error *err)
{
    _cleanup_(origin_free) struct origin origin = { 0 };

    if (!auth->credentials.user)
        return fail(err, 0, "%s asks for a user name and a password: `docker login %s` stores them",
                    auth->registry, auth->registry);
    if (!origin_of(registry_url, &origin) ||
        (strcmp(origin.scheme, "https") != 0 && !auth->insecure && !host_is_loopback(origin.host)))
        return fail(err, 0, "%s asks for the password over plain HTTP; --insecure would send it",
                    auth->registry);
    set_header(auth, credentials_basic(&auth->credentials));
    auth->renew_ms = 0;
    return 0;
}

int auth_answer(struct auth *auth, const struct http_response *response, struct error *err)
{
    const char *header;

    challenge_free(&auth->challenge);
    for (size_t i = 0; (header = http_header(response, "www-authenticate", i)); i++)
        challenge_parse(header, &auth->challenge);
    if (!auth->credentials_read && credentials_find(auth->registry, &auth->credentials, err) < 0)
        return -1;
    auth->credentials_read = true;
    if (auth->challenge.realm) {
        if (check_realm(auth, response->url, err) < 0)
            return -1;
        return fetch_token(auth, err);
    }
    if (auth->challenge.basic)
        return use_basic(auth, response->url, err);
    header = http_header(response, "www-authenticate", 0);
    return fail(err, 0, "%s answers 401 and asks for neither Bearer nor Basic authentication (%.100s)",
                auth->registry, header ? header : "no WWW-Authenticate");
}

int auth_header(struct auth *auth, const char **header, struct error *err)
{
    if (auth->renew_ms > 0 && http_now_ms() >= auth->renew_ms && fetch_token(auth, err) < 0)
        return -1;
    *header = auth->header;
    return 0;
}

void auth_free(struct auth *auth)
{
    credentials_free(&auth->credentials);
    challenge_free(&auth->challenge);
    free(auth->header);
    auth->header = NULL;
}
