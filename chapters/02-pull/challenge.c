/* What a server asks of those it does not know: the WWW-Authenticate header. */
#include "challenge.h"
#include "str.h"

#include <string.h>

/* RFC 9110, 5.6.2 */
#define TOKEN "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define SPACE " \t"

static const char *skip(const char *at, const char *what)
{
    return at + strspn(at, what);
}

/* A quoted string at *AT, its quotes and backslashes removed; commas in it part nothing (scopes have them). */
static char *read_quoted(const char **at)
{
    struct str text = { 0 };
    const char *c = *at + 1;

    for (; *c && *c != '"'; c++) {
        if (*c == '\\' && c[1])
            c++;
        str_add_char(&text, *c);
    }
    *at = *c ? c + 1 : c;
    return str_take(&text);
}

static char *read_token(const char **at)
{
    const char *start = *at;

    *at = skip(start, TOKEN);
    return must_strndup(start, (size_t)(*at - start));
}

/* One NAME=VALUE at *AT. False, and *AT unmoved, where there is none: the next challenge begins there. */
static bool read_parameter(const char **at, char **name, char **value)
{
    const char *c = skip(*at, TOKEN);

    if (c == *at || *skip(c, SPACE) != '=')
        return false;
    *name = read_token(at);
    *at = skip(skip(*at, SPACE) + 1, SPACE);
    *value = **at == '"' ? read_quoted(at) : read_token(at);
    return true;
}

static void keep_first(char **member, char **value)
{
    if (!*member)
        *member = steal_pointer(*value);
}

/* The parameters of one challenge, of Bearer's where CHALLENGE is not NULL. */
static void read_parameters(const char **at, struct challenge *challenge)
{
    _cleanup_free_ char *name = NULL, *value = NULL;

    for (;;) {
        free(steal_pointer(name));
        free(steal_pointer(value));
        *at = skip(*at, SPACE ",");
        if (!read_parameter(at, &name, &value)) {
            return;
        }
        *at += strcspn(*at, ","); /* the "=" of a token68, as Negotiate has it */
        if (!challenge)
            continue;
        if (strcasecmp(name, "realm") == 0)
            keep_first(&challenge->realm, &value);
        else if (strcasecmp(name, "service") == 0)
            keep_first(&challenge->service, &value);
        else if (strcasecmp(name, "scope") == 0)
            keep_first(&challenge->scope, &value);
    }
}

void challenge_parse(const char *header, struct challenge *challenge)
{
    const char *at = skip(header, SPACE ",");

    while (*at) {
        _cleanup_free_ char *scheme = read_token(&at);
        bool bearer = strcasecmp(scheme, "bearer") == 0;

        if (scheme[0] == '\0')
            return;
        if (strcasecmp(scheme, "basic") == 0)
            challenge->basic = true;
        read_parameters(&at, bearer && !challenge->realm ? challenge : NULL);
    }
}

void challenge_free(struct challenge *challenge)
{
    free(challenge->realm);
    free(challenge->service);
    free(challenge->scope);
    *challenge = (struct challenge){ 0 };
}
