/* Looking at flags: known, not twice, and with a value of the right kind. */
#include "checker.h"
#include "diagnostic.h"
#include "duration.h"
#include "keyword.h"

#include <string.h>
#include <strings.h>

/* A value with a variable in it is known to the build only. */
static bool has_variable(const char *value)
{
    return strchr(value, '$') != NULL;
}

static bool is_choice(const char *choices, const char *value)
{
    size_t length = strlen(value);

    for (const char *at = choices; *at != '\0'; at += strspn(at, " ")) {
        size_t word = strcspn(at, " ");

        if (word == length && memcmp(at, value, length) == 0)
            return true;
        at += word;
    }
    return false;
}

/* A duration is 0 or at least a millisecond, as the engine's API has it. */
static const char *duration_fault(const char *value)
{
    int64_t nanoseconds;

    if (!parse_duration(value, &nanoseconds))
        return "is no duration; write for example 30s or 1m30s";
    return nanoseconds == 0 || nanoseconds >= 1000000 ? NULL : "is less than a millisecond";
}

static bool is_count(const char *value)
{
    size_t digits = strspn(value, "0123456789");

    return digits > 0 && digits < 10 && value[digits] == '\0';
}

/* What is wrong with VALUE, NULL where the flag has none, or NULL. */
static const char *value_fault(const struct flag_spec *spec, const char *value)
{
    if (spec->type == FLAG_BOOLEAN)
        return !value || strcasecmp(value, "true") == 0 || strcasecmp(value, "false") == 0
                   ? NULL
                   : "is neither true nor false";
    if (!value)
        return "needs a value";
    switch (spec->type) {
    case FLAG_CHOICE: return has_variable(value) || is_choice(spec->choices, value) ? NULL : spec->fault;
    case FLAG_COUNT: return is_count(value) || *value == '\0' ? NULL : "is no number from 0 on";
    case FLAG_DURATION: return *value != '\0' ? duration_fault(value) : NULL;
    default: return NULL;
    }
}

static const struct flag_spec *find_flag(const struct keyword_spec *keyword, const char *name, size_t length)
{
    for (const struct flag_spec *spec = keyword->flags; spec->name; spec++)
        if (strncmp(spec->name, name, length) == 0 && spec->name[length] == '\0')
            return spec;
    return NULL;
}

static void unknown_flag(struct dockerfile *file, const struct instruction *instruction, const char *name)
{
    const struct keyword_spec *keyword = keyword_spec(instruction->keyword);
    _cleanup_free_ const char **names = flag_names(keyword);
    const char *meant = nearest(name, names);

    if (meant)
        diagnose_error(file, instruction->first_line, "%s has no flag --%s (did you mean --%s?)",
                       instruction->name, name, meant);
    else
        diagnose_error(file, instruction->first_line, "%s has no flag --%s", instruction->name, name);
}

/* FLAG is one of INSTRUCTION's; SEEN is a bit for each of its flags. */
static void check_flag(struct dockerfile *file, const struct instruction *instruction, const char *flag,
                       unsigned *seen)
{
    const struct keyword_spec *keyword = keyword_spec(instruction->keyword);
    const char *name = flag + 2, *value = strchr(name, '='), *fault;
    size_t length = value ? (size_t)(value - name) : strlen(name);
    const struct flag_spec *spec = find_flag(keyword, name, length);
    unsigned bit;

    if (!spec) {
        _cleanup_free_ char *unknown = must_strndup(name, length);

        unknown_flag(file, instruction, unknown);
        return;
    }
    bit = 1u << (spec - keyword->flags);
    if ((*seen & bit) && spec->type != FLAG_TEXTS && spec->type != FLAG_MOUNT)
        diagnose_error(file, instruction->first_line, "%s has --%s twice", instruction->name, spec->name);
    *seen |= bit;

    fault = value_fault(spec, value ? value + 1 : NULL);
    if (fault)
        diagnose_error(file, instruction->first_line, "%s: %s %s", instruction->name, flag, fault);
    else if (spec->type == FLAG_MOUNT)
        check_mount(file, instruction, value + 1);
}

/* Builders do not look at these instructions' flags, and neither refuse nor use them. */
static bool ignores_flags(const struct instruction *instruction)
{
    return instruction->keyword == KEYWORD_ARG || instruction->keyword == KEYWORD_STOPSIGNAL ||
           (instruction->keyword == KEYWORD_HEALTHCHECK && instruction->args.count > 0 &&
            strcasecmp(instruction->args.items[0], "NONE") == 0);
}

void check_flags(struct dockerfile *file, const struct instruction *instruction)
{
    unsigned seen = 0;

    if (ignores_flags(instruction)) {
        if (instruction->flags.count > 0)
            diagnose_warning(file, instruction->first_line, "%s has no flags: %s has no effect",
                             instruction->name, instruction->flags.items[0]);
        return;
    }
    for (size_t i = 0; instruction->keyword != KEYWORD_UNKNOWN && i < instruction->flags.count; i++)
        check_flag(file, instruction, instruction->flags.items[i], &seen);
}
