/* The exec form: arguments written as a JSON array of strings. RFC 8259 is the grammar; what a string with
 * bad UTF-8 or half a surrogate pair means is as Go's encoding/json has it, because the builders are Go. */
#include "exec_form.h"
#include "json.h"
#include "utf8.h"

#include <string.h>

static const char *skip_json_space(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

/* The four hexadecimal digits at AT, or -1. */
static long hex4(const char *at)
{
    static const char digits[] = "0123456789abcdef";
    long value = 0;

    for (int i = 0; i < 4; i++) {
        int lower = at[i] >= 'A' && at[i] <= 'F' ? at[i] | 0x20 : at[i];
        const char *digit = lower != '\0' ? strchr(digits, lower) : NULL;

        if (!digit)
            return -1;
        value = value * 16 + (digit - digits);
    }
    return value;
}

/* The character of the \uXXXX whose digits are at AT. A character beyond U+FFFF is two of them (RFC 8259, 7).
 * Returns the first byte behind, or NULL. */
static const char *add_unicode_escape(const char *at, struct str *s)
{
    long unit = hex4(at), low;

    if (unit < 0)
        return NULL;
    at += 4;
    if (unit >= 0xd800 && unit < 0xe000) {
        low = unit < 0xdc00 && at[0] == '\\' && at[1] == 'u' ? hex4(at + 2) : -1;
        if (low < 0xdc00 || low >= 0xe000) {
            utf8_add(s, REPLACEMENT_CHARACTER);
            return at;
        }
        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        at += 6;
    }
    if (unit == 0)
        str_add(s, NUL_STAND_IN);
    else
        utf8_add(s, (char32_t)unit);
    return at;
}

/* The string whose opening quote is before AT. Returns the first byte behind its closing quote, or NULL where
 * it is no JSON string. */
static const char *parse_string(const char *at, struct str *s)
{
    static const char escapes[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    char32_t character;
    const char *escape;

    while (*at != '"') {
        if ((unsigned char)*at < 0x20) /* the end of the text, and control bytes, which have to be escaped */
            return NULL;
        if (*at != '\\') {
            at += utf8_decode(at, &character);
            utf8_add(s, character);
            continue;
        }
        if (at[1] == 'u') {
            at = add_unicode_escape(at + 2, s);
            if (!at)
                return NULL;
            continue;
        }
        escape = at[1] != '\0' ? strchr(escapes, at[1]) : NULL;
        if (!escape)
            return NULL;
        str_add_char(s, meanings[escape - escapes]);
        at += 2;
    }
    return at + 1;
}

/* Strings between commas, from behind the opening bracket on. Returns the first byte behind the closing one,
 * or NULL where it goes on in any other way. */
static const char *parse_strings(const char *at, struct strv *strings)
{
    at = skip_json_space(at);
    if (*at == ']')
        return at + 1;
    for (;;) {
        struct str s = { 0 };

        if (*at != '"')
            return NULL;
        at = parse_string(at + 1, &s);
        strv_add_owned(strings, str_take(&s));
        if (!at)
            return NULL;
        at = skip_json_space(at);
        if (*at == ']')
            return at + 1;
        if (*at != ',')
            return NULL;
        at = skip_json_space(at + 1);
    }
}

int exec_form_parse(const char *text, bool *exec_form, struct strv *args, struct error *err)
{
    _cleanup_strv_ struct strv strings = { 0 };
    _cleanup_json_ struct json *other = NULL;
    struct error ignored;
    const char *end;

    *exec_form = false;
    text = utf8_skip_space(text);
    if (*text != '[')
        return 0;
    end = parse_strings(text + 1, &strings);
    if (end && *skip_json_space(end) == '\0') {
        strv_add_all(args, &strings);
        *exec_form = true;
        return 0;
    }
    other = json_parse(text, strlen(text), &ignored);
    if (other)
        return fail(err, 0, "a JSON array here may hold strings only; put each argument in double quotes");
    return 0;
}
