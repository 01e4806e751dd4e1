/* A Dockerfile for people: stages, the lines of each instruction, what belongs to it. */
#include "keyword.h"
#include "print.h"
#include "utf8.h"

#include <string.h>
#include <strings.h>

struct tree {
    struct str out;
    bool color;
    locale_t utf8;
};

static void add_colored(struct tree *tree, const char *sequence, const char *text)
{
    if (tree->color)
        str_addf(&tree->out, "\033[%sm%s\033[0m", sequence, text);
    else
        str_add(&tree->out, text);
}

/* TEXT with what could be mistaken, or would move the cursor, as an escape; in quotes where it is not plain. */
static void add_argument(struct tree *tree, const char *text, bool quotes)
{
    struct str quoted = { 0 };
    bool plain;

    utf8_add_quoted(&quoted, text, quotes, tree->utf8);
    plain = !quotes && *text != '\0' && quoted.length == strlen(text) + 2;
    if (plain)
        str_add(&tree->out, text);
    else
        str_add(&tree->out, str_text(&quoted));
    str_free(&quoted);
}

/* The shell's text: quotes in it are the shell's, so only what does not print is escaped. */
static void add_text(struct tree *tree, const char *text)
{
    char32_t character;
    size_t length;

    for (; *text != '\0'; text += length) {
        length = utf8_decode(text, &character);
        if (is_printable(character, tree->utf8) && !(length == 1 && character == REPLACEMENT_CHARACTER))
            str_add_bytes(&tree->out, text, length);
        else if (*text == '\t')
            str_add_char(&tree->out, ' ');
        else
            for (size_t i = 0; i < length; i++)
                str_addf(&tree->out, "\\x%02x", (unsigned char)text[i]);
    }
}

/* NAME=VALUE of ENV and LABEL. */
static void add_pairs(struct tree *tree, const struct strv *args)
{
    for (size_t i = 0; i + 2 < args->count; i += 3) {
        str_add(&tree->out, i == 0 ? " " : "  ");
        add_text(tree, args->items[i]);
        str_add_char(&tree->out, '=');
        add_text(tree, args->items[i + 1]);
    }
}

static void add_arguments(struct tree *tree, const struct instruction *instruction)
{
    enum argument_form form = keyword_spec(instruction->keyword)->form;

    if (form == FORM_PAIRS) {
        add_pairs(tree, &instruction->args);
        return;
    }
    for (size_t i = 0; i < instruction->args.count; i++) {
        str_add(&tree->out, i == 0 ? " " : "  ");
        if (instruction->exec_form)
            add_argument(tree, instruction->args.items[i], true);
        else if (form == FORM_COMMAND || form == FORM_HEALTHCHECK || form == FORM_TEXT || form == FORM_NAMES)
            add_text(tree, instruction->args.items[i]);
        else
            add_argument(tree, instruction->args.items[i], false);
    }
}

/* KEYWORD arguments, and below ONBUILD another. */
static void add_command(struct tree *tree, const struct instruction *instruction)
{
    add_colored(tree, "1", keyword_spec(instruction->keyword)->name);
    if (instruction->exec_form)
        add_colored(tree, "2", " (exec form)");
    add_arguments(tree, instruction);
    if (instruction->onbuild) {
        str_add_char(&tree->out, ' ');
        add_command(tree, instruction->onbuild);
    }
}

/* What belongs to INSTRUCTION, a line each. */
static void add_details(struct tree *tree, const struct instruction *instruction, const char *indent)
{
    for (; instruction; instruction = instruction->onbuild) {
        for (size_t i = 0; i < instruction->flags.count; i++) {
            str_addf(&tree->out, "%s             ", indent);
            add_text(tree, instruction->flags.items[i]);
            str_add_char(&tree->out, '\n');
        }
        for (size_t i = 0; i < instruction->heredoc_count; i++) {
            const struct heredoc *heredoc = &instruction->heredocs[i];

            str_addf(&tree->out, "%s             <<", indent);
            add_text(tree, heredoc->name);
            str_addf(&tree->out, ": %zu bytes, lines %d-%d%s\n", strlen(heredoc->body), heredoc->first_line,
                     heredoc->last_line, heredoc->expand ? "" : ", variables kept as they are");
        }
    }
}

static void add_instruction(struct tree *tree, const struct instruction *instruction, const char *indent)
{
    char lines[32];

    if (instruction->first_line == instruction->last_line)
        snprintf(lines, sizeof lines, "%7d", instruction->first_line);
    else
        snprintf(lines, sizeof lines, "%d-%d", instruction->first_line, instruction->last_line);
    str_add(&tree->out, indent);
    for (size_t i = strlen(lines); i < 9; i++)
        str_add_char(&tree->out, ' ');
    add_colored(tree, "2", lines);
    str_add(&tree->out, "  ");
    add_command(tree, instruction);
    str_add_char(&tree->out, '\n');
    add_details(tree, instruction, indent);
}

/* The heading of the stage that FROM begins. */
static void add_stage(struct tree *tree, int number, const struct instruction *from)
{
    _cleanup_free_ char *heading = formatted("stage %d", number);

    add_colored(tree, "36", heading);
    if (from->args.count == 3 && strcasecmp(from->args.items[1], "AS") == 0) {
        str_add(&tree->out, " \"");
        add_text(tree, from->args.items[2]);
        str_add_char(&tree->out, '"');
    }
    str_add_char(&tree->out, '\n');
}

void print_tree(const struct dockerfile *file, bool color, FILE *out)
{
    _cleanup_(utf8_locale_free) locale_t utf8 = utf8_locale();
    struct tree tree = { .color = color, .utf8 = utf8 };
    int stages = 0;

    add_text(&tree, file->name);
    str_add_char(&tree.out, '\n');
    for (size_t i = 0; i < file->directive_count; i++) {
        str_addf(&tree.out, "%9d  # %s=", file->directives[i].line, file->directives[i].name);
        add_text(&tree, file->directives[i].value);
        str_add_char(&tree.out, '\n');
    }
    for (size_t i = 0; i < file->count; i++) {
        if (file->instructions[i].keyword == KEYWORD_FROM)
            add_stage(&tree, stages++, &file->instructions[i]);
        add_instruction(&tree, &file->instructions[i], stages > 0 ? "  " : "");
    }
    fputs(str_text(&tree.out), out);
    str_free(&tree.out);
}
