/* Everything that a Dockerfile says, as JSON. */
#include "json.h"
#include "keyword.h"
#include "print.h"

static void add_directives(struct json_writer *w, const struct dockerfile *file)
{
    json_open_array(w, "directives");
    for (size_t i = 0; i < file->directive_count; i++) {
        json_open_object(w, NULL);
        json_add_int(w, "line", file->directives[i].line);
        json_add_string(w, "name", file->directives[i].name);
        json_add_string(w, "value", file->directives[i].value);
        json_close(w);
    }
    json_close(w);
}

static void add_heredocs(struct json_writer *w, const struct instruction *instruction)
{
    json_open_array(w, "heredocs");
    for (size_t i = 0; i < instruction->heredoc_count; i++) {
        const struct heredoc *heredoc = &instruction->heredocs[i];

        json_open_object(w, NULL);
        json_add_string(w, "name", heredoc->name);
        json_add_int(w, "first_line", heredoc->first_line);
        json_add_int(w, "last_line", heredoc->last_line);
        json_add_bool(w, "expand", heredoc->expand);
        json_add_bool(w, "strip_tabs", heredoc->strip_tabs);
        json_add_int(w, "descriptor", heredoc->descriptor);
        json_add_string(w, "body", heredoc->body);
        json_close(w);
    }
    json_close(w);
}

static void add_instruction(struct json_writer *w, const char *name, const struct instruction *instruction)
{
    enum argument_form form = keyword_spec(instruction->keyword)->form;

    json_open_object(w, name);
    json_add_string(w, "keyword", keyword_spec(instruction->keyword)->name);
    json_add_string(w, "name", instruction->name);
    json_add_int(w, "first_line", instruction->first_line);
    json_add_int(w, "last_line", instruction->last_line);
    json_add_string(w, "source", instruction->source);
    json_add_strings(w, "flags", &instruction->flags);
    json_add_strings(w, "args", &instruction->args);
    if (instruction->exec_form)
        json_add_string(w, "form", "exec");
    else if (form == FORM_COMMAND || form == FORM_HEALTHCHECK)
        json_add_string(w, "form", "shell");
    add_heredocs(w, instruction);
    if (instruction->onbuild)
        add_instruction(w, "onbuild", instruction->onbuild);
    json_close(w);
}

static void add_diagnostics(struct json_writer *w, const struct dockerfile *file)
{
    json_open_array(w, "diagnostics");
    for (size_t i = 0; i < file->diagnostic_count; i++) {
        json_open_object(w, NULL);
        json_add_int(w, "line", file->diagnostics[i].line);
        json_add_string(w, "level", file->diagnostics[i].warning ? "warning" : "error");
        json_add_string(w, "text", file->diagnostics[i].text);
        json_close(w);
    }
    json_close(w);
}

void print_json(const struct dockerfile *file, FILE *out)
{
    struct json_writer w = { .pretty = true };
    const char escape[] = { file->escape, '\0' };

    json_open_object(&w, NULL);
    json_add_string(&w, "file", file->name);
    json_add_string(&w, "escape", escape);
    add_directives(&w, file);
    json_open_array(&w, "instructions");
    for (size_t i = 0; i < file->count; i++)
        add_instruction(&w, NULL, &file->instructions[i]);
    json_close(&w);
    add_diagnostics(&w, file);
    json_close(&w);
    fprintf(out, "%s\n", str_text(&w.out));
    str_free(&w.out);
}
