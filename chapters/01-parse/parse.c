/* Instructions: a logical line's keyword, flags and arguments, and the heredocs below it. */
#include "parse.h"
#include "checker.h"
#include "diagnostic.h"
#include "heredoc.h"
#include "keyword.h"

#include <string.h>

int parse_instruction(struct parser *parser, const char *source, int depth, struct instruction *instruction,
                      struct error *err)
{
    _cleanup_free_ char *text = NULL, *lower = NULL, *arguments = NULL;
    const char *trimmed, *rest;
    size_t length, name;

    trimmed = utf8_trim(source, &length);
    text = must_strndup(trimmed, length);
    name = strcspn(text, "\t\v\f\r ");

    instruction->source = must_strdup(source);
    instruction->name = must_strndup(text, name);
    lower = utf8_lower(instruction->name, parser->utf8);
    instruction->keyword = keyword_find(lower);

    rest = take_flags(text + name, parser->file->escape, &instruction->flags);
    trimmed = utf8_trim(rest, &length);
    arguments = must_strndup(trimmed, length);
    return parse_arguments(parser, arguments, depth, instruction, err);
}

/* Append LINE to BODY, without the tabs it begins with where the heredoc is one of <<-. */
static void add_body_line(struct str *body, struct slice line, bool strip_tabs)
{
    while (strip_tabs && line.length > 0 && *line.text == '\t') {
        line.text++;
        line.length--;
    }
    str_add_bytes(body, line.text, line.length);
}

/* Is LINE the end word of HEREDOC? */
static bool ends_heredoc(const struct heredoc *heredoc, struct slice line)
{
    line = without_line_end(line);
    while (heredoc->strip_tabs && line.length > 0 && *line.text == '\t') {
        line.text++;
        line.length--;
    }
    return line.length == strlen(heredoc->name) && memcmp(line.text, heredoc->name, line.length) == 0;
}

static int read_body(struct parser *parser, struct heredoc *heredoc, struct error *err)
{
    struct str body = { 0 };
    struct slice line;
    bool ended = false;

    heredoc->first_line = parser->line + 1;
    while (!ended && read_line(parser, &line)) {
        ended = ends_heredoc(heredoc, line);
        if (!ended)
            add_body_line(&body, line, heredoc->strip_tabs);
    }
    heredoc->last_line = parser->line;
    heredoc->body = str_take(&body);
    if (!ended)
        return fail(err, 0, "the heredoc <<%s does not end: a line with nothing but %s is missing",
                    heredoc->name, heredoc->name);
    return 0;
}

/* Heredocs belong to ADD, COPY and RUN, also right below ONBUILD; an exec form has none. */
static int read_heredocs(struct parser *parser, struct instruction *instruction, struct error *err)
{
    const char *line = instruction->source;

    if (instruction->keyword == KEYWORD_ONBUILD && instruction->onbuild)
        instruction = instruction->onbuild;
    if (instruction->keyword != KEYWORD_ADD && instruction->keyword != KEYWORD_COPY &&
        instruction->keyword != KEYWORD_RUN)
        return 0;
    if (instruction->exec_form)
        return 0;
    if (heredocs_of_line(line, instruction, err) < 0)
        return -1;
    for (size_t i = 0; i < instruction->heredoc_count; i++)
        if (read_body(parser, &instruction->heredocs[i], err) < 0)
            return -1;
    return 0;
}

static void set_lines(struct instruction *instruction, int first, int last)
{
    for (; instruction; instruction = instruction->onbuild) {
        instruction->first_line = first;
        instruction->last_line = last;
    }
}

/* A new element at the end of FILE's instructions, whose array is grown to the next power of two. */
static struct instruction *add_instruction(struct dockerfile *file)
{
    struct instruction *instruction;

    if ((file->count & (file->count - 1)) == 0)
        file->instructions =
            must_realloc(file->instructions, file->count * 2 + 1, sizeof *file->instructions);
    instruction = &file->instructions[file->count++];
    *instruction = (struct instruction){ 0 };
    return instruction;
}

static void parse_file(struct parser *parser, struct checker *checker)
{
    struct dockerfile *file = parser->file;
    struct instruction *instruction;
    struct error err = { 0 };
    int first_line;

    for (;;) {
        _cleanup_str_ struct str source = { 0 };

        if (!read_logical_line(parser, &source, &first_line))
            break;
        if (file->error_count > MAX_DIAGNOSTICS)
            break;
        instruction = add_instruction(file);
        set_lines(instruction, first_line, parser->line);
        if (parse_instruction(parser, str_text(&source), 0, instruction, &err) < 0 ||
            read_heredocs(parser, instruction, &err) < 0) {
            diagnose_error(file, first_line, "%s", err.text);
            instruction_free(instruction);
            file->count--;
            checker_miss(checker);
            continue;
        }
        set_lines(instruction, first_line, parser->line);
        check_instruction(checker, instruction);
    }
    if (file->count == 0 && file->error_count == 0)
        diagnose_error(file, parser->line > 0 ? parser->line : 1, "the file has no instructions");
}

/* NULs are in no text, and in no argument of a program: an editor has saved UTF-16, or it is no Dockerfile. */
static bool refuse_nul(struct dockerfile *file, const char *text, size_t length)
{
    const char *nul = memchr(text, '\0', length);
    int line = 1;

    if (!nul)
        return false;
    for (const char *at = text; at < nul; at++)
        line += *at == '\n';
    if (length >= 2 && (memcmp(text, "\xff\xfe", 2) == 0 || memcmp(text, "\xfe\xff", 2) == 0))
        diagnose_error(file, line, "the file is in UTF-16; save it as UTF-8");
    else
        diagnose_error(file, line, "there is a NUL byte in the line; is the file a Dockerfile?");
    return true;
}

int dockerfile_parse(const char *name, const char *text, size_t length, bool check, struct dockerfile *file,
                     struct error *err)
{
    _cleanup_(utf8_locale_free) locale_t utf8 = utf8_locale();
    _cleanup_(checker_free) struct checker checker = { .file = file, .enabled = check };
    _cleanup_free_ char *copy = NULL;
    struct parser parser = { .file = file, .utf8 = utf8 };

    *file = (struct dockerfile){ .name = must_strdup(name), .escape = '\\' };
    if (!refuse_nul(file, text, length)) {
        copy = must_strndup(text, length);
        parser.rest = starts_with(copy, "\xef\xbb\xbf") ? copy + 3 : copy; /* the byte order mark */
        parser.end = copy + length;
        parse_file(&parser, &checker);
        check_end(&checker, parser.line);
    }
    if (file->error_count > 0)
        return fail(err, 0, "%zu error%s", file->error_count, file->error_count == 1 ? "" : "s");
    return 0;
}
