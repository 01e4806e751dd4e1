/* .dockerignore: what of the context COPY and ADD do not see. */
#include "dockerignore.h"
#include "fs.h"
#include "path.h"
#include "str.h"

#include <errno.h>
#include <string.h>

#define MAX_BYTES (1 << 20)
#define BLANK     " \t\r\v\f"

static char *trimmed(const char *text, size_t length)
{
    while (length > 0 && strchr(BLANK, *text)) {
        text++;
        length--;
    }
    while (length > 0 && strchr(BLANK, text[length - 1]))
        length--;
    return must_strndup(text, length);
}

/* One line, its end not included. */
static int parse_line(struct dockerignore *ignore, const char *text, size_t length, int line,
                      struct error *err)
{
    _cleanup_free_ char *word = NULL, *clean = NULL;
    struct ignore_rule rule = { .line = line };
    const char *pattern;

    if (length > 0 && text[0] == '#') /* in the first column only: " #x" is a file's name */
        return 0;
    word = trimmed(text, length);
    if (word[0] == '\0')
        return 0;
    rule.exception = word[0] == '!';
    pattern = rule.exception ? word + 1 + strspn(word + 1, BLANK) : word;
    if (pattern[0] == '\0')
        return fail(err, 0, "%s:%d: ! excepts nothing: a pattern must follow it", ignore->name, line);

    clean = path_clean(pattern);
    pattern = clean[0] == '/' && clean[1] != '\0' ? clean + 1 : clean;
    if (!match_valid(pattern))
        return fail(err, 0,
                    "%s:%d: bad pattern \"%s\": a [ is not closed or its class is empty, or a \\ ends it",
                    ignore->name, line, pattern);
    rule.pattern = must_strdup(pattern);
    rule.compiled = ignore_pattern_new(pattern);
    ignore->rules = must_realloc(ignore->rules, ignore->count + 1, sizeof *ignore->rules);
    ignore->rules[ignore->count++] = rule;
    ignore->has_exceptions |= rule.exception;
    return 0;
}

int dockerignore_parse(const char *name, const char *text, struct dockerignore *ignore, struct error *err)
{
    int line = 1;

    *ignore = (struct dockerignore){ .name = must_strdup(name) };
    if (starts_with(text, "\xef\xbb\xbf")) /* a byte order mark, as Windows editors write it */
        text += 3;
    for (size_t length; *text != '\0'; text += length + (text[length] == '\n'), line++) {
        length = strcspn(text, "\n");
        if (parse_line(ignore, text, length, line, err) < 0)
            return -1;
    }
    return 0;
}

/* Read NAME of DIR_FD. *FOUND is false, without an error, where there is none. */
static int read_if_there(int dir_fd, const char *name, const char *shown, struct dockerignore *ignore,
                         bool *found, struct error *err)
{
    _cleanup_str_ struct str text = { 0 };

    *found = false;
    if (read_file(dir_fd, name, MAX_BYTES, &text, err) < 0)
        return err->number == ENOENT || err->number == ENOTDIR ? 0 : fail_while(err, "read %s", shown);
    *found = true;
    if (text.length != strlen(str_text(&text)))
        return fail(err, 0, "read %s: it holds a NUL byte, so it is no text", shown);
    return dockerignore_parse(shown, str_text(&text), ignore, err);
}

int dockerignore_read(int context_fd, const char *context, const char *dockerfile,
                      struct dockerignore *ignore, struct error *err)
{
    _cleanup_free_ char *own = formatted("%s.dockerignore", dockerfile);
    _cleanup_free_ char *shown = formatted("%s/.dockerignore", context);
    bool found = false;

    *ignore = (struct dockerignore){ 0 };
    if (strcmp(dockerfile, "-") != 0 && read_if_there(AT_FDCWD, own, own, ignore, &found, err) < 0)
        return -1;
    if (found)
        return 0;
    return read_if_there(context_fd, ".dockerignore", shown, ignore, &found, err);
}

const struct ignore_rule *dockerignore_match(const struct dockerignore *ignore, const char *path)
{
    for (size_t i = ignore->count; i-- > 0;)
        if (ignore_pattern_hides(ignore->rules[i].compiled, path))
            return &ignore->rules[i];
    return NULL;
}

void dockerignore_free(struct dockerignore *ignore)
{
    for (size_t i = 0; i < ignore->count; i++) {
        free(ignore->rules[i].pattern);
        ignore_pattern_free(ignore->rules[i].compiled);
    }
    free(ignore->rules);
    free(ignore->name);
    *ignore = (struct dockerignore){ 0 };
}
