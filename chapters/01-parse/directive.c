/* Parser directives: `# escape=...` and its kin at the top of the file (the Dockerfile reference, "Parser
 * directives"). */
#include "diagnostic.h"
#include "parse.h"

#include <string.h>
#include <strings.h>

static const char *const directive_names[] = { "syntax", "escape", "check", NULL };

/* The white space of Go's regular expressions (\s), which the rules are written with. */
static size_t count_space(const char *text, size_t length)
{
    size_t count = 0;

    while (count < length && text[count] != '\0' && strchr("\t\n\f\r ", text[count]))
        count++;
    return count;
}

/* Split TEXT into NAME=VALUE with white space around either. False where it is something else, or NAME is no
 * directive's: then it is a comment. */
static bool split_directive(const char *text, const char **name, char **value)
{
    const char *known = NULL;
    size_t length, spaces;

    for (const char *const *candidate = directive_names; *candidate && !known; candidate++)
        if (strncasecmp(text, *candidate, strlen(*candidate)) == 0)
            known = *candidate;
    if (!known)
        return false;
    text += strlen(known);
    text += count_space(text, strlen(text));
    if (*text != '=')
        return false;
    text++;

    length = strlen(text);
    spaces = count_space(text, length);
    if (length == 0)
        return false;
    if (spaces == length) /* nothing but white space is a value */
        spaces--;
    text += spaces;
    length -= spaces;
    while (length > 1 && count_space(text + length - 1, 1) == 1)
        length--;
    *name = known;
    *value = must_strndup(text, length);
    return true;
}

static bool has_directive(const struct dockerfile *file, const char *name)
{
    for (size_t i = 0; i < file->directive_count; i++)
        if (strcmp(file->directives[i].name, name) == 0)
            return true;
    return false;
}

static void add_directive(struct dockerfile *file, int line, const char *name, const char *value)
{
    struct directive directive = { .line = line, .name = must_strdup(name), .value = must_strdup(value) };

    file->directives = must_realloc(file->directives, file->directive_count + 1, sizeof *file->directives);
    file->directives[file->directive_count++] = directive;
}

/* TEXT is a comment's, behind the #. False where it is no directive. */
static bool take_directive(struct dockerfile *file, int line, const char *text)
{
    _cleanup_free_ char *value = NULL;
    const char *name;

    if (!split_directive(text, &name, &value))
        return false;
    if (has_directive(file, name)) {
        diagnose_error(file, line, "a second %s directive; there may be one only", name);
        return true;
    }
    if (strcmp(name, "escape") == 0) {
        if (strcmp(value, "\\") != 0 && strcmp(value, "`") != 0)
            diagnose_error(file, line, "the escape character may be \\ or `, and not %s", value);
        else
            file->escape = *value;
    }
    add_directive(file, line, name, value);
    return true;
}

void read_directive(struct parser *parser, struct slice line)
{
    char *text;

    if (parser->directives_done)
        return;
    text = must_strndup(line.text, line.length);
    parser->directives_done =
        *text != '#' || !take_directive(parser->file, parser->line, utf8_skip_space(text + 1));
    free(text);
}
