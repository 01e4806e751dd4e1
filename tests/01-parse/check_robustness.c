/* Any bytes: Dockerfiles and words that were broken on purpose neither crash the parser nor hold it up. What
 * is asserted of each is that the answer fits together; the sanitizers see the rest. */
#include "parsing.h"
#include "word.h"

#define ROUNDS 4000

static const char *const samples[] = {
    "# syntax=docker/dockerfile:1\n# escape=`\nFROM --platform=$P a AS b\nRUN x `\n  y `\n# c\n z\n",
    "ARG V=1\nFROM a:${V:-2}\nCOPY --from=b --link [\"c d\", \"e\\u00e9\\n\"]\nENV A=\"b c\" D='e' F=g\\ h\n",
    "FROM a\nCOPY <<-'E' <<\"F\" /x/\n\t$a\n\tE\nb\nF\nRUN 3<<G cat\r\nG\r\nONBUILD ADD <<H /\nH\n",
    "FROM a\nHEALTHCHECK --interval=5s --retries=3 CMD [\"a\"]\nEXPOSE 80/tcp 1-2\nRUN --mount=type=bind,ro ls\n",
    "\357\273\277from a\nonbuild onbuild run [ \"a\" ]\nlabel a b c\nshell [\"☃\"]\nvolume /한국어\nfoo\n",
};

static const char *const pieces[] = {
    "\\",   "\n",       "\r\n",     "`",        "\"",      "'",    "$",    "${",
    "}",    "<<",       "<<E",      "[",        "]",       "[\"",  "--",   "=",
    "#",    "\t",       " ",        "ONBUILD ", "FROM ",   "RUN ", "ENV ", "HEALTHCHECK ",
    "\xff", "\xe2\x98", "\xc2\xa0", "\\ud800",  "\\u0000",
};

/* A linear congruential generator, so that every machine sees the same rounds (Numerical Recipes, 7.1). */
static unsigned next_random(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Replace up to 8 bytes of TEXT somewhere by a piece, by a byte, or by nothing. */
static void mutate(struct str *text, unsigned *state)
{
    size_t at = next_random(state) % (text->length + 1), rest = text->length - at;
    size_t cut = next_random(state) % 9 < rest ? next_random(state) % 9 : 0;
    char byte = (char)(next_random(state) % 255 + 1);
    struct str changed = { 0 };

    if (cut > rest)
        cut = rest;
    str_add_bytes(&changed, text->text, at);
    if (next_random(state) % 4 == 0)
        str_add_char(&changed, byte);
    else if (next_random(state) % 4 != 0)
        str_add(&changed, pieces[next_random(state) % (sizeof pieces / sizeof *pieces)]);
    str_add_bytes(&changed, text->text + at + cut, rest - cut);
    str_free(text);
    *text = changed;
}

/* Lines are in order and inside the file, and ONBUILD's instruction has those of its own. */
static void check_consistent(const struct dockerfile *file, int lines)
{
    int last = 0;

    for (size_t i = 0; i < file->count; i++) {
        const struct instruction *instruction = &file->instructions[i];

        ck_assert_int_gt(instruction->first_line, last);
        ck_assert_int_ge(instruction->last_line, instruction->first_line);
        last = instruction->last_line;
        for (size_t j = 0; j < instruction->flags.count; j++)
            ck_assert(starts_with(instruction->flags.items[j], "--"));
    }
    ck_assert_int_le(last, lines);
    for (size_t i = 0; i + 1 < file->diagnostic_count; i++)
        ck_assert_int_le(file->diagnostics[i].line, file->diagnostics[i + 1].line);
}

static int count_lines(const char *text)
{
    int lines = 1;

    for (; *text != '\0'; text++)
        lines += *text == '\n';
    return lines;
}

START_TEST(broken_dockerfiles_are_parsed_or_refused)
{
    unsigned state = 1;

    for (int round = 0; round < ROUNDS; round++) {
        struct str text = { 0 };
        _cleanup_(dockerfile_free) struct dockerfile file;
        struct error err;
        FILE *nowhere;
        int outcome;

        str_add(&text, samples[round % (sizeof samples / sizeof *samples)]);
        for (unsigned i = next_random(&state) % 6; i < 6; i++)
            mutate(&text, &state);
        outcome = dockerfile_parse("D", str_text(&text), text.length, round % 2 == 0, &file, &err);
        ck_assert_msg((outcome < 0) == (file.error_count > 0), "of:\n%s", str_text(&text));
        check_consistent(&file, count_lines(str_text(&text)));
        nowhere = fopen("/dev/null", "we");
        ck_assert_ptr_nonnull(nowhere);
        print_dump(&file, nowhere);
        print_json(&file, nowhere);
        print_tree(&file, true, nowhere);
        fclose(nowhere);
        str_free(&text);
    }
}
END_TEST

START_TEST(broken_words_are_expanded_or_refused)
{
    static const char *const words[] = {
        "a${A:-b${B:+c}}\"$C d\"'e'\\f",
        "${P##*/}${P%.*}${P/b/c}${P//?/\\/}",
        "${A?b}${A:?c}$1$@ <<  E",
    };
    _cleanup_strv_ struct strv env = { 0 };
    unsigned state = 2;

    strv_add(&env, "A=");
    strv_add(&env, "P=/a b/c.d.e");
    for (int round = 0; round < ROUNDS; round++) {
        _cleanup_strv_ struct strv split = { 0 };
        struct str text = { 0 };
        struct error err;
        _cleanup_free_ char *expanded = NULL;
        int outcome;

        str_add(&text, words[round % (sizeof words / sizeof *words)]);
        for (unsigned i = next_random(&state) % 6; i < 6; i++)
            mutate(&text, &state);
        expanded = word_expand(str_text(&text), "\\`"[round % 2], &env, &err);
        outcome = words_expand(str_text(&text), "\\`"[round % 2], &env, &split, &err);
        ck_assert_msg((expanded == NULL) == (outcome < 0), "of %s", str_text(&text));
        for (size_t i = 0; i < split.count; i++)
            ck_assert_msg(*split.items[i] != '\0', "an empty word of %s", str_text(&text));
        str_free(&text);
    }
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { broken_dockerfiles_are_parsed_or_refused, 0, 120 },
        { broken_words_are_expanded_or_refused, 0, 120 },
    };

    return RUN_TESTS("01-parse/robustness", tests, argc, argv);
}
