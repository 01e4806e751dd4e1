/* UTF-8 text, a character at a time, and what Unicode says of a character. */
#include "utf8.h"
#include "exec_form.h"

#include <string.h>
#include <wctype.h>

/* How many bytes the sequence that begins with FIRST has, and the smallest character that needs as many:
 * anything below it is an overlong form, once a way to smuggle a slash or a NUL past a check. */
static size_t sequence_length(unsigned char first, char32_t *smallest)
{
    if (first >= 0xc2 && first <= 0xdf) {
        *smallest = 0x80;
        return 2;
    }
    if ((first & 0xf0) == 0xe0) {
        *smallest = 0x800;
        return 3;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        *smallest = 0x10000;
        return 4;
    }
    return 0;
}

size_t utf8_decode(const char *text, char32_t *character)
{
    const unsigned char *bytes = (const unsigned char *)text;
    char32_t smallest = 0, value;
    size_t length;

    *character = bytes[0];
    if (bytes[0] < 0x80)
        return 1;

    *character = REPLACEMENT_CHARACTER;
    length = sequence_length(bytes[0], &smallest);
    if (length == 0)
        return 1;
    value = bytes[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80) /* the final NUL is none either */
            return 1;
        value = value << 6 | (bytes[i] & 0x3f);
    }
    if (value < smallest || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return 1;
    *character = value;
    return length;
}

void utf8_add(struct str *s, char32_t character)
{
    if (character < 0x80) {
        str_add_char(s, (char)character);
    } else if (character < 0x800) {
        str_add_char(s, (char)(0xc0 | character >> 6));
        str_add_char(s, (char)(0x80 | (character & 0x3f)));
    } else if (character < 0x10000) {
        str_add_char(s, (char)(0xe0 | character >> 12));
        str_add_char(s, (char)(0x80 | (character >> 6 & 0x3f)));
        str_add_char(s, (char)(0x80 | (character & 0x3f)));
    } else {
        str_add_char(s, (char)(0xf0 | character >> 18));
        str_add_char(s, (char)(0x80 | (character >> 12 & 0x3f)));
        str_add_char(s, (char)(0x80 | (character >> 6 & 0x3f)));
        str_add_char(s, (char)(0x80 | (character & 0x3f)));
    }
}

bool is_white_space(char32_t c)
{
    return (c >= '\t' && c <= '\r') || c == ' ' || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
           c == 0x3000;
}

const char *utf8_skip_space(const char *text)
{
    char32_t character;
    size_t length;

    while (*text != '\0' && (length = utf8_decode(text, &character), is_white_space(character)))
        text += length;
    return text;
}

const char *utf8_trim(const char *text, size_t *length)
{
    char32_t character;
    size_t end = 0, step;

    text = utf8_skip_space(text);
    for (size_t at = 0; text[at] != '\0'; at += step) {
        step = utf8_decode(text + at, &character);
        if (!is_white_space(character))
            end = at + step;
    }
    *length = end;
    return text;
}

locale_t utf8_locale(void)
{
    return newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

void utf8_locale_free(locale_t *locale)
{
    if (*locale)
        freelocale(*locale);
}

bool is_letter_or_digit(char32_t c, locale_t utf8)
{
    if (c < 0x80)
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return c != REPLACEMENT_CHARACTER && (!utf8 || iswalnum_l((wint_t)c, utf8));
}

/* Unicode's categories Cf (format: invisible, some reorder the text around them) and Co (private use). The
 * C library counts them as printable, Go does not. */
static bool is_format_or_private(char32_t c)
{
    static const struct {
        char32_t first, last;
    } ranges[] = {
        { 0xad, 0xad },       { 0x600, 0x605 },     { 0x61c, 0x61c },      { 0x6dd, 0x6dd },
        { 0x70f, 0x70f },     { 0x890, 0x891 },     { 0x8e2, 0x8e2 },      { 0x180e, 0x180e },
        { 0x200b, 0x200f },   { 0x202a, 0x202e },   { 0x2060, 0x2064 },    { 0x2066, 0x206f },
        { 0xe000, 0xf8ff },   { 0xfeff, 0xfeff },   { 0xfff9, 0xfffb },    { 0x110bd, 0x110bd },
        { 0x110cd, 0x110cd }, { 0x13430, 0x1343f }, { 0x1bca0, 0x1bca3 },  { 0x1d173, 0x1d17a },
        { 0xe0001, 0xe0001 }, { 0xe0020, 0xe007f }, { 0xf0000, 0x10ffff },
    };

    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

bool is_printable(char32_t c, locale_t utf8)
{
    if (c < 0x80)
        return c >= ' ' && c < 0x7f;
    return !is_white_space(c) && c >= 0xa0 && !is_format_or_private(c) &&
           (!utf8 || iswprint_l((wint_t)c, utf8));
}

char *utf8_lower(const char *text, locale_t utf8)
{
    struct str lower = { 0 };
    char32_t c;

    while (*text != '\0') {
        text += utf8_decode(text, &c);
        if (c < 0x80)
            utf8_add(&lower, c >= 'A' && c <= 'Z' ? c | 0x20 : c);
        else
            utf8_add(&lower, utf8 ? (char32_t)towlower_l((wint_t)c, utf8) : c);
    }
    return str_take(&lower);
}

static void add_escape(struct str *s, char32_t c)
{
    static const char names[] = "abtnvfr"; /* of the bytes 7 to 13 */

    if (c == '"' || c == '\\')
        str_addf(s, "\\%c", (char)c);
    else if (c >= 7 && c <= 13)
        str_addf(s, "\\%c", names[c - 7]);
    else if (c < 0x80)
        str_addf(s, "\\x%02x", (unsigned)c);
    else if (c < 0x10000)
        str_addf(s, "\\u%04x", (unsigned)c);
    else
        str_addf(s, "\\U%08x", (unsigned)c);
}

void utf8_add_quoted(struct str *s, const char *text, bool nuls, locale_t utf8)
{
    char32_t c;
    size_t length;

    str_add_char(s, '"');
    for (; *text != '\0'; text += length) {
        length = utf8_decode(text, &c);
        if (nuls && starts_with(text, NUL_STAND_IN)) {
            str_add(s, "\\x00");
            length = strlen(NUL_STAND_IN);
        } else if (c == REPLACEMENT_CHARACTER && length == 1) {
            str_addf(s, "\\x%02x", (unsigned char)*text);
        } else if (c == '"' || c == '\\' || !is_printable(c, utf8)) {
            add_escape(s, c);
        } else {
            str_add_bytes(s, text, length);
        }
    }
    str_add_char(s, '"');
}
