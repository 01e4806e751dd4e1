/* The three ways of showing a parsed Dockerfile. */
#ifndef GOCKER_PRINT_H
#define GOCKER_PRINT_H

#include "dockerfile.h"

#include <stdio.h>

/* A line an instruction, as BuildKit's parser dumps it: (run "make -j"). Heredocs are not shown. */
void print_dump(const struct dockerfile *file, FILE *out);

/* Everything, as JSON. The names in it are in README.md. */
void print_json(const struct dockerfile *file, FILE *out);

/* For people: stages, the lines of each instruction, what belongs to it. COLOR: with escape sequences. */
void print_tree(const struct dockerfile *file, bool color, FILE *out);

#endif
