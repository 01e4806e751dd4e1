/* Mistake: a value that is empty is taken for one that was not there, when the name comes again. Rejected by name_that_comes_twice_is_an_error. */
#include "token_address.h"

#include <string.h>
#include <strings.h>

/* What a token of HTTP's consists of (RFC 9110, 5.6.2). */
#define TOKEN "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define SPACE " \t"

struct challenge_parts {
    char *realm, *service, *scope; /* NULL: not said */
};

static void parts_free(struct challenge_parts *parts)
{
    free(parts->realm);
    free(parts->service);
    free(parts->scope);
}

static void skip_space(const char **at)
{
    *at += strspn(*at, SPACE);
}

/* The token at *AT, which moves behind it; NULL with err where there is none. The caller frees it. */
static char *take_token(const char **at, const char *what, struct error *err)
{
    size_t length = strspn(*at, TOKEN);
    char *token;

    if (length == 0) {
        fail(err, 0, "%s is missing before \"%.20s\"", what, *at);
        return NULL;
    }
    token = must_strndup(*at, length);
    *at += length;
    return token;
}

/* The text in quotes at *AT, which moves behind the second quote; NULL with err where that does not come. The
 * caller frees it. */
static char *take_quoted(const char **at, struct error *err)
{
    _cleanup_str_ struct str text = { 0 };

    for (++*at; **at != '"'; ++*at) {
        if (**at == '\\')
            ++*at;
        if (**at == '\0') {
            fail(err, 0, "a quote is not closed: the header was cut off");
            return NULL;
        }
        str_add_char(&text, **at);
    }
    ++*at;
    return str_take(&text);
}

/* The member of PARTS that a parameter called NAME goes into, in capitals or not; NULL for a name that means
 * nothing to us. */
static char **part_called(struct challenge_parts *parts, const char *name)
{
    if (strcasecmp(name, "realm") == 0)
        return &parts->realm;
    if (strcasecmp(name, "service") == 0)
        return &parts->service;
    return strcasecmp(name, "scope") == 0 ? &parts->scope : NULL;
}

/* Take one NAME=VALUE off the text at *AT, which moves behind it, and put the value into PARTS where its name is
 * known. Returns 0, or -1 with err where the text is not like that, or a known name came before. */
static int take_parameter(const char **at, struct challenge_parts *parts, struct error *err)
{
    _cleanup_free_ char *name = take_token(at, "a name", err), *value = NULL;
    char **part;

    if (!name)
        return -1;
    skip_space(at);
    if (**at != '=')
        return fail(err, 0, "%s has no value", name);
    ++*at;
    skip_space(at);
    value = **at == '"' ? take_quoted(at, err) : take_token(at, "a value", err);
    if (!value)
        return fail_while(err, "%s", name);
    part = part_called(parts, name);
    if (!part)
        return 0;
    /* Two programs could each take another one: neither is to be trusted. */
    if (*part && **part != '\0')
        return fail(err, 0, "%s is there twice", name);
    free(*part);
    *part = steal_pointer(value);
    return 0;
}

/* Take all parameters: there is one at least, and a comma between two. */
static int take_parameters(const char *at, struct challenge_parts *parts, struct error *err)
{
    for (;;) {
        skip_space(&at);
        if (take_parameter(&at, parts, err) < 0)
            return -1;
        skip_space(&at);
        if (*at == '\0')
            return 0;
        if (*at != ',')
            return fail(err, 0, "a comma is missing before \"%.20s\"", at);
        at++;
    }
}

/* Append NAME=VALUE to ADDRESS, where there is a value. */
static void add_query(struct str *address, const char *name, const char *value)
{
    _cleanup_free_ char *escaped = NULL;

    if (!value)
        return;
    escaped = url_escaped(value);
    str_addf(address, "%c%s=%s", strchr(address->text, '?') ? '&' : '?', name, escaped);
}

char *token_address(const char *header, struct error *err)
{
    _cleanup_(parts_free) struct challenge_parts parts = { 0 };
    _cleanup_str_ struct str address = { 0 };
    size_t scheme = strcspn(header, SPACE);

    if (scheme != strlen("Bearer") || strncasecmp(header, "Bearer", scheme) != 0) {
        fail(err, 0, "the registry wants no token, but: %.20s", header);
        return NULL;
    }
    if (take_parameters(header + scheme, &parts, err) < 0)
        return NULL;
    if (!parts.realm) {
        fail(err, 0, "the registry does not say where tokens come from: there is no realm");
        return NULL;
    }
    str_add(&address, parts.realm);
    add_query(&address, "service", parts.service);
    add_query(&address, "scope", parts.scope);
    return str_take(&address);
}
