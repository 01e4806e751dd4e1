/* JSON, before the tokens: what has to hold for jsmn to be safe and fast on any bytes. */
#include "json_text.h"
#include "json.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int json_fail(const struct json_text *text, size_t at, struct error *err, const char *format, ...)
{
    size_t line = 1, column = 1;
    char message[512];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    for (size_t i = 0; i < at; i++) {
        column = text->bytes[i] == '\n' ? 1 : column + 1;
        line += text->bytes[i] == '\n';
    }
    return fail(err, 0, "JSON, byte %zu (line %zu, column %zu): %s", at, line, column, message);
}

int json_expected(const struct json_text *text, size_t at, struct error *err, const char *wanted)
{
    unsigned char found;

    if (at >= text->length)
        return json_fail(text, at, err, "expected %s, found the end", wanted);
    found = (unsigned char)text->bytes[at];
    if (found > 0x20 && found < 0x7f)
        return json_fail(text, at, err, "expected %s, found '%c'", wanted, found);
    return json_fail(text, at, err, "expected %s, found the byte 0x%02x", wanted, found);
}

/* Is BYTE one of SET's? A NUL is in no set. */
static bool one_of(char byte, const char *set)
{
    return byte != '\0' && strchr(set, byte);
}

/* Move *AT from a string's first quote behind its last. Which escapes are right is jsmn's to say. */
static int scan_string(const struct json_text *text, size_t *at, struct error *err)
{
    size_t start = *at;

    for (size_t i = start + 1; i < text->length; i++) {
        unsigned char byte = (unsigned char)text->bytes[i];

        if (byte < 0x20)
            return json_fail(text, i, err, "a control byte in a string; it has to be written as \\u00XX");
        if (byte == '"') {
            *at = i + 1;
            return 0;
        }
        if (byte == '\\' && i + 1 < text->length && (unsigned char)text->bytes[i + 1] >= 0x20)
            i++;
    }
    return json_fail(text, start, err, "this string has no end");
}

/* Move *AT behind a number, true, false or null, or something that looks like one. It must end where jsmn
 * ends it: jsmn takes 1"a" and 1[2] for one token each, and would see other brackets than we count. */
static int scan_primitive(const struct json_text *text, size_t *at, struct error *err)
{
    size_t i = *at;

    while (i < text->length &&
           one_of(text->bytes[i], "+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))
        i++;
    if (i == *at)
        return json_expected(text, i, err, "a value");
    if (i < text->length && !one_of(text->bytes[i], " \t\r\n,:]}"))
        return json_expected(text, i, err, "a comma or a closing bracket");
    *at = i;
    return 0;
}

int json_scan(const struct json_text *text, struct error *err)
{
    char closers[JSON_MAX_DEPTH];
    int depth = 0;
    size_t at = 0;

    if (text->length > JSON_MAX_BYTES)
        return fail(err, 0, "JSON of %zu bytes: at most %zu are accepted", text->length, JSON_MAX_BYTES);
    while (at < text->length) {
        char byte = text->bytes[at];

        if (byte == '[' || byte == '{') {
            if (depth == JSON_MAX_DEPTH)
                return json_fail(text, at, err, "nested too deep: at most 64 levels are accepted");
            closers[depth++] = byte == '[' ? ']' : '}';
            at++;
        } else if (byte == ']' || byte == '}') {
            if (depth == 0 || closers[--depth] != byte)
                return json_fail(text, at, err, "this bracket does not close the one opened last");
            at++;
        } else if (one_of(byte, " \t\r\n,:")) {
            at++;
        } else if ((byte == '"' ? scan_string : scan_primitive)(text, &at, err) < 0) {
            return -1;
        }
    }
    return depth == 0 ? 0 : json_fail(text, text->length, err, "a closing bracket is missing at the end");
}
