/* Mistake: a line is thought to have exactly one optional field. Rejected by optional_fields_may_be_none. */
#include "mount_line.h"

#include "cleanup.h"
#include "str.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Is this a backslash and three octal digits? */
static bool is_escape(const char *text)
{
    return text[0] == '\\' && strspn(text + 1, "01234567") >= 3;
}

/* FIELD with its escapes replaced, once: what comes out is not looked at again. */
static char *decoded(const char *field)
{
    char *text = must_strdup(field), *to = text;

    while (*field) {
        if (is_escape(field)) {
            *to++ = (char)((field[1] - '0') * 64 + (field[2] - '0') * 8 + (field[3] - '0'));
            field += 4;
        } else {
            *to++ = *field++;
        }
    }
    *to = '\0';
    return text;
}

/* What an optional field says. Kinds that we do not know mean nothing to us. */
static void take_optional(const char *field, struct mount_line *found)
{
    if (strncmp(field, "shared:", 7) == 0)
        found->shared = (int)strtol(field + 7, NULL, 10);
    else if (strncmp(field, "master:", 7) == 0)
        found->master = (int)strtol(field + 7, NULL, 10);
}

int mount_line_parse(const char *line, struct mount_line *found, struct error *err)
{
    _cleanup_free_ char *copy = must_strdup(line);
    char *rest = copy, *before[6], *behind[3], *field;

    *found = (struct mount_line){ 0 };
    copy[strcspn(copy, "\n")] = '\0';
    /* strsep, because it gives an empty field between two blanks. */
    for (int i = 0; i < 6; i++)
        if (!(before[i] = strsep(&rest, " ")))
            return fail(err, EINVAL, "a line of mountinfo with %d fields", i);
    if ((field = strsep(&rest, " ")) != NULL)
        take_optional(field, found);
    strsep(&rest, " "); /* the - */
    for (int i = 0; i < 3; i++)
        if (!(behind[i] = strsep(&rest, " ")))
            return fail(err, EINVAL, "a line of mountinfo with %d fields behind its separator", i);

    found->id = (int)strtol(before[0], NULL, 10);
    found->parent = (int)strtol(before[1], NULL, 10);
    found->root = decoded(before[3]);
    found->point = decoded(before[4]);
    found->options = must_strdup(before[5]);
    found->type = decoded(behind[0]);
    found->source = decoded(behind[1]);
    return 0;
}

void mount_line_free(struct mount_line *line)
{
    free(line->root);
    free(line->point);
    free(line->options);
    free(line->type);
    free(line->source);
    *line = (struct mount_line){ 0 };
}
