/* Looking at stages: what stands before the first FROM, their names, and instructions of which the last one in
 * a stage counts. */
#include "checker.h"
#include "diagnostic.h"

#include <search.h>
#include <string.h>
#include <strings.h>

static int compare_names(const void *a, const void *b)
{
    return strcmp(a, b);
}

void checker_free(struct checker *checker)
{
    tdestroy(checker->stage_names, free);
    checker->stage_names = NULL;
}

/* A lower-case letter, then those, digits, -, _ and dots. */
static bool is_stage_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
    size_t first = strspn(name, letters);

    return first > 0 && name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.")] == '\0';
}

/* Names are the same in either case. */
static void check_stage_name(struct checker *checker, const struct instruction *from, const char *written)
{
    char *name = must_strdup(written);
    const char *const *found;

    for (char *at = name; *at != '\0'; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at |= 0x20;
    if (!is_stage_name(name))
        diagnose_error(
            checker->file, from->first_line,
            "\"%s\" cannot be a stage's name: that is a letter, and then letters, digits, -, _ and dots",
            written);
    else if (strcmp(name, "scratch") == 0 || strcmp(name, "context") == 0)
        diagnose_warning(checker->file, from->first_line, "the stage's name %s has a meaning of its own",
                         written);

    found = tsearch(name, &checker->stage_names, compare_names);
    if (!found || *found == name)
        return; /* the tree's now */
    diagnose_warning(checker->file, from->first_line, "there is a stage with the name %s already", written);
    free(name);
}

static void check_from(struct checker *checker, const struct instruction *from)
{
    const struct strv *args = &from->args;

    checker->in_stage = true;
    checker->last_cmd = checker->last_entrypoint = checker->last_healthcheck = 0;
    if (args->count == 3 && strcasecmp(args->items[1], "AS") == 0)
        check_stage_name(checker, from, args->items[2]);
    else if (args->count > 1)
        diagnose_error(checker->file, from->first_line, "%s has one argument, or three: image AS name",
                       from->name);
}

/* The stage's last one counts; builders forget those before it without a word. */
static void check_single(struct checker *checker, const struct instruction *instruction, int *line)
{
    if (*line > 0)
        diagnose_warning(checker->file, instruction->first_line,
                         "a second %s in one stage: the one in line %d has no effect", instruction->name,
                         *line);
    *line = instruction->first_line;
}

void check_stage(struct checker *checker, const struct instruction *instruction)
{
    if (instruction->keyword == KEYWORD_FROM) {
        check_from(checker, instruction);
        return;
    }
    if (!checker->in_stage) {
        if (instruction->keyword != KEYWORD_ARG && !checker->missed)
            diagnose_error(checker->file, instruction->first_line,
                           "no build stage: only ARG may stand before the first FROM, and not %s",
                           instruction->name);
        return;
    }
    if (instruction->keyword == KEYWORD_CMD)
        check_single(checker, instruction, &checker->last_cmd);
    else if (instruction->keyword == KEYWORD_ENTRYPOINT)
        check_single(checker, instruction, &checker->last_entrypoint);
    else if (instruction->keyword == KEYWORD_HEALTHCHECK)
        check_single(checker, instruction, &checker->last_healthcheck);
}

void check_end(struct checker *checker, int line)
{
    if (checker->enabled && !checker->in_stage && checker->file->error_count == 0)
        diagnose_error(checker->file, line, "no build stage: a FROM is missing");
}
