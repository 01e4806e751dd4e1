/* From a file to logical lines: ends of lines, comments, continuations, and the directives at the top. */
#include "parse.h"
#include "diagnostic.h"

#include <string.h>

/* A part of the file is no C string; but its lines hold no NUL, and each ends before one or before '\n', so
 * that decoding a character never reads beyond. */
static struct slice without_leading_space(struct slice line)
{
    char32_t character;

    while (line.length > 0) {
        size_t length = utf8_decode(line.text, &character);

        if (!is_white_space(character))
            break;
        line.text += length;
        line.length -= length;
    }
    return line;
}

struct slice without_line_end(struct slice line)
{
    while (line.length > 0 && (line.text[line.length - 1] == '\n' || line.text[line.length - 1] == '\r'))
        line.length--;
    return line;
}

bool read_line(struct parser *parser, struct slice *line)
{
    while (parser->rest < parser->end) {
        const char *newline = memchr(parser->rest, '\n', (size_t)(parser->end - parser->rest));

        line->text = parser->rest;
        parser->rest = newline ? newline + 1 : parser->end;
        line->length = (size_t)(parser->rest - line->text);
        parser->line++;
        if (without_line_end(*line).length <= MAX_LINE_BYTES)
            return true;
        diagnose_error(parser->file, parser->line,
                       "the line has more than %d bytes; break it with a %c at the end of each part",
                       MAX_LINE_BYTES, parser->file->escape);
    }
    return false;
}

static bool is_comment(struct slice line)
{
    line = without_leading_space(line);
    return line.length > 0 && line.text[0] == '#';
}

/* Does the escape character end LINE, blanks and tabs behind it aside? Then it is cut off, and the next line
 * goes on. Two of them are one escaped. */
static bool cut_continuation(struct slice *line, char escape)
{
    size_t length = line->length;

    while (length > 0 && (line->text[length - 1] == ' ' || line->text[length - 1] == '\t'))
        length--;
    if (length == 0 || line->text[length - 1] != escape)
        return false;
    if (length > 1 && line->text[length - 2] == escape)
        return false;
    line->length = length - 1;
    return true;
}

/* Append the lines that continue JOINED, up to one that does not end with the escape character. Comments
 * among them are no part of it, nor are empty lines, which end an instruction everywhere else. */
static void join_continuations(struct parser *parser, struct str *joined, int first_line)
{
    char escape = parser->file->escape;
    struct slice line;
    int empty_line = 0;
    bool more = true;

    while (more && read_line(parser, &line)) {
        line = without_line_end(line);
        if (is_comment(line))
            continue;
        if (without_leading_space(line).length == 0) {
            if (empty_line == 0)
                empty_line = parser->line;
            continue;
        }
        more = cut_continuation(&line, escape);
        str_add_bytes(joined, line.text, line.length);
    }
    if (empty_line > 0)
        diagnose_warning(
            parser->file, first_line,
            "the instruction goes on behind the empty line %d; remove that line, builders are going "
            "to refuse it",
            empty_line);
}

bool read_logical_line(struct parser *parser, struct str *joined, int *first_line)
{
    struct slice line;

    while (read_line(parser, &line)) {
        bool more;

        line = without_leading_space(without_line_end(line));
        read_directive(parser, line);
        if (is_comment(line))
            continue;
        more = cut_continuation(&line, parser->file->escape);
        if (!more && line.length == 0)
            continue;
        *first_line = parser->line;
        str_add_bytes(joined, line.text, line.length);
        if (more)
            join_continuations(parser, joined, *first_line);
        return true;
    }
    return false;
}
