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

void wanted_answer(const char *question, const char *wanted, const char *where, const char *file, int line)
{
    const char *got = answer_at(question, file, line);

    if (strcasecmp(got, wanted) != 0) /* "Yes" is as good as "yes" */
        _ck_assert_failed(file, line, "Assertion failed", "%s: wanted %s, got %s", question, where,
                          (char *)keep(quoted(got)));
}

const char *exercise_file(const char *name)
{
    const char *directory = getenv("EXERCISE_DIRECTORY");

    ck_assert_msg(directory, "EXERCISE_DIRECTORY is not set: start this by `make check`");
    return keep(formatted("%s/%s", directory, name));
}
