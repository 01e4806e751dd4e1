/* Dockerfiles: any bytes are parsed or refused, and what was parsed can be printed and expanded. */
#include "dockerfile.h"
#include "fuzz.h"
#include "json.h"
#include "print.h"
#include "word.h"

/* Every word may be expanded, and then stays within its limit. */
static void expand(const struct instruction *instruction, char escape, const struct strv *env)
{
    for (size_t i = 0; i < instruction->args.count; i++) {
        _cleanup_strv_ struct strv words = { 0 };
        struct error err = { 0 };
        _cleanup_free_ char *word = word_expand(instruction->args.items[i], escape, env, &err);
        int split = words_expand(instruction->args.items[i], escape, env, &words, &err);

        must_hold((word != NULL) == (split == 0));
        must_hold(word ? strlen(word) <= WORD_MAX_BYTES : err.text[0] != '\0');
    }
    for (size_t i = 0; i < instruction->heredoc_count; i++) {
        struct error err = { 0 };
        _cleanup_free_ char *body = body_expand(instruction->heredocs[i].body, env, &err);

        must_hold(body || err.text[0] != '\0');
    }
    if (instruction->onbuild)
        expand(instruction->onbuild, escape, env);
}

static void check_lines(const struct dockerfile *file)
{
    int last = 0;

    for (size_t i = 0; i < file->count; i++) {
        must_hold(file->instructions[i].first_line > last);
        must_hold(file->instructions[i].last_line >= file->instructions[i].first_line);
        last = file->instructions[i].last_line;
    }
    for (size_t i = 1; i < file->diagnostic_count; i++)
        must_hold(file->diagnostics[i].line >= file->diagnostics[i - 1].line);
}

/* The JSON that is printed must be JSON, and a person's tree and a dump must at least end. */
static void print(const struct dockerfile *file)
{
    _cleanup_json_ struct json *value = NULL;
    struct error err = { 0 };
    char *text = NULL;
    size_t length = 0, before;
    FILE *out = open_memstream(&text, &length);

    must_hold(out != NULL);
    print_json(file, out);
    fflush(out);
    value = json_parse(text, length, &err);
    must_hold(value != NULL || length > JSON_MAX_BYTES);
    before = length;
    print_tree(file, true, out);
    print_dump(file, out);
    fclose(out);
    must_hold(length >= before);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *items[] = { "A=1", "EMPTY=", "SPACE=a b", "foo=bar baz", "x=abcabc", NULL };
    const struct strv env = { items, 5 };

    for (int check = 0; check < 2; check++) {
        struct dockerfile file = { 0 };
        struct error err = { 0 };
        int result = dockerfile_parse("Dockerfile", (const char *)data, size, check, &file, &err);

        must_hold(result == 0 || file.diagnostic_count > 0);
        check_lines(&file);
        print(&file);
        for (size_t i = 0; i < file.count; i++)
            expand(&file.instructions[i], file.escape, &env);
        dockerfile_free(&file);
    }
    return 0;
}
