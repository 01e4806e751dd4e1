/* JSON's strings: from escapes to UTF-8 (RFC 8259, sections 7 and 8). */
#include "json_text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

size_t json_utf8_size(const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    unsigned char first = bytes[0], low = 0x80, high = 0xbf;
    size_t size;

    if (first < 0x80)
        return 1;
    if (first < 0xc2 || first > 0xf4)
        return 0;
    size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (length < size)
        return 0;

    /* The second byte decides whether the form is overlong (E0, F0), a surrogate (ED) or too large (F4). */
    if (first == 0xe0)
        low = 0xa0;
    else if (first == 0xed)
        high = 0x9f;
    else if (first == 0xf0)
        low = 0x90;
    else if (first == 0xf4)
        high = 0x8f;
    if (bytes[1] < low || bytes[1] > high)
        return 0;
    for (size_t i = 2; i < size; i++)
        if (bytes[i] < 0x80 || bytes[i] > 0xbf)
            return 0;
    return size;
}

/* ---- escapes */

/* Write the character CODE to TO as UTF-8, without a NUL. Returns how many bytes it takes. */
static int encode_utf8(uint32_t code, char *to)
{
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        to[0] = (char)(0xc0 | code >> 6);
        to[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        to[0] = (char)(0xe0 | code >> 12);
        to[1] = (char)(0x80 | (code >> 6 & 0x3f));
        to[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    to[0] = (char)(0xf0 | code >> 18);
    to[1] = (char)(0x80 | (code >> 12 & 0x3f));
    to[2] = (char)(0x80 | (code >> 6 & 0x3f));
    to[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}

/* The four hexadecimal digits at *AT, which moves behind them. False where there are no four before END. */
static bool read_hex(const struct json_text *text, size_t *at, size_t end, uint32_t *value)
{
    static const char digits[] = "0123456789abcdef";

    if (end - *at < 4)
        return false;
    *value = 0;
    for (int i = 0; i < 4; i++, ++*at) {
        char byte = text->bytes[*at];
        const char *digit = strchr(digits, byte >= 'A' && byte <= 'F' ? byte - 'A' + 'a' : byte);

        if (byte == '\0' || !digit)
            return false;
        *value = *value << 4 | (uint32_t)(digit - digits);
    }
    return true;
}

/* The character that \uXXXX stands for, or the pair \uD8XX\uDCXX (UTF-16 surrogates): *AT is behind the
 * first u and moves behind all of it. Returns an error's message, or NULL. */
static const char *read_unicode(const struct json_text *text, size_t *at, size_t end, uint32_t *code)
{
    uint32_t low;

    if (!read_hex(text, at, end, code))
        return "\\u needs four hexadecimal digits";
    if (*code == 0)
        return "\\u0000 is not accepted";
    if (*code < 0xd800 || *code > 0xdfff)
        return NULL;
    if (*code > 0xdbff || end - *at < 6 || memcmp(text->bytes + *at, "\\u", 2) != 0)
        return "half of a surrogate pair: it stands for no character";
    *at += 2;
    if (!read_hex(text, at, end, &low) || low < 0xdc00 || low > 0xdfff)
        return "half of a surrogate pair: it stands for no character";
    *code = 0x10000 + ((*code - 0xd800) << 10) + (low - 0xdc00);
    return NULL;
}

/* Write what the escape at *AT (its backslash) stands for to TO, and move *AT behind it. Returns the number
 * of bytes written, or -1 with err. */
static int decode_escape(const struct json_text *text, size_t *at, size_t end, char *to, struct error *err)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    size_t start = *at;
    /* A string does not end in a backslash and holds no NUL: json_scan has seen to it. */
    char letter = text->bytes[start + 1];
    const char *found = strchr(letters, letter);
    const char *problem = "an unknown escape";
    uint32_t code;

    *at += 2;
    if (found) {
        *to = meanings[found - letters];
        return 1;
    }
    if (letter == 'u')
        problem = read_unicode(text, at, end, &code);
    if (problem)
        return json_fail(text, start, err, "%s", problem);
    return encode_utf8(code, to);
}

ssize_t json_decode_string(const struct json_text *text, size_t from, size_t end, char *to, struct error *err)
{
    char *begin = to;

    while (from < end) {
        size_t size = json_utf8_size(text->bytes + from, end - from);

        if (size == 0)
            return json_fail(text, from, err, "this byte is not UTF-8");
        if (text->bytes[from] == '\\') {
            int written = decode_escape(text, &from, end, to, err);

            if (written < 0)
                return -1;
            to += written;
            continue;
        }
        memcpy(to, text->bytes + from, size);
        to += size;
        from += size;
    }
    *to = '\0';
    return to - begin;
}
