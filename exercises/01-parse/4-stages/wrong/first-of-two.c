/* Mistake: of two stages with the same name the first is taken. Rejected by later_of_two_with_the_same_name_is_meant. */
/* 01.4: which stages of a Dockerfile a build needs. */
#include "stages.h"

#include <string.h>
#include <strings.h>

/* How many stages FILE has. */
static size_t count_stages(const struct dockerfile *file)
{
    size_t count = 0;

    for (size_t i = 0; i < file->count; i++)
        count += file->instructions[i].keyword == KEYWORD_FROM;
    return count;
}

/* The index of the instruction that begins STAGE; file->count where there is no such stage. */
static size_t stage_start(const struct dockerfile *file, size_t stage)
{
    for (size_t i = 0; i < file->count; i++)
        if (file->instructions[i].keyword == KEYWORD_FROM && stage-- == 0)
            return i;
    return file->count;
}

/* The name behind AS, or NULL: FROM image AS name. */
static const char *stage_name(const struct instruction *from)
{
    return from->args.count == 3 ? from->args.items[2] : NULL;
}

/* The first of the stages 0 to COUNT - 1 that is called NAME, in capitals or not; COUNT where none is. */
static size_t stage_called(const struct dockerfile *file, const char *name, size_t count)
{
    for (size_t stage = 0; stage < count; stage++) {
        const char *own = stage_name(&file->instructions[stage_start(file, stage)]);

        if (own && strcasecmp(own, name) == 0)
            return stage;
    }
    return count;
}

/* The one of the stages 0 to COUNT - 1 that REFERENCE means, by name or by number; COUNT where it means none. */
static size_t stage_meant(const struct dockerfile *file, const char *reference, size_t count)
{
    size_t stage = stage_called(file, reference, count);
    unsigned long number;

    if (stage < count)
        return stage;
    if (*reference == '\0' || reference[strspn(reference, "0123456789")] != '\0')
        return count;
    number = strtoul(reference, NULL, 10);
    return number < count ? number : count;
}

/* Mark what a mount, the comma-separated list SPEC, takes its files from, where that is a stage before STAGE. */
static void mark_mount(const struct dockerfile *file, const char *spec, size_t stage, bool *needed)
{
    _cleanup_free_ char *copy = must_strdup(spec);
    size_t meant;

    for (char *rest = copy, *part; (part = strsep(&rest, ",")) != NULL;) {
        if (!starts_with(part, "from="))
            continue;
        meant = stage_meant(file, part + strlen("from="), stage);
        if (meant < stage)
            needed[meant] = true;
    }
}

/* Mark the stages before STAGE that INSTRUCTION, which belongs to STAGE, refers to. */
static void mark_references(const struct dockerfile *file, const struct instruction *instruction,
                            size_t stage, bool *needed)
{
    const char *from = instruction->keyword == KEYWORD_COPY ? instruction_flag(instruction, "from") : NULL;
    size_t meant = stage;

    if (instruction->keyword == KEYWORD_FROM)
        meant = stage_called(file, instruction->args.items[0], stage);
    else if (from)
        meant = stage_meant(file, from, stage);
    if (meant < stage)
        needed[meant] = true;

    for (size_t i = 0; instruction->keyword == KEYWORD_RUN && i < instruction->flags.count; i++)
        if (starts_with(instruction->flags.items[i], "--mount="))
            mark_mount(file, instruction->flags.items[i] + strlen("--mount="), stage, needed);
}

int needed_stages(const struct dockerfile *file, const char *target, bool *needed, struct error *err)
{
    size_t count = count_stages(file), last = count - 1;

    if (target)
        last = stage_meant(file, target, count);
    if (last >= count)
        return fail(err, 0, "there is no stage %s", target);

    memset(needed, 0, count * sizeof *needed);
    needed[last] = true;
    /* References lead upwards only: from the target up, each stage's are known when its turn comes. */
    for (size_t stage = last + 1; stage-- > 0;)
        for (size_t i = stage_start(file, stage); needed[stage] && i < stage_start(file, stage + 1); i++)
            mark_references(file, &file->instructions[i], stage, needed);
    return 0;
}
