/* Looking at an instruction's keyword and arguments. */
#include "checker.h"
#include "diagnostic.h"
#include "exec_form.h"
#include "keyword.h"
#include "utf8.h"

#include <string.h>
#include <strings.h>

static void check_unknown(struct dockerfile *file, const struct instruction *instruction)
{
    _cleanup_free_ const char **names = keyword_names();
    const char *meant = nearest(instruction->name, names);

    if (meant)
        diagnose_error(file, instruction->first_line, "unknown instruction \"%s\" (did you mean %s?)",
                       instruction->name, meant);
    else
        diagnose_error(file, instruction->first_line, "unknown instruction \"%s\"", instruction->name);
}

/* ADD and COPY: sources and a destination, which is no heredoc. */
static void check_paths(struct dockerfile *file, const struct instruction *instruction)
{
    size_t count = instruction->args.count;

    if (count < 2)
        diagnose_error(file, instruction->first_line,
                       "%s needs at least two arguments: what to copy, and where to; %s", instruction->name,
                       count == 0 ? "there are none" : "there is one only");
    else if (instruction_heredoc(instruction, instruction->args.items[count - 1]))
        diagnose_error(file, instruction->first_line, "%s cannot have a heredoc as its destination",
                       instruction->name);
}

/* Names that are set: ARG, ENV (of three arguments each), LABEL. */
static void check_names(struct dockerfile *file, const struct instruction *instruction, size_t step)
{
    for (size_t i = 0; i < instruction->args.count; i += step)
        if (*instruction->args.items[i] == '\0' || *instruction->args.items[i] == '=')
            diagnose_error(file, instruction->first_line,
                           "%s: a name is missing before the =", instruction->name);
}

static void check_shell(struct dockerfile *file, const struct instruction *instruction)
{
    if (!instruction->exec_form || instruction->args.count == 0)
        diagnose_error(file, instruction->first_line, "%s needs a JSON array: %s [\"/bin/sh\", \"-c\"]",
                       instruction->name, instruction->name);
}

static void check_volumes(struct dockerfile *file, const struct instruction *instruction)
{
    for (size_t i = 0; i < instruction->args.count; i++) {
        if (*utf8_skip_space(instruction->args.items[i]) == '\0')
            diagnose_error(file, instruction->first_line, "%s: a path is empty", instruction->name);
    }
}

static void check_healthcheck(struct dockerfile *file, const struct instruction *instruction)
{
    const char *type = instruction->args.items[0];
    size_t count = instruction->args.count;

    if (strcasecmp(type, "NONE") == 0) {
        if (count > 1)
            diagnose_error(file, instruction->first_line, "%s NONE has no arguments", instruction->name);
    } else if (strcasecmp(type, "CMD") != 0) {
        diagnose_error(file, instruction->first_line,
                       "%s: \"%s\" is neither CMD nor NONE; write %s CMD command", instruction->name, type,
                       instruction->name);
    } else if (count < 2) {
        diagnose_error(file, instruction->first_line, "%s CMD needs a command", instruction->name);
    }
}

static void check_onbuild(struct dockerfile *file, const struct instruction *instruction)
{
    const struct instruction *inner = instruction->onbuild;

    if (inner->keyword == KEYWORD_ONBUILD || inner->keyword == KEYWORD_FROM ||
        inner->keyword == KEYWORD_MAINTAINER) {
        diagnose_error(file, instruction->first_line, "%s cannot be triggered by %s", inner->name,
                       instruction->name);
        return;
    }
    check_flags(file, inner);
    check_arguments(file, inner);
}

/* Fewer arguments than any of these can do with. RUN has a heredoc among its own. */
static bool lacks_arguments(struct dockerfile *file, const struct instruction *instruction)
{
    static const char *const needed[] = {
        [KEYWORD_ARG] = "a name",
        [KEYWORD_ENV] = "name=value",
        [KEYWORD_EXPOSE] = "a port",
        [KEYWORD_FROM] = "an image",
        [KEYWORD_HEALTHCHECK] = "CMD and a command, or NONE",
        [KEYWORD_LABEL] = "name=value",
        [KEYWORD_MAINTAINER] = "a name",
        [KEYWORD_ONBUILD] = "an instruction",
        [KEYWORD_RUN] = "a command",
        [KEYWORD_STOPSIGNAL] = "a signal",
        [KEYWORD_USER] = "a user",
        [KEYWORD_VOLUME] = "a path",
        [KEYWORD_WORKDIR] = "a directory",
        [KEYWORD_UNKNOWN] = NULL,
    };
    const char *what = needed[instruction->keyword];

    if (!what || instruction->args.count > 0 || instruction->onbuild)
        return false;
    diagnose_error(file, instruction->first_line, "%s needs an argument: %s", instruction->name, what);
    return true;
}

static void check_nuls(struct dockerfile *file, const struct instruction *instruction)
{
    for (size_t i = 0; instruction->exec_form && i < instruction->args.count; i++)
        if (strstr(instruction->args.items[i], NUL_STAND_IN))
            diagnose_error(file, instruction->first_line, "%s: no argument can hold \\u0000",
                           instruction->name);
}

void check_arguments(struct dockerfile *file, const struct instruction *instruction)
{
    check_nuls(file, instruction);
    if (lacks_arguments(file, instruction))
        return;
    switch (instruction->keyword) {
    case KEYWORD_ADD:
    case KEYWORD_COPY: check_paths(file, instruction); break;
    case KEYWORD_ARG: check_names(file, instruction, 1); break;
    case KEYWORD_ENV:
    case KEYWORD_LABEL: check_names(file, instruction, 3); break;
    case KEYWORD_EXPOSE: check_expose(file, instruction); break;
    case KEYWORD_HEALTHCHECK: check_healthcheck(file, instruction); break;
    case KEYWORD_MAINTAINER:
        diagnose_warning(file, instruction->first_line,
                         "MAINTAINER is deprecated; write LABEL org.opencontainers.image.authors=\"...\"");
        break;
    case KEYWORD_ONBUILD: check_onbuild(file, instruction); break;
    case KEYWORD_SHELL: check_shell(file, instruction); break;
    case KEYWORD_VOLUME: check_volumes(file, instruction); break;
    case KEYWORD_UNKNOWN: check_unknown(file, instruction); break;
    default: break;
    }
}

void check_instruction(struct checker *checker, const struct instruction *instruction)
{
    if (!checker->enabled)
        return;
    if (instruction->keyword == KEYWORD_UNKNOWN) {
        check_unknown(checker->file, instruction);
        checker_miss(checker);
        return;
    }
    check_flags(checker->file, instruction);
    check_arguments(checker->file, instruction);
    check_stage(checker, instruction);
}

void checker_miss(struct checker *checker)
{
    checker->missed = true;
}
