/* From the text behind an instruction's flags to its arguments, in the form that its keyword has. */
#include "exec_form.h"
#include "keyword.h"
#include "parse.h"

#include <string.h>

/* What separates the arguments of most instructions. */
#define BLANKS "\t\v\f\r "

/* Append the character at TEXT, with U+FFFD for a byte that is no UTF-8, as the builders do. Returns what is
 * behind it. */
static const char *add_character(struct str *s, const char *text)
{
    char32_t character;
    size_t length = utf8_decode(text, &character);

    utf8_add(s, character);
    return text + length;
}

/* Take the word at TEXT into WORD, with its quotes and escapes, which are for the expansion to remove. In
 * single quotes nothing is escaped. *IS_WORD: also an empty one, when it has quotes. Returns what follows. */
static const char *take_word(const char *text, char escape, struct str *word, bool *is_word)
{
    char32_t character;
    char quote = '\0';

    *is_word = false;
    while (*text != '\0' && (quote != '\0' || (utf8_decode(text, &character), !is_white_space(character)))) {
        if (*text == escape && quote != '\'') {
            if (text[1] == '\0')
                return text + 1; /* dropped at the end */
            text = add_character(word, text);
        } else if (*text == quote) {
            quote = '\0';
        } else if (quote == '\0' && (*text == '\'' || *text == '"')) {
            quote = *text;
        }
        text = add_character(word, text);
        *is_word = true;
    }
    return text;
}

void quoted_words(const char *text, char escape, struct strv *words)
{
    bool is_word;

    while (text = utf8_skip_space(text), *text != '\0') {
        _cleanup_str_ struct str word = { 0 };

        text = take_word(text, escape, &word, &is_word);
        if (is_word)
            strv_add_owned(words, str_take(&word));
    }
}

static void blank_separated(const char *text, struct strv *args)
{
    for (text += strspn(text, BLANKS); *text != '\0'; text += strspn(text, BLANKS)) {
        size_t length = strcspn(text, BLANKS);

        strv_add_owned(args, must_strndup(text, length));
        text += length;
    }
}

/* The old form of ENV and LABEL: one name, and a value that is all the rest of the line. */
static int parse_old_pair(const char *text, struct instruction *instruction, struct error *err)
{
    size_t name = strcspn(text, BLANKS);

    if (text[name] == '\0')
        return fail(err, 0, "%s %s: a value is missing; write %s %s=value", instruction->name, text,
                    instruction->name, text);
    strv_add_owned(&instruction->args, must_strndup(text, name));
    strv_add(&instruction->args, text + name + strspn(text + name, BLANKS));
    strv_add(&instruction->args, "");
    return 0;
}

/* ENV and LABEL. Whether the first word has a = tells the two forms apart. */
static int parse_pairs(struct parser *parser, const char *text, struct instruction *instruction,
                       struct error *err)
{
    _cleanup_strv_ struct strv words = { 0 };

    quoted_words(text, parser->file->escape, &words);
    if (words.count == 0)
        return 0;
    if (!strchr(words.items[0], '='))
        return parse_old_pair(text, instruction, err);
    for (size_t i = 0; i < words.count; i++) {
        const char *word = words.items[i], *equals = strchr(word, '=');

        if (!equals)
            return fail(err, 0,
                        "%s: %s has no =; each argument has the form name=value, and a value with blanks "
                        "needs quotes",
                        instruction->name, word);
        strv_add_owned(&instruction->args, must_strndup(word, (size_t)(equals - word)));
        strv_add(&instruction->args, equals + 1);
        strv_add(&instruction->args, "=");
    }
    return 0;
}

/* A JSON array, or else the whole text for a shell. */
static int parse_command_line(const char *text, struct instruction *instruction, struct error *err)
{
    if (*text == '\0')
        return 0;
    if (exec_form_parse(text, &instruction->exec_form, &instruction->args, err) < 0)
        return fail_while(err, "%s", instruction->name);
    if (!instruction->exec_form)
        strv_add(&instruction->args, text);
    return 0;
}

static int parse_paths(const char *text, struct instruction *instruction, struct error *err)
{
    if (exec_form_parse(text, &instruction->exec_form, &instruction->args, err) < 0)
        return fail_while(err, "%s", instruction->name);
    if (!instruction->exec_form)
        blank_separated(text, &instruction->args);
    return 0;
}

/* NONE, or CMD and a command in one of its two forms. */
static int parse_healthcheck(const char *text, struct instruction *instruction, struct error *err)
{
    size_t type = strcspn(text, BLANKS);

    if (type == 0)
        return 0;
    strv_add_owned(&instruction->args, must_strndup(text, type));
    return parse_command_line(text + type + strspn(text + type, BLANKS), instruction, err);
}

static int parse_onbuild(struct parser *parser, const char *text, int depth, struct instruction *instruction,
                         struct error *err)
{
    if (*text == '\0')
        return 0;
    if (depth == MAX_ONBUILD_DEPTH)
        return fail(err, 0, "more than %d ONBUILD in one another; there may be one only", MAX_ONBUILD_DEPTH);
    instruction->onbuild = must_calloc(1, sizeof *instruction->onbuild);
    return parse_instruction(parser, text, depth + 1, instruction->onbuild, err);
}

int parse_arguments(struct parser *parser, const char *text, int depth, struct instruction *instruction,
                    struct error *err)
{
    switch (keyword_spec(instruction->keyword)->form) {
    case FORM_COMMAND: return parse_command_line(text, instruction, err);
    case FORM_PATHS: return parse_paths(text, instruction, err);
    case FORM_PAIRS: return parse_pairs(parser, text, instruction, err);
    case FORM_HEALTHCHECK: return parse_healthcheck(text, instruction, err);
    case FORM_INSTRUCTION: return parse_onbuild(parser, text, depth, instruction, err);
    case FORM_WORDS: blank_separated(text, &instruction->args); break;
    case FORM_NAMES: quoted_words(text, parser->file->escape, &instruction->args); break;
    case FORM_TEXT:
        if (*text != '\0')
            strv_add(&instruction->args, text);
        break;
    case FORM_UNKNOWN: strv_add(&instruction->args, ""); break; /* as BuildKit dumps it */
    }
    return 0;
}
