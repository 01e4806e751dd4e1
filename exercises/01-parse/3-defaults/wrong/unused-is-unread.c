/* Mistake: a word that is not used is passed over, as a shell does. Rejected by word_is_expanded_where_it_is_not_used. */
#include "expand.h"

#include <ctype.h>
#include <string.h>

/* A word that is being read. */
struct cursor {
    const char *at; /* what comes next */
    const struct strv *env;
};

static int expand_until(struct cursor *c, char stop, struct str *result, struct error *err);

/* The name at the cursor: letters, digits and _. The cursor moves behind it. The caller frees the name. */
static char *take_name(struct cursor *c)
{
    const char *start = c->at;

    while (isalnum((unsigned char)*c->at) || *c->at == '_')
        c->at++;
    return must_strndup(start, (size_t)(c->at - start));
}

/* Move the cursor behind the } that belongs to what it is in. */
static int pass_over(struct cursor *c, struct error *err)
{
    for (int depth = 1; depth > 0; c->at++) {
        if (*c->at == '\0')
            return fail(err, 0, "a ${ is not closed: } is missing");
        if (*c->at == '{')
            depth++;
        else if (*c->at == '}')
            depth--;
    }
    return 0;
}

/* ${NAME?WORD} where NAME has no value. Returns -1. */
static int refuse(const char *name, const char *word, struct error *err)
{
    return fail(err, 0, "%s: %s", name, *word != '\0' ? word : "it has no value");
}

/* What follows NAME in ${NAME...}; the cursor is at the first character that is no part of the name, and behind
 * the } afterwards. Append what the whole stands for to RESULT. */
static int expand_modifier(struct cursor *c, const char *name, struct str *result, struct error *err)
{
    const char *value = env_get(c->env, name);
    _cleanup_str_ struct str word = { 0 };
    bool has_value = value != NULL;
    char kind;

    if (*c->at == ':') {
        has_value = has_value && *value != '\0';
        c->at++;
    }
    kind = *c->at;
    if (kind != '-' && kind != '+' && kind != '?')
        return fail(err, 0, "${%s%s: wanted -, + or ?, perhaps behind a :", name, c->at);
    c->at++;
    if ((kind == '+') != has_value) { /* not used */
        if (pass_over(c, err) < 0)
            return -1;
    } else if (expand_until(c, '}', &word, err) < 0) {
        return -1;
    }
    if (kind == '?' && !has_value)
        return refuse(name, str_text(&word), err);
    if (kind == '+')
        str_add(result, has_value ? str_text(&word) : "");
    else
        str_add(result, has_value ? value : str_text(&word));
    return 0;
}

/* $name or ${name...}; the cursor is behind the $. */
static int expand_dollar(struct cursor *c, struct str *result, struct error *err)
{
    _cleanup_free_ char *name = NULL;
    bool braces = *c->at == '{';

    if (braces)
        c->at++;
    name = take_name(c);
    if (*name == '\0')
        return fail(err, 0, "a name is missing behind the $");
    if (braces && *c->at != '}')
        return expand_modifier(c, name, result, err);
    if (braces)
        c->at++;
    if (env_get(c->env, name))
        str_add(result, env_get(c->env, name));
    return 0;
}

/* Append what comes up to the character STOP, expanded, to RESULT; the cursor is behind STOP afterwards. Where STOP
 * is 0, up to the end. */
static int expand_until(struct cursor *c, char stop, struct str *result, struct error *err)
{
    while (*c->at != stop) {
        char next = *c->at;

        if (next == '\0')
            return fail(err, 0, "a ${ is not closed: %c is missing", stop);
        c->at++;
        if (next != '$')
            str_add_char(result, next);
        else if (expand_dollar(c, result, err) < 0)
            return -1;
    }
    if (stop != '\0')
        c->at++;
    return 0;
}

char *expand(const char *word, const struct strv *env, struct error *err)
{
    struct cursor cursor = { .at = word, .env = env };
    _cleanup_str_ struct str result = { 0 };

    if (expand_until(&cursor, '\0', &result, err) < 0)
        return NULL;
    return str_take(&result);
}
