/* JSON into a tree: jsmn finds the tokens, the reader here walks over them and over every byte between.
 *
 * The tree is one allocation, so that freeing it needs no walk: the values first, their texts behind them. */
#include "json.h"
#include "json_text.h"

#include <errno.h>
#include <string.h>

/* PARENT_LINKS: without them every closing bracket searches all tokens before it. STRICT would add nothing
 * to what the reader checks, and wants a byte behind a number that is the whole text. */
#define JSMN_STATIC
#define JSMN_PARENT_LINKS
#include <jsmn.h>

struct reader {
    struct json_text text;
    size_t at;                    /* the first byte not read yet */
    const jsmntok_t *token, *end; /* the first token not read yet, and the end of all */
    struct json *free_value;
    char *free_text;
    struct error *err;
};

static int expected(const struct reader *r, const char *wanted)
{
    return json_expected(&r->text, r->at, r->err, wanted);
}

/* Skip white space. Returns the byte behind it, NUL at the end. */
static char next_byte(struct reader *r)
{
    while (r->at < r->text.length && strchr(" \t\r\n", r->text.bytes[r->at]))
        r->at++;
    if (r->at == r->text.length)
        return '\0';
    return r->text.bytes[r->at];
}

/* The token that begins at the next byte, or NULL with err where that byte is a comma, a colon, a closing
 * bracket or the end. */
static const jsmntok_t *next_token(struct reader *r, const char *wanted)
{
    const jsmntok_t *token = r->token;

    next_byte(r);
    if (token == r->end || (size_t)token->start - (token->type == JSMN_STRING) != r->at) {
        expected(r, wanted);
        return NULL;
    }
    r->token++;
    return token;
}

/* ---- strings, numbers, literals */

static char *read_string(struct reader *r, const jsmntok_t *token)
{
    char *text = r->free_text;
    ssize_t length = json_decode_string(&r->text, (size_t)token->start, (size_t)token->end, text, r->err);

    if (length < 0)
        return NULL;
    r->free_text += length + 1;
    r->at = (size_t)token->end + 1;
    return text;
}

/* RFC 8259, section 6: -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)? */
static bool is_number(const char *text)
{
    static const char digits[] = "0123456789";
    size_t count;

    text += *text == '-';
    count = strspn(text, digits);
    if (count == 0 || (*text == '0' && count > 1))
        return false;
    text += count;
    if (*text == '.') {
        count = strspn(++text, digits);
        if (count == 0)
            return false;
        text += count;
    }
    if (*text == 'e' || *text == 'E') {
        text++;
        text += *text == '+' || *text == '-';
        count = strspn(text, digits);
        if (count == 0)
            return false;
        text += count;
    }
    return *text == '\0';
}

static int read_primitive(struct reader *r, const jsmntok_t *token, struct json *value)
{
    size_t length = (size_t)(token->end - token->start);
    char *text = memcpy(r->free_text, r->text.bytes + token->start, length);

    text[length] = '\0';
    if (strcmp(text, "null") == 0)
        value->type = JSON_NULL;
    else if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        value->type = JSON_BOOL;
    else if (is_number(text))
        value->type = JSON_NUMBER;
    else
        return json_fail(&r->text, r->at, r->err, "neither a number nor true, false or null");
    if (value->type != JSON_NULL) {
        value->text = text;
        r->free_text += length + 1;
    }
    r->at += length;
    return 0;
}

/* ---- objects and arrays */

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Refuse two members of one name in OBJECT, which begins at byte START: readers differ on which of them
 * counts (RFC 8259, section 4), and a manifest must not mean one thing to us and another to the next.
 * Sorted, because a registry may send a million names. */
static int check_names(const struct reader *r, const struct json *object, size_t start)
{
    _cleanup_free_ const char **names = must_calloc(object->count, sizeof *names);
    size_t count = 0;

    for (const struct json *member = object->first; member; member = member->next)
        names[count++] = member->name;
    qsort(names, count, sizeof *names, compare_names);
    for (size_t i = 1; i < count; i++)
        if (strcmp(names[i - 1], names[i]) == 0)
            return json_fail(&r->text, start, r->err, "two members of this object are called \"%s\"",
                             names[i]);
    return 0;
}

static struct json *read_value(struct reader *r);

static char *read_name(struct reader *r)
{
    static const char wanted[] = "a name in double quotes";
    const jsmntok_t *token = next_token(r, wanted);
    char *name;

    if (!token)
        return NULL;
    if (token->type != JSMN_STRING) {
        expected(r, wanted);
        return NULL;
    }
    name = read_string(r, token);
    if (!name)
        return NULL;
    if (next_byte(r) != ':') {
        expected(r, "a colon");
        return NULL;
    }
    r->at++;
    return name;
}

/* Read what is between VALUE's brackets, and the closing one. json_scan has seen to it that brackets match,
 * and that this and read_value call each other at most JSON_MAX_DEPTH times. */
static int read_members(struct reader *r, struct json *value)
{
    bool is_object = value->type == JSON_OBJECT;
    size_t start = r->at++;
    struct json **end = &value->first;
    char closer = is_object ? '}' : ']';

    if (next_byte(r) == closer) {
        r->at++;
        return 0;
    }
    for (;;) {
        char *name = is_object ? read_name(r) : NULL;
        struct json *member = is_object && !name ? NULL : read_value(r);

        if (!member)
            return -1;
        member->name = name;
        *end = member;
        end = &member->next;
        value->count++;
        if (next_byte(r) == closer)
            break;
        if (next_byte(r) != ',')
            return expected(r, is_object ? "a comma or }" : "a comma or ]");
        r->at++;
    }
    r->at++;
    return is_object ? check_names(r, value, start) : 0;
}

static struct json *read_value(struct reader *r)
{
    const jsmntok_t *token = next_token(r, "a value");
    struct json *value = r->free_value;
    int result = 0;

    if (!token)
        return NULL;
    r->free_value++;
    if (token->type == JSMN_STRING) {
        value->type = JSON_STRING;
        value->text = read_string(r, token);
        result = value->text ? 0 : -1;
    } else if (token->type == JSMN_PRIMITIVE) {
        result = read_primitive(r, token, value);
    } else {
        value->type = token->type == JSMN_OBJECT ? JSON_OBJECT : JSON_ARRAY;
        result = read_members(r, value);
    }
    return result == 0 ? value : NULL;
}

/* ---- the whole text */

/* Let jsmn find the tokens of TEXT: their number, and *TOKENS (the caller frees it), or -1 with err. */
static int find_tokens(const struct json_text *text, jsmntok_t **tokens, struct error *err)
{
    jsmn_parser parser;
    int count;

    jsmn_init(&parser);
    count = jsmn_parse(&parser, text->bytes, text->length, NULL, 0);
    if (count > JSON_MAX_VALUES)
        return fail(err, 0, "JSON of %d values and names: at most %d are accepted", count, JSON_MAX_VALUES);
    if (count >= 0) {
        *tokens = must_calloc((size_t)count, sizeof **tokens);
        jsmn_init(&parser);
        count = jsmn_parse(&parser, text->bytes, text->length, *tokens, (unsigned)count);
    }
    if (count < 0) /* after json_scan, all that jsmn can still object to */
        return json_fail(text, parser.pos, err, "an unknown escape in this string");
    return count;
}

struct json *json_parse(const char *text, size_t length, struct error *err)
{
    struct reader r = { .text = { text, length }, .err = err };
    _cleanup_free_ jsmntok_t *tokens = NULL;
    _cleanup_json_ struct json *root = NULL;
    int count;

    if (json_scan(&r.text, err) < 0)
        return NULL;
    count = find_tokens(&r.text, &tokens, err);
    if (count < 0)
        return NULL;

    /* A decoded string is no longer than its source; each text needs a NUL. */
    root = must_calloc(1, (size_t)count * sizeof *root + length + (size_t)count);
    r.free_value = root;
    r.free_text = (char *)(root + count);
    r.token = tokens;
    r.end = tokens + count;
    if (!read_value(&r))
        return NULL;
    if (next_byte(&r) != '\0') {
        expected(&r, "nothing behind the value");
        return NULL;
    }
    return steal_pointer(root);
}

void json_free(struct json **root)
{
    free(*root);
    *root = NULL;
}

/* ---- looking into the tree */

const struct json *json_get(const struct json *object, const char *name)
{
    if (!object || object->type != JSON_OBJECT)
        return NULL;
    for (const struct json *member = object->first; member; member = member->next)
        if (strcmp(member->name, name) == 0)
            return member;
    return NULL;
}

const char *json_string(const struct json *value)
{
    return value && value->type == JSON_STRING ? value->text : NULL;
}

bool json_int(const struct json *value, int64_t *number)
{
    long long parsed;

    if (!value || value->type != JSON_NUMBER || value->text[strspn(value->text, "-0123456789")] != '\0')
        return false;
    errno = 0;
    parsed = strtoll(value->text, NULL, 10);
    if (errno == ERANGE)
        return false;
    *number = parsed;
    return true;
}

bool json_true(const struct json *value)
{
    return value && value->type == JSON_BOOL && value->text[0] == 't';
}

bool json_strings(const struct json *array, struct strv *strings)
{
    if (!array || array->type == JSON_NULL)
        return true;
    if (array->type != JSON_ARRAY)
        return false;
    for (const struct json *element = array->first; element; element = element->next)
        if (element->type != JSON_STRING)
            return false;
    for (const struct json *element = array->first; element; element = element->next)
        strv_add(strings, element->text);
    return true;
}
