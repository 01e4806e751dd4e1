/* Wildcards. A pattern becomes a list of steps, and the path is read once with the set of all steps that could
 * come next (an automaton, as in Thompson's paper): unlike trying each choice in turn, that cannot take
 * exponential time, whatever the pattern. */
#include "match.h"
#include "str.h"

#include <stdint.h>
#include <string.h>

enum step_type {
    STEP_CHARACTER,   /* this one */
    STEP_ANY,         /* ?: one character, not / */
    STEP_CLASS,       /* [a-z] */
    STEP_STAR,        /* *: any number of characters, not / */
    STEP_DIRECTORIES, /* ** on the way: nothing, or any path that ends with / */
    STEP_ALL,         /* ** at the end: whatever is left */
};

struct step {
    enum step_type type;
    uint32_t character;
    const char *text; /* in the pattern: the character, or what is behind the [ of a class */
};

struct steps {
    struct step *list;
    size_t count;
};

static void free_steps(struct steps *steps)
{
    free(steps->list);
}

/* The character at *P, which moves behind it: a code point, or for a byte that begins no well-formed
 * sequence a number outside Unicode, so that such a byte equals only itself. */
static uint32_t next_character(const char **p)
{
    const unsigned char *s = (const unsigned char *)*p;
    int more = s[0] >= 0xf0 && s[0] < 0xf8 ? 3 : s[0] >= 0xe0 ? 2 : 1;
    uint32_t c = s[0];

    if (s[0] >= 0xc2 && s[0] < 0xf8) {
        c &= 0x3fU >> more;
        for (int i = 1; i <= more; i++) {
            if ((s[i] & 0xc0) != 0x80) {
                more = -1;
                break;
            }
            c = c << 6 | (s[i] & 0x3f);
        }
        if (more > 0) {
            *p += 1 + more;
            return c;
        }
    }
    *p += 1;
    return s[0] < 0x80 ? s[0] : 0x110000U + s[0];
}

/* One end of a range in a class. False where the pattern ends, or a bare - or ] stands there. */
static bool class_character(const char **p, uint32_t *c)
{
    if (**p == '\\')
        ++*p;
    else if (**p == '-' || **p == ']')
        return false;
    if (**p == '\0')
        return false;
    *c = next_character(p);
    return true;
}

/* Read the class at *P (behind the [) to behind its ], and see whether C is in it. False where it is
 * malformed. */
static bool read_class(const char **p, uint32_t c, bool *member)
{
    bool negated = **p == '^', found = false;
    uint32_t low, high;

    if (negated)
        ++*p;
    do {
        if (!class_character(p, &low))
            return false;
        high = low;
        if (**p == '-') {
            ++*p;
            if (!class_character(p, &high))
                return false;
        }
        found |= low <= c && c <= high;
    } while (**p != ']');
    ++*p;
    *member = found != negated;
    return true;
}

/* ** or, where IGNORE is false, the first of two stars that mean the same as one. */
static enum step_type read_star(const char **p, bool ignore)
{
    ++*p;
    if (!ignore || **p != '*')
        return STEP_STAR;
    ++*p;
    if (**p == '/')
        ++*p;
    return **p == '\0' ? STEP_ALL : STEP_DIRECTORIES;
}

/* False where the pattern is malformed. */
static bool compile(const char *pattern, bool ignore, struct steps *steps)
{
    bool unused;

    steps->list = must_calloc(strlen(pattern) + 1, sizeof *steps->list);
    for (const char *p = pattern; *p != '\0'; steps->count++) {
        struct step *step = &steps->list[steps->count];

        if (*p == '*') {
            step->type = read_star(&p, ignore);
        } else if (*p == '?') {
            step->type = STEP_ANY;
            p++;
        } else if (*p == '[') {
            step->type = STEP_CLASS;
            step->text = ++p;
            if (!read_class(&p, 0, &unused))
                return false;
        } else {
            if (*p == '\\' && *++p == '\0')
                return false;
            step->type = STEP_CHARACTER;
            step->text = p;
            step->character = next_character(&p);
        }
    }
    return true;
}

/* Does C satisfy the one-character step? */
static bool accepts(const struct step *step, uint32_t c)
{
    const char *class = step->text;
    bool member = false;

    switch (step->type) {
    case STEP_CHARACTER: return c == step->character;
    case STEP_ANY: return c != '/';
    case STEP_CLASS: return read_class(&class, c, &member) && member;
    default: return false;
    }
}

/* What could come next: at[i] is true where step i could, at[count] where the pattern is done; inside[i]
 * where a ** has eaten a part of a component and needs its slash first. */
struct positions {
    bool *at, *inside;
};

/* Step I is next; so is the one behind it, where I may stand for nothing. */
static void enter(const struct steps *steps, bool *at, size_t i)
{
    for (; !at[i]; i++) {
        at[i] = true;
        if (i == steps->count || (steps->list[i].type != STEP_STAR && steps->list[i].type != STEP_ALL &&
                                  steps->list[i].type != STEP_DIRECTORIES))
            return;
    }
}

/* Read C: all that was next in FROM becomes what is next in TO. */
static void advance(const struct steps *steps, const struct positions *from, const struct positions *to,
                    uint32_t c)
{
    for (size_t i = 0; i < steps->count; i++) {
        enum step_type type = steps->list[i].type;

        if (type == STEP_DIRECTORIES && (from->at[i] || from->inside[i])) {
            to->inside[i] = true;
            if (c == '/')
                enter(steps, to->at, i + 1);
        } else if (from->at[i]) {
            if (type == STEP_ALL || (type == STEP_STAR && c != '/'))
                enter(steps, to->at, i);
            else if (accepts(&steps->list[i], c))
                enter(steps, to->at, i + 1);
        }
    }
}

/* Is the whole of PATH matched? Or, where PARENTS, a directory on the way to it? */
static bool run(const struct steps *steps, const char *path, bool parents)
{
    const char *start = path;
    size_t size = steps->count + 1;
    _cleanup_free_ bool *memory = must_calloc(4 * size, sizeof *memory);
    struct positions now = { memory, memory + size }, next = { memory + 2 * size, memory + 3 * size }, swap;

    enter(steps, now.at, 0);
    while (*path != '\0') {
        if (parents && *path == '/' && path > start && now.at[steps->count])
            return true;
        memset(next.at, 0, 2 * size * sizeof *next.at); /* inside lies behind it */
        advance(steps, &now, &next, next_character(&path));
        swap = now;
        now = next;
        next = swap;
    }
    return now.at[steps->count];
}

static bool match(const char *pattern, const char *path, bool ignore)
{
    _cleanup_(free_steps) struct steps steps = { 0 };

    return compile(pattern, ignore, &steps) && run(&steps, path, false);
}

bool match_has_wildcards(const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr("*?[", *text))
            return true;
        if (*text == '\\' && *++text == '\0')
            return false;
    }
    return false;
}

bool match_valid(const char *pattern)
{
    _cleanup_(free_steps) struct steps steps = { 0 };

    return compile(pattern, false, &steps);
}

bool match_path(const char *pattern, const char *path)
{
    return match(pattern, path, false);
}

/* Docker takes "**.log" by its ending alone as long as the rest has no wildcard, and people rely on it. Returns the
 * ending, or NULL. */
static const char *ending_of(const char *pattern)
{
    bool is_ending = starts_with(pattern, "**") && pattern[2] != '\0' && pattern[2] != '/' &&
                     !strpbrk(pattern + 2, "*?[\\");

    return is_ending ? pattern + 2 : NULL;
}

bool match_ignore(const char *pattern, const char *path)
{
    const char *ending = ending_of(pattern);

    return ending ? ends_with(path, ending) : match(pattern, path, true);
}

/* ---- many paths */

struct ignore_pattern {
    char *text;
    const char *ending; /* as above; NULL: it has steps */
    struct steps steps;
    bool valid;
    char *literal; /* characters in a row that every path it matches has; "" where it has none */
};

/* The longest row of characters among STEPS. */
static char *longest_literal(const struct steps *steps)
{
    struct str longest = { 0 };

    for (size_t i = 0; i < steps->count; i++) {
        _cleanup_str_ struct str row = { 0 };

        for (; i < steps->count && steps->list[i].type == STEP_CHARACTER; i++) {
            const char *end = steps->list[i].text;

            next_character(&end);
            str_add_bytes(&row, steps->list[i].text, (size_t)(end - steps->list[i].text));
        }
        if (row.length > longest.length) {
            struct str swap = longest;

            longest = row;
            row = swap;
        }
    }
    return str_take(&longest);
}

struct ignore_pattern *ignore_pattern_new(const char *text)
{
    struct ignore_pattern *pattern = must_calloc(1, sizeof *pattern);

    pattern->text = must_strdup(text);
    pattern->ending = ending_of(pattern->text);
    pattern->valid = compile(pattern->text, true, &pattern->steps);
    pattern->literal = pattern->ending ? must_strdup(pattern->ending) : longest_literal(&pattern->steps);
    return pattern;
}

void ignore_pattern_free(struct ignore_pattern *pattern)
{
    free(pattern->text);
    free_steps(&pattern->steps);
    free(pattern->literal);
    free(pattern);
}

/* Does PATH, or a directory on the way to it, end with ENDING? */
static bool ends_on_the_way(const char *path, const char *ending)
{
    size_t length = strlen(ending);

    for (const char *found = path; (found = strstr(found, ending)) != NULL; found++)
        if (found[length] == '\0' || (found[length] == '/' && found + length > path))
            return true;
    return false;
}

bool ignore_pattern_hides(const struct ignore_pattern *pattern, const char *path)
{
    /* Most patterns have nothing to do with most paths. This finds out without reading the steps: thousands of lines
     * and tens of thousands of files would take minutes. */
    if (!pattern->valid || !strstr(path, pattern->literal))
        return false;
    return pattern->ending ? ends_on_the_way(path, pattern->ending) : run(&pattern->steps, path, true);
}
