/* The 18 instructions and their flags (the Dockerfile reference, syntax docker/dockerfile:1). */
#include "keyword.h"

#include <string.h>
#include <strings.h>

#define FLAG(name, type)                                                                                     \
    {                                                                                                        \
        name, type, NULL, NULL                                                                               \
    }
#define CHOICE(name, choices, fault)                                                                         \
    {                                                                                                        \
        name, FLAG_CHOICE, choices, fault                                                                    \
    }

static const struct flag_spec add_flags[] = {
    FLAG("checksum", FLAG_TEXT),        FLAG("chmod", FLAG_TEXT),
    FLAG("chown", FLAG_TEXT),           FLAG("exclude", FLAG_TEXTS),
    FLAG("keep-git-dir", FLAG_BOOLEAN), FLAG("link", FLAG_BOOLEAN),
    FLAG("unpack", FLAG_BOOLEAN),       { 0 },
};

static const struct flag_spec copy_flags[] = {
    FLAG("chmod", FLAG_TEXT),
    FLAG("chown", FLAG_TEXT),
    FLAG("exclude", FLAG_TEXTS),
    FLAG("from", FLAG_TEXT),
    FLAG("link", FLAG_BOOLEAN),
    FLAG("parents", FLAG_BOOLEAN),
    { 0 },
};

static const struct flag_spec from_flags[] = {
    FLAG("platform", FLAG_TEXT),
    { 0 },
};

static const struct flag_spec healthcheck_flags[] = {
    FLAG("interval", FLAG_DURATION),       FLAG("retries", FLAG_COUNT),
    FLAG("start-interval", FLAG_DURATION), FLAG("start-period", FLAG_DURATION),
    FLAG("timeout", FLAG_DURATION),        { 0 },
};

static const struct flag_spec run_flags[] = {
    FLAG("device", FLAG_TEXTS),
    FLAG("mount", FLAG_MOUNT),
    CHOICE("network", "default none host", "is none of default, none and host"),
    CHOICE("security", "sandbox insecure", "is neither sandbox nor insecure"),
    { 0 },
};

static const struct flag_spec no_flags[] = { { 0 } };

static const struct keyword_spec keywords[] = {
    [KEYWORD_ADD] = { "ADD", FORM_PATHS, add_flags },
    [KEYWORD_ARG] = { "ARG", FORM_NAMES, no_flags },
    [KEYWORD_CMD] = { "CMD", FORM_COMMAND, no_flags },
    [KEYWORD_COPY] = { "COPY", FORM_PATHS, copy_flags },
    [KEYWORD_ENTRYPOINT] = { "ENTRYPOINT", FORM_COMMAND, no_flags },
    [KEYWORD_ENV] = { "ENV", FORM_PAIRS, no_flags },
    [KEYWORD_EXPOSE] = { "EXPOSE", FORM_WORDS, no_flags },
    [KEYWORD_FROM] = { "FROM", FORM_WORDS, from_flags },
    [KEYWORD_HEALTHCHECK] = { "HEALTHCHECK", FORM_HEALTHCHECK, healthcheck_flags },
    [KEYWORD_LABEL] = { "LABEL", FORM_PAIRS, no_flags },
    [KEYWORD_MAINTAINER] = { "MAINTAINER", FORM_TEXT, no_flags },
    [KEYWORD_ONBUILD] = { "ONBUILD", FORM_INSTRUCTION, no_flags },
    [KEYWORD_RUN] = { "RUN", FORM_COMMAND, run_flags },
    [KEYWORD_SHELL] = { "SHELL", FORM_COMMAND, no_flags },
    [KEYWORD_STOPSIGNAL] = { "STOPSIGNAL", FORM_TEXT, no_flags },
    [KEYWORD_USER] = { "USER", FORM_TEXT, no_flags },
    [KEYWORD_VOLUME] = { "VOLUME", FORM_PATHS, no_flags },
    [KEYWORD_WORKDIR] = { "WORKDIR", FORM_TEXT, no_flags },
    [KEYWORD_UNKNOWN] = { "", FORM_UNKNOWN, no_flags },
};

const struct keyword_spec *keyword_spec(enum keyword keyword)
{
    return &keywords[keyword];
}

enum keyword keyword_find(const char *name)
{
    for (unsigned i = 0; i < KEYWORD_UNKNOWN; i++)
        if (strcasecmp(name, keywords[i].name) == 0)
            return (enum keyword)i;
    return KEYWORD_UNKNOWN;
}

const char **keyword_names(void)
{
    const char **names = must_calloc(KEYWORD_UNKNOWN + 1, sizeof *names);

    for (unsigned i = 0; i < KEYWORD_UNKNOWN; i++)
        names[i] = keywords[i].name;
    return names;
}

const char **flag_names(const struct keyword_spec *spec)
{
    size_t count = 0;
    const char **names;

    while (spec->flags[count].name)
        count++;
    names = must_calloc(count + 1, sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = spec->flags[i].name;
    return names;
}
