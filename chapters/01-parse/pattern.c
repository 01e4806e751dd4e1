/* Patterns in ${x#pattern} and its kin. */
#include "pattern.h"
#include "utf8.h"

#include <string.h>

/* Beyond Unicode's last character: what is no character of a text. */
enum {
    BAD_BYTE = 0x110000, /* plus the byte */
    ANY_CHARACTER = 0x110100,
    ANY_TEXT,
};

/* The character at *TEXT, which is moved behind it. */
static char32_t next_character(const char **text)
{
    char32_t character;
    size_t length = utf8_decode(*text, &character);

    if (length == 1 && character == REPLACEMENT_CHARACTER)
        character = BAD_BYTE + (unsigned char)**text;
    *text += length;
    return character;
}

struct characters characters_of(const char *text)
{
    struct characters result = { .items = must_calloc(strlen(text), sizeof *result.items) };

    while (*text != '\0')
        result.items[result.count++] = next_character(&text);
    return result;
}

void characters_free(struct characters *characters)
{
    free(characters->items);
    *characters = (struct characters){ 0 };
}

void characters_reverse(struct characters *characters)
{
    for (size_t i = 0, j = characters->count; i + 1 < j; i++) {
        char32_t swapped = characters->items[i];

        characters->items[i] = characters->items[--j];
        characters->items[j] = swapped;
    }
}

size_t characters_bytes(const char *text, size_t count)
{
    const char *at = text;

    while (count-- > 0)
        next_character(&at);
    return (size_t)(at - text);
}

int pattern_parse(const char *text, struct characters *pattern, struct error *err)
{
    const char *at = text;

    if (strlen(text) > PATTERN_MAX_BYTES)
        return fail(err, 0, "a pattern has more than %d bytes", PATTERN_MAX_BYTES);
    *pattern = (struct characters){ .items = must_calloc(strlen(text), sizeof *pattern->items) };
    while (*at != '\0') {
        char32_t element;

        if (*at == '\\') {
            at++;
            if (*at == '\0' || !strchr("*?\\/}", *at))
                return fail(err, 0, "in the pattern %s, a \\ stands before what needs none", text);
            element = next_character(&at);
        } else {
            element = next_character(&at);
            if (element == '*')
                element = ANY_TEXT;
            else if (element == '?')
                element = ANY_CHARACTER;
        }
        pattern->items[pattern->count++] = element;
    }
    return 0;
}

static bool element_matches(char32_t element, char32_t character)
{
    return element == character || (element == ANY_CHARACTER && character != '\n');
}

/* The elements behind the last *, which begin at TAIL, match already; find the last place up to LIMIT where
 * they do. Returns the end of that match. */
static size_t last_match(const struct characters *pattern, size_t tail, const struct characters *text,
                         size_t first_end, size_t limit)
{
    size_t length = pattern->count - tail;

    for (size_t end = limit + length < text->count ? limit + length : text->count; end > first_end; end--) {
        size_t i = 0;

        while (i < length && element_matches(pattern->items[tail + i], text->items[end - length + i]))
            i++;
        if (i == length)
            return end;
    }
    return first_end;
}

/* What stands between two * is matched at the first place possible. It need never be taken back: whatever
 * follows matches behind a later place only if it does behind the first one. So the time is that of looking
 * for texts in a text, and not exponential in the number of *. */
bool pattern_match(const struct characters *pattern, const struct characters *text, size_t start,
                   bool longest, size_t *end, bool *hopeless)
{
    size_t element = 0, at = start;
    size_t star = 0, covered = 0, star_from = 0; /* behind the last *, and the text that it stands for */

    *hopeless = false;
    while (element < pattern->count) {
        if (pattern->items[element] == ANY_TEXT) {
            star = ++element;
            star_from = covered = at;
        } else if (at < text->count && element_matches(pattern->items[element], text->items[at])) {
            element++;
            at++;
        } else if (star > 0 && covered < text->count && text->items[covered] != '\n') {
            element = star;
            at = ++covered;
        } else {
            *hopeless = star > 0 && covered >= text->count;
            return false;
        }
    }
    *end = at;
    if (longest && star > 0) {
        size_t limit = star_from;

        while (limit < text->count && text->items[limit] != '\n')
            limit++;
        *end = last_match(pattern, star, text, at, limit);
    }
    return true;
}
