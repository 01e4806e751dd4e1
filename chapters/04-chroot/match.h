/* Wildcards: those of COPY's sources (Go's filepath.Match) and those of .dockerignore, which add **. */
#ifndef GOCKER_MATCH_H
#define GOCKER_MATCH_H

#include <stdbool.h>

/* Does TEXT hold *, ? or [, not counting those behind a backslash? */
bool match_has_wildcards(const char *text);

/* Is PATTERN well formed: no \ at its end, no class left open, empty or with a bare - (filepath.Match's
 * ErrBadPattern)? */
bool match_valid(const char *pattern);

/* Does PATTERN match the whole of PATH (filepath.Match)? * and ? stay within a component, [a-z] and [^a-z]
 * are classes, a backslash takes the meaning from what follows. A character is one of UTF-8, or a byte that
 * is none. A malformed pattern matches nothing. Takes time proportional to the product of the lengths. */
bool match_path(const char *pattern, const char *path);

/* The same for a line of .dockerignore (moby's patternmatcher): ** stands for any number of directories,
 * none included; at the end of the pattern for all that is below. "**.log", without a slash, is any path
 * that ends so. */
bool match_ignore(const char *pattern, const char *path);

/* Such a line, made ready to be matched with many paths. Never NULL; a malformed one matches nothing. */
struct ignore_pattern;
struct ignore_pattern *ignore_pattern_new(const char *text);
void ignore_pattern_free(struct ignore_pattern *pattern);

/* Does PATTERN match PATH, or a directory on the way to it? */
bool ignore_pattern_hides(const struct ignore_pattern *pattern, const char *path);

#endif
