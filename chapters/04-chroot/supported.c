/* What of a Dockerfile this chapter can do, asked before anything is downloaded. */
#include "supported.h"
#include "str.h"

#include <stdio.h>
#include <strings.h>

/* The chapter that brings an instruction; NULL where that is this one, or an earlier. */
static const char *chapter_of(enum keyword keyword)
{
    switch (keyword) {
    case KEYWORD_VOLUME: return "05-proc";
    case KEYWORD_EXPOSE: return "09-network";
    case KEYWORD_RUN:
    case KEYWORD_SHELL:
    case KEYWORD_HEALTHCHECK:
    case KEYWORD_MAINTAINER:
    case KEYWORD_ONBUILD:
    case KEYWORD_STOPSIGNAL: return "10-build";
    default: return NULL;
    }
}

/* A flag of COPY or ADD that a later chapter brings, or NULL. */
static const char *later_flag(const struct instruction *instruction)
{
    const char *const flags[] = { "from", "parents", "exclude", "checksum", "keep-git-dir" };

    if (instruction->keyword != KEYWORD_COPY && instruction->keyword != KEYWORD_ADD)
        return NULL;
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        const char *value = instruction_flag(instruction, flags[i]);

        if (value && strcasecmp(value, "false") != 0)
            return flags[i];
    }
    return NULL;
}

bool source_is_remote(const char *source)
{
    const char *const beginnings[] = { "http://", "https://", "git://", "ssh://", "git@" };

    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (starts_with(source, beginnings[i]))
            return true;
    return false;
}

/* The first source of an ADD that is not a file, or NULL. */
static const char *remote_source(const struct instruction *instruction)
{
    if (instruction->keyword != KEYWORD_ADD)
        return NULL;
    for (size_t i = 0; i + 1 < instruction->args.count; i++)
        if (source_is_remote(instruction->args.items[i]))
            return instruction->args.items[i];
    return NULL;
}

/* What is to be said against the instruction, or NULL. STAGES counts the FROMs so far, this one included. */
static char *objection(const struct instruction *instruction, uint64_t instructions, int stages)
{
    const char *chapter = instructions >> instruction->keyword & 1 ? NULL : chapter_of(instruction->keyword);
    const char *flag = later_flag(instruction), *remote = remote_source(instruction);

    if (chapter)
        return formatted("%s is not in this chapter: %s brings it", instruction->name, chapter);
    if (instruction->keyword == KEYWORD_FROM && stages > 1)
        return formatted(
            "a second %s begins a second stage, which is not in this chapter: 10-build brings it",
            instruction->name);
    if (flag)
        return formatted("%s --%s is not in this chapter: 10-build brings it", instruction->name, flag);
    if (remote)
        return formatted(
            "%s of %s, which is no file of the context, is not in this chapter: 10-build brings it",
            instruction->name, remote);
    return NULL;
}

int dockerfile_supported(const struct dockerfile *file, uint64_t instructions, struct error *err)
{
    int stages = 0, objections = 0;

    for (size_t i = 0; i < file->count; i++) {
        const struct instruction *instruction = &file->instructions[i];
        _cleanup_free_ char *text = NULL, *line = NULL;

        stages += instruction->keyword == KEYWORD_FROM;
        text = objection(instruction, instructions, stages);
        if (!text)
            continue;
        line = formatted("%s:%d: %s", file->name, instruction->first_line, text);
        print_escaped(line);
        putc('\n', stderr);
        objections++;
    }
    if (objections > 0)
        return fail(err, 0, "%s", "");
    if (stages == 0)
        return fail(err, 0, "%s: no FROM: the first line names the image to start from", file->name);
    return 0;
}
