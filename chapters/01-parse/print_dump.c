/* A line an instruction, as BuildKit's parser dumps it. */
#include "print.h"
#include "utf8.h"

static void add_instruction(struct str *out, const struct instruction *instruction, locale_t utf8)
{
    _cleanup_free_ char *name = utf8_lower(instruction->name, utf8);
    size_t start = out->length;

    str_add_char(out, '(');
    str_add(out, name);
    for (size_t i = 0; i < instruction->flags.count; i++) {
        str_add(out, i == 0 ? " [" : " ");
        utf8_add_quoted(out, instruction->flags.items[i], false, utf8);
    }
    if (instruction->flags.count > 0)
        str_add_char(out, ']');
    if (instruction->onbuild) {
        str_add_char(out, ' ');
        add_instruction(out, instruction->onbuild, utf8);
    }
    for (size_t i = 0; i < instruction->args.count; i++) {
        /* a line of nothing but an escape character is an instruction without even a name */
        if (out->length > start + 1)
            str_add_char(out, ' ');
        utf8_add_quoted(out, instruction->args.items[i], instruction->exec_form, utf8);
    }
    str_add_char(out, ')');
}

void print_dump(const struct dockerfile *file, FILE *out)
{
    _cleanup_(utf8_locale_free) locale_t utf8 = utf8_locale();

    for (size_t i = 0; i < file->count; i++) {
        _cleanup_str_ struct str line = { 0 };

        add_instruction(&line, &file->instructions[i], utf8);
        fprintf(out, "%s\n", str_text(&line));
    }
}
