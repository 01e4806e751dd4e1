/* Here-documents: finding the words that begin one. Their bodies are read in parse.c. */
#include "heredoc.h"
#include "word.h"

#include <string.h>

void heredoc_free(struct heredoc *heredoc)
{
    free(heredoc->name);
    free(heredoc->body);
    *heredoc = (struct heredoc){ 0 };
}

static size_t count_quotes(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++)
        count += *text == '"' || *text == '\'';
    return count;
}

/* TEXT is the word behind <<. Read twice, once with its quotes kept: where that makes a difference the word is
 * quoted, and the body is not expanded. An escaped quote is in both. */
static int read_name(const char *text, struct heredoc *heredoc, bool *found, struct error *err)
{
    static const struct strv no_env;
    struct word_rules rules = { .escape = '\\', .keep_unset = true };
    _cleanup_str_ struct str ignored = { 0 };
    _cleanup_strv_ struct strv plain = { 0 }, quoted = { 0 };

    if (word_process(text, &rules, &no_env, &ignored, &plain, err) < 0)
        return fail_while(err, "the heredoc <<%s", text);
    if (plain.count != 1)
        return 0;
    rules.keep_quotes = true;
    if (word_process(text, &rules, &no_env, &ignored, &quoted, err) < 0)
        return fail_while(err, "the heredoc <<%s", text);
    if (quoted.count != 1)
        return fail(err, 0, "the heredoc <<%s: write its end word in one piece", text);

    heredoc->name = must_strdup(plain.items[0]);
    heredoc->expand = count_quotes(plain.items[0]) == count_quotes(quoted.items[0]);
    *found = true;
    return 0;
}

int heredoc_word(const char *word, struct heredoc *heredoc, bool *found, struct error *err)
{
    size_t digits = strspn(word, "0123456789");
    const char *text = word + digits;

    *heredoc = (struct heredoc){ 0 };
    *found = false;
    if (!starts_with(text, "<<"))
        return 0;
    text += 2;
    for (size_t i = 0; i < digits && digits < 10; i++)
        heredoc->descriptor = heredoc->descriptor * 10 + (word[i] - '0');
    heredoc->strip_tabs = *text == '-';
    text += heredoc->strip_tabs;
    text += strspn(text, "\t\n\f\r ");
    if (*text == '\0' || strchr(text, '<')) /* <<< is the shell's here-string */
        return 0;
    return read_name(text, heredoc, found, err);
}

static int add_heredoc(const char *word, struct instruction *instruction, struct error *err)
{
    struct heredoc heredoc;
    bool found;

    if (heredoc_word(word, &heredoc, &found, err) < 0)
        return -1;
    if (!found)
        return 0;
    instruction->heredocs =
        must_realloc(instruction->heredocs, instruction->heredoc_count + 1, sizeof heredoc);
    instruction->heredocs[instruction->heredoc_count++] = heredoc;
    return 0;
}

int heredocs_of_line(const char *line, struct instruction *instruction, struct error *err)
{
    static const struct strv no_env;
    static const struct word_rules raw = {
        .escape = '\\', .keep_quotes = true, .keep_escapes = true, .keep_unset = true
    };
    _cleanup_str_ struct str ignored = { 0 };
    _cleanup_strv_ struct strv words = { 0 };
    struct error unreadable;

    if (!strstr(line, "<<"))
        return 0;
    /* What these rules cannot read (RUN echo it\'s "${x^^}") has a meaning to the shell, and no heredocs. */
    if (word_process(line, &raw, &no_env, &ignored, &words, &unreadable) < 0)
        return 0;
    for (size_t i = 0; i < words.count; i++)
        if (add_heredoc(words.items[i], instruction, err) < 0)
            return -1;
    return 0;
}
