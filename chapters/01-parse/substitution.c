/* What follows a $ in a word: $x, ${x}, and ${x} with a modifier. */
#include "lexer.h"
#include "pattern.h"

#include <string.h>

#define MAX_DEPTH 100 /* ${} in ${}: each takes some of the stack */

static int add(struct str *result, const char *text, size_t length, struct error *err)
{
    if (length > WORD_MAX_BYTES || result->length + length > WORD_MAX_BYTES)
        return fail(err, 0, "it expands to more than %d MiB", WORD_MAX_BYTES >> 20);
    str_add_bytes(result, text, length);
    return 0;
}

/* The name at l->at, which may be empty: letters, digits and _; or digits alone ($1); or one of the shell's
 * special parameters ($@). None of the last two kinds is ever set here. */
static char *take_name(struct lexer *l)
{
    const char *start = l->at;
    char32_t character;
    size_t length;

    if (*start >= '0' && *start <= '9') {
        l->at += strspn(start, "0123456789");
    } else if (*start != '\0' && strchr("@*#?-$!", *start)) {
        l->at++;
    } else {
        while (*l->at != '\0') {
            length = utf8_decode(l->at, &character);
            if (character != '_' && !is_letter_or_digit(character, l->utf8))
                break;
            l->at += length;
        }
    }
    return must_strndup(start, (size_t)(l->at - start));
}

/* VALUE without what matches PATTERN, which begins with a second KIND where the longest match is meant: at
 * its beginning (#) or its end (%). */
static int trim(const char *value, const char *pattern, char kind, struct str *result, struct error *err)
{
    _cleanup_(characters_free) struct characters text = characters_of(value);
    _cleanup_(characters_free) struct characters elements = { 0 };
    bool longest = *pattern == kind, hopeless;
    size_t end = 0, from = 0, to = text.count;

    if (pattern_parse(pattern + longest, &elements, err) < 0)
        return -1;
    if (kind == '%') {
        characters_reverse(&elements); /* the end of a text is the beginning of the reversed one */
        characters_reverse(&text);
    }
    pattern_match(&elements, &text, 0, longest, &end, &hopeless);
    if (kind == '%')
        to -= end;
    else
        from = end;
    from = characters_bytes(value, from);
    return add(result, value + from, characters_bytes(value, to) - from, err);
}

/* VALUE with the first match of PATTERN, or with ALL every one, replaced. */
static int replace(const char *value, const char *pattern, const char *replacement, bool all,
                   struct str *result, struct error *err)
{
    _cleanup_(characters_free) struct characters text = characters_of(value);
    _cleanup_(characters_free) struct characters elements = { 0 };
    const char *rest = value;                /* what is not in RESULT yet */
    size_t done = 0, start = 0, end;         /* characters: up to REST, up to the next place to look at */
    bool hopeless = false, replaced = false; /* an empty match counts, but not right behind another */

    if (pattern_parse(pattern, &elements, err) < 0)
        return -1;
    while (start <= text.count && !hopeless && (all || !replaced)) {
        size_t bytes;

        if (!pattern_match(&elements, &text, start, true, &end, &hopeless) || (end == done && replaced)) {
            start++;
            continue;
        }
        bytes = characters_bytes(rest, start - done);
        if (add(result, rest, bytes, err) < 0 || add(result, replacement, strlen(replacement), err) < 0)
            return -1;
        rest += bytes + characters_bytes(rest + bytes, end - start);
        replaced = true;
        done = end;
        start = end > start ? end : start + 1;
    }
    return add(result, rest, strlen(rest), err);
}

/* ${name/pattern/text} from behind the first /. */
static int lex_replacement(struct lexer *l, const char *name, struct str *result, struct error *err)
{
    _cleanup_str_ struct str pattern = { 0 }, replacement = { 0 };
    const char *value = env_get(l->env, name);
    bool all = *l->at == '/';

    if (all)
        l->at++;
    l->keep_escapes = true;
    if (lex_until(l, '/', &pattern, NULL, err) < 0 || lex_until(l, '}', &replacement, NULL, err) < 0)
        return -1;
    if (!value && l->rules->keep_unset) {
        str_addf(result, "${%s/%s/%s}", name, str_text(&pattern), str_text(&replacement));
        return 0;
    }
    return replace(value ? value : "", str_text(&pattern), str_text(&replacement), all, result, err);
}

/* ${name?text}, or ${name:?text} with COLON: an error where there is no value, saying TEXT. */
static int require(const char *name, const char *value, bool colon, const char *text, struct str *result,
                   struct error *err)
{
    if (!value)
        return fail(err, 0, "%s: %s", name, *text != '\0' ? text : "is not allowed to be unset");
    if (colon && *value == '\0')
        return fail(err, 0, "%s: %s", name, *text != '\0' ? text : "is not allowed to be empty");
    return add(result, value, strlen(value), err);
}

/* ${name-text} and its kin from behind KIND; with COLON an empty value counts as none. */
static int lex_modifier(struct lexer *l, const char *name, bool colon, char kind, struct str *result,
                        struct error *err)
{
    _cleanup_str_ struct str word = { 0 };
    const char *value = env_get(l->env, name), *text;
    bool has_value = value && !(colon && *value == '\0');

    /* A pattern's escapes have to reach pattern_parse. */
    l->keep_escapes = kind == '#' || kind == '%';
    if (lex_until(l, '}', &word, NULL, err) < 0)
        return -1;
    text = str_text(&word);
    if (!value && l->rules->keep_unset) {
        str_addf(result, "${%s%s%c%s}", name, colon ? ":" : "", kind, text);
        return 0;
    }
    switch (kind) {
    case '-': return has_value ? add(result, value, strlen(value), err) : add(result, text, word.length, err);
    case '+': return has_value ? add(result, text, word.length, err) : 0;
    case '?': return require(name, value, colon, text, result, err);
    case '#':
    case '%': return trim(value ? value : "", text, kind, result, err);
    default: return fail(err, 0, "${%s%s%c…}: there is no such modifier", name, colon ? ":" : "", kind);
    }
}

static int lex_variable(struct lexer *l, const char *name, struct str *result, bool braces, struct error *err)
{
    const char *value = env_get(l->env, name);

    if (!value && l->rules->keep_unset)
        str_addf(result, braces ? "${%s}" : "$%s", name);
    return value ? add(result, value, strlen(value), err) : 0;
}

/* What is behind "${". */
static int lex_braces(struct lexer *l, struct str *result, struct error *err)
{
    _cleanup_free_ char *name = NULL;
    bool colon;
    char kind;

    if (*l->at == '{' || *l->at == '}' || *l->at == ':')
        return fail(err, 0, "${%c: bad substitution: a name is missing", *l->at);
    name = take_name(l);
    colon = *l->at == ':';
    if (colon)
        l->at++;
    kind = *l->at;
    if (kind == '\0')
        return fail(err, 0, "a ${ is not closed: } is missing");
    l->at++;
    if (kind == '}' && !colon)
        return lex_variable(l, name, result, true, err);
    if (kind == '/' && !colon)
        return lex_replacement(l, name, result, err);
    if (colon ? kind != '#' && kind != '%' : strchr("+-?#%", kind) != NULL)
        return lex_modifier(l, name, colon, kind, result, err);
    return fail(err, 0, "${%s%s%c…}: there is no such modifier", name, colon ? ":" : "", kind);
}

int lex_dollar(struct lexer *l, struct str *result, struct error *err)
{
    _cleanup_free_ char *name = NULL;
    bool keep_escapes = l->keep_escapes;
    int outcome;

    l->at++;
    if (*l->at == '{') {
        l->at++;
        if (l->depth == MAX_DEPTH)
            return fail(err, 0, "more than %d ${} in one another", MAX_DEPTH);
        l->depth++;
        outcome = lex_braces(l, result, err);
        l->depth--;
        l->keep_escapes = keep_escapes;
        return outcome;
    }
    name = take_name(l);
    if (*name == '\0')
        return add(result, "$", 1, err);
    return lex_variable(l, name, result, false, err);
}
