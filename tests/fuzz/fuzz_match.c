/* Patterns of COPY and .dockerignore: none hangs, and what promises to be clean is. */
#include "dockerignore.h"
#include "fuzz.h"
#include "match.h"
#include "path.h"

static void try_path(const char *text)
{
    _cleanup_free_ char *clean = path_clean(text), *again = path_clean(clean), *inside = path_inside(text);

    must_hold(strcmp(clean, again) == 0);
    must_hold(inside[0] != '/' && strcmp(inside, "..") != 0 && !starts_with(inside, "../"));
}

/* A path, and behind a NUL the patterns of a .dockerignore. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_strv_ struct strv texts = fuzz_texts(data, size);
    struct dockerignore ignore = { 0 };
    struct error err = { 0 };

    if (texts.count < 2)
        return 0;
    try_path(texts.items[0]);
    try_path(texts.items[1]);
    if (!match_valid(texts.items[1]))
        must_hold(!match_path(texts.items[1], texts.items[0]));
    else if (!match_has_wildcards(texts.items[1]) && !strchr(texts.items[1], '\\'))
        must_hold(match_path(texts.items[1], texts.items[0]) ==
                  (strcmp(texts.items[1], texts.items[0]) == 0));
    match_ignore(texts.items[1], texts.items[0]);
    _cleanup_free_ char *inside = path_inside(texts.items[0]);
    if (dockerignore_parse(".dockerignore", texts.items[1], &ignore, &err) == 0)
        dockerignore_match(&ignore, inside);
    dockerignore_free(&ignore);
    return 0;
}
