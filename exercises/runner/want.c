/* Comparing in a check, in words for a learner; the answer file, and files beside the check. See exercise.h. */
#include "exercise.h"

#include "fs.h"
#include "keep.h"
#include "str.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define MOST_ANSWER_BYTES (1024 * 1024)

/* TEXT in double quotes on one line: what cannot be seen is written as C writes it. */
static char *quoted(const char *text)
{
    struct str s = { 0 };

    if (!text)
        return must_strdup("NULL");
    str_add_char(&s, '"');
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;

        if (byte == '\n')
            str_add(&s, "\\n");
        else if (byte == '\r')
            str_add(&s, "\\r");
        else if (byte == '\t')
            str_add(&s, "\\t");
        else if (byte < 0x20 || byte == 0x7f)
            str_addf(&s, "\\x%02x", byte);
        else
            str_add_char(&s, *text);
    }
    str_add_char(&s, '"');
    return str_take(&s);
}

void wanted_int(const char *what, long long got, long long wanted, const char *file, int line)
{
    if (got != wanted)
        _ck_assert_failed(file, line, "Assertion failed", "%s: wanted %lld, got %lld", what, wanted, got);
}

void wanted_text(const char *what, const char *got, const char *wanted, const char *file, int line)
{
    bool same = got && wanted ? strcmp(got, wanted) == 0 : got == wanted;

    if (!same)
        _ck_assert_failed(file, line, "Assertion failed", "%s: wanted %s, got %s", what,
                          (char *)keep(quoted(wanted)), (char *)keep(quoted(got)));
}

#define ERROR_MARK "error: "

const char *shown_error(const struct error *err)
{
    return keep(formatted(ERROR_MARK "%s", err->text));
}

void wanted_error(const char *what, const char *got, const char *file, int line)
{
    if (!starts_with(got, ERROR_MARK))
        _ck_assert_failed(file, line, "Assertion failed", "%s: wanted an error, got %s", what,
                          (char *)keep(quoted(got)));
    if (got[strlen(ERROR_MARK)] == '\0')
        _ck_assert_failed(file, line, "Assertion failed",
                          "%s: wanted an error that says why, got one without a text", what);
}

/* ---- the answer file */

/* TEXT without the white space at its two ends; changes it. */
static char *trimmed(char *text)
{
    size_t length;

    while (isspace((unsigned char)*text))
        text++;
    length = strlen(text);
    while (length > 0 && isspace((unsigned char)text[length - 1]))
        length--;
    text[length] = '\0';
    return text;
}

/* The line of CONTENTS that begins with "QUESTION:", behind the colon; or NULL. CONTENTS falls into lines. */
static char *find_answer(char *contents, const char *question)
{
    for (char *line; (line = strsep(&contents, "\n")) != NULL;) {
        line = trimmed(line);
        if (starts_with(line, question) && line[strlen(question)] == ':')
            return trimmed(line + strlen(question) + 1);
    }
    return NULL;
}

const char *answer_at(const char *question, const char *file, int line)
{
    const char *path = getenv("EXERCISE_ANSWER"), *found;
    struct str contents = { 0 };
    struct error err;

    ck_assert_msg(path, "EXERCISE_ANSWER does not name the answer file: start this by `make check`");
    if (read_file(AT_FDCWD, path, MOST_ANSWER_BYTES, &contents, &err) < 0)
        ck_abort_msg("%s", err.text);
    found = find_answer(keep(str_take(&contents)), question);
    if (!found)
        _ck_assert_failed(file, line, "Assertion failed", "wanted a line that begins with \"%s:\", got none",
                          question);
    if (*found == '\0')
        _ck_assert_failed(file, line, "Assertion failed", "%s: wanted an answer, got none yet", question);
    return found;
}

/* ---- one answer in several forms */

/* Move *AT behind the first of the COUNT WORDS that it begins with, in capitals or not, and return true. */
static bool skip_one_of(const char **at, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strncasecmp(*at, words[i], strlen(words[i])) == 0) {
            *at += strlen(words[i]);
            return true;
        }
    return false;
}

/* Pass over blanks, and over words that people write beside a number and that change nothing. The longer of two
 * that begin alike stands first. */
static void skip_words(const char **at)
{
    static const char *const words[] = {
        "layers",   "layer", "lines",        "line", "instructions", "instruction", "status",
        "http/1.1", "http",  "unauthorized", "ok",   "process",      "pid",         " ",
    };

    while (skip_one_of(at, words, sizeof words / sizeof *words))
        continue;
}

/* Append the number at *AT, which moves behind it, without the zeros in front. False where there is none. */
static bool take_number(const char **at, struct str *form)
{
    size_t digits = strspn(*at, "0123456789"), zeros = strspn(*at, "0");

    if (digits == 0)
        return false;
    if (zeros == digits)
        zeros--;
    str_add_bytes(form, *at + zeros, digits - zeros);
    *at += digits;
    return true;
}

/* TEXT as a number or a range of numbers, "3" or "8-11", in one form for each. NULL where it is neither. The caller
 * frees it. */
static char *number_form(const char *text)
{
    static const char *const to[] = { "-", "–", "to", ".." };
    _cleanup_str_ struct str form = { 0 };

    skip_words(&text);
    if (!take_number(&text, &form))
        return NULL;
    skip_words(&text);
    if (skip_one_of(&text, to, sizeof to / sizeof *to)) {
        str_add_char(&form, '-');
        skip_words(&text);
        if (!take_number(&text, &form))
            return NULL;
        skip_words(&text);
    }
    return *text == '\0' ? str_take(&form) : NULL;
}

/* TEXT without quotes round it, and with one blank in the place of several. The caller frees it. */
static char *plain_form(const char *text)
{
    size_t length = strlen(text);
    struct str form = { 0 };

    if (length > 2 && strchr("\"'`", text[0]) && text[length - 1] == text[0]) {
        text++;
        length -= 2;
    }
    for (size_t i = 0; i < length; i++)
        if (!isspace((unsigned char)text[i]))
            str_add_char(&form, text[i]);
        else if (i == 0 || !isspace((unsigned char)text[i - 1]))
            str_add_char(&form, ' ');
    return str_take(&form);
}

bool same_answer(const char *got, const char *wanted)
{
    _cleanup_free_ char *got_plain = plain_form(got), *wanted_plain = plain_form(wanted);
    _cleanup_free_ char *got_number = number_form(got_plain), *wanted_number = number_form(wanted_plain);

    if (strcasecmp(got_plain, wanted_plain) == 0)
        return true;
    return got_number && wanted_number && strcmp(got_number, wanted_number) == 0;
}

/* What to say of the form of GOT, where WANTED is a number or a range and GOT is neither. */
static const char *about_form(const char *got, const char *wanted)
{
    _cleanup_free_ char *got_number = number_form(got), *wanted_number = number_form(wanted);

    if (got_number || !wanted_number)
        return "";
    return strchr(wanted_number, '-') ? " (write it as 2-5)" : " (write a number)";
}

void wanted_answer(const char *question, const char *wanted, const char *where, const char *file, int line)
{
    const char *got = answer_at(question, file, line);

    if (!same_answer(got, wanted))
        _ck_assert_failed(file, line, "Assertion failed", "%s: wanted %s, got %s%s", question, where,
                          (char *)keep(quoted(got)), about_form(got, wanted));
}

const char *exercise_file(const char *name)
{
    const char *directory = getenv("EXERCISE_DIRECTORY");

    ck_assert_msg(directory, "EXERCISE_DIRECTORY is not set: start this by `make check`");
    return keep(formatted("%s/%s", directory, name));
}
