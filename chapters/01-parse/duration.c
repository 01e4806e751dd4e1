/* Durations as Go writes them. */
#include "duration.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *name;
    double nanoseconds;
} units[] = {
    { "ns", 1 },   { "us", 1e3 }, { "µs", 1e3 }, { "μs", 1e3 }, /* the micro sign, and the Greek letter */
    { "ms", 1e6 }, { "s", 1e9 },  { "m", 60e9 }, { "h", 3600e9 },
};

/* Add the digits at *TEXT to *NUMBER, each worth a tenth of the one before it from SCALE on where they are a
 * fraction. Returns how many there are. */
static size_t take_digits(const char **text, double *number, bool fraction)
{
    size_t count = strspn(*text, "0123456789");
    double scale = 1;

    for (size_t i = 0; i < count; i++) {
        scale /= 10;
        *number = fraction ? *number + (*text)[i] * scale - '0' * scale : *number * 10 + ((*text)[i] - '0');
    }
    *text += count;
    return count;
}

/* Take the unit at *TEXT: the letters up to the next number. */
static bool take_unit(const char **text, double *nanoseconds)
{
    size_t length = strcspn(*text, ".0123456789");

    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strlen(units[i].name) == length && memcmp(units[i].name, *text, length) == 0) {
            *nanoseconds = units[i].nanoseconds;
            *text += length;
            return true;
        }
    }
    return false;
}

bool parse_duration(const char *text, int64_t *nanoseconds)
{
    bool negative = *text == '-';
    double total = 0;

    text += *text == '-' || *text == '+';
    *nanoseconds = 0;
    if (strcmp(text, "0") == 0)
        return true;
    if (*text == '\0')
        return false;
    while (*text != '\0') {
        double number = 0, unit;
        size_t digits = take_digits(&text, &number, false);

        if (*text == '.') {
            text++;
            digits += take_digits(&text, &number, true);
        }
        if (digits == 0 || !take_unit(&text, &unit))
            return false;
        total += number * unit;
        if (total >= 0x1p63)
            return false;
    }
    *nanoseconds = negative ? -(int64_t)total : (int64_t)total;
    return true;
}
