/* A Dockerfile in memory: reading one, looking things up in it, freeing it. */
#include "dockerfile.h"
#include "diagnostic.h"
#include "fs.h"
#include "heredoc.h"
#include "parse.h"

#include <fcntl.h>
#include <string.h>

#define MAX_FILE_BYTES (4 * 1024 * 1024)

void instruction_free(struct instruction *instruction)
{
    free(instruction->name);
    free(instruction->source);
    strv_free(&instruction->flags);
    strv_free(&instruction->args);
    for (size_t i = 0; i < instruction->heredoc_count; i++)
        heredoc_free(&instruction->heredocs[i]);
    free(instruction->heredocs);
    if (instruction->onbuild)
        instruction_free(instruction->onbuild); /* at most MAX_ONBUILD_DEPTH deep */
    free(instruction->onbuild);
    *instruction = (struct instruction){ 0 };
}

void dockerfile_free(struct dockerfile *file)
{
    for (size_t i = 0; i < file->count; i++)
        instruction_free(&file->instructions[i]);
    free(file->instructions);
    for (size_t i = 0; i < file->directive_count; i++) {
        free(file->directives[i].name);
        free(file->directives[i].value);
    }
    free(file->directives);
    for (size_t i = 0; i < file->diagnostic_count; i++)
        free(file->diagnostics[i].text);
    free(file->diagnostics);
    free(file->name);
    *file = (struct dockerfile){ 0 };
}

int dockerfile_read(const char *path, bool check, struct dockerfile *file, struct error *err)
{
    _cleanup_str_ struct str text = { 0 };
    bool standard_input = strcmp(path, "-") == 0;
    int outcome;

    *file = (struct dockerfile){ 0 };
    if (path[0] == '\0')
        return fail(err, 0, "the Dockerfile's name is empty");
    if (standard_input)
        outcome = read_fd(STDIN_FILENO, MAX_FILE_BYTES, &text, err);
    else
        outcome = read_file(AT_FDCWD, path, MAX_FILE_BYTES, &text, err);
    if (outcome < 0)
        return standard_input ? fail_while(err, "standard input") : -1;

    outcome =
        dockerfile_parse(standard_input ? "<stdin>" : path, str_text(&text), text.length, check, file, err);
    dockerfile_print_diagnostics(file);
    if (outcome < 0)
        err->text[0] = '\0';
    return outcome;
}

const char *instruction_flag(const struct instruction *instruction, const char *name)
{
    size_t length = strlen(name);

    for (size_t i = 0; i < instruction->flags.count; i++) {
        const char *flag = instruction->flags.items[i] + 2;

        if (strncmp(flag, name, length) == 0 && flag[length] == '=')
            return flag + length + 1;
        if (strcmp(flag, name) == 0)
            return "";
    }
    return NULL;
}

const struct heredoc *instruction_heredoc(const struct instruction *instruction, const char *arg)
{
    const struct heredoc *match = NULL;
    struct heredoc heredoc;
    struct error ignored;
    bool found;

    if (instruction->exec_form || heredoc_word(arg, &heredoc, &found, &ignored) < 0 || !found)
        return NULL;
    for (size_t i = 0; i < instruction->heredoc_count; i++)
        if (strcmp(instruction->heredocs[i].name, heredoc.name) == 0)
            match = &instruction->heredocs[i];
    heredoc_free(&heredoc);
    return match;
}
