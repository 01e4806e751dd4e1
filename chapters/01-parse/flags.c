/* Flags: the words that begin with --, between an instruction's keyword and its arguments. */
#include "parse.h"

#include <string.h>

/* White space that ends a flag. Only ASCII's: it is bytes of other characters otherwise. */
static bool is_blank(char c)
{
    return c != '\0' && strchr("\t\n\v\f\r ", c) != NULL;
}

/* Take the word at TEXT into WORD, without its quotes and escapes. In either kind of quotes the escape
 * character keeps its meaning. Returns what follows the word. */
static const char *take_word(const char *text, char escape, struct str *word)
{
    char quote = '\0';

    for (; *text != '\0' && (quote != '\0' || !is_blank(*text)); text++) {
        if (*text == quote) {
            quote = '\0';
        } else if (quote == '\0' && (*text == '\'' || *text == '"')) {
            quote = *text;
        } else if (*text == escape) {
            if (text[1] == '\0')
                return text + 1; /* dropped at the end */
            str_add_char(word, *++text);
        } else {
            str_add_char(word, *text);
        }
    }
    return text;
}

const char *take_flags(const char *text, char escape, struct strv *flags)
{
    for (;;) {
        _cleanup_str_ struct str word = { 0 };

        while (is_blank(*text))
            text++;
        if (!starts_with(text, "--"))
            return text;
        text = take_word(text, escape, &word);
        if (strcmp(str_text(&word), "--") == 0)
            return text;
        strv_add_owned(flags, str_take(&word));
    }
}
