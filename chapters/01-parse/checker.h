/* Looking at each instruction, on its own and in its stage: what is not syntax, but would fail a build. */
#ifndef GOCKER_CHECKER_H
#define GOCKER_CHECKER_H

#include "dockerfile.h"

struct checker {
    struct dockerfile *file; /* whose diagnostics grow */
    bool enabled;            /* false: every function here does nothing */
    bool in_stage;           /* there was a FROM */
    bool missed;             /* something could not be read; it may have been a FROM */
    void *stage_names;       /* a tree of strings (tsearch(3)) */
    int last_cmd, last_entrypoint, last_healthcheck; /* lines in this stage, or 0 */
};

void checker_free(struct checker *checker); /* for _cleanup_(checker_free) */

/* The next instruction of the file. */
void check_instruction(struct checker *checker, const struct instruction *instruction);

/* The next instruction broke the syntax. */
void checker_miss(struct checker *checker);

/* The file ended at LINE. */
void check_end(struct checker *checker, int line);

/* The parts of check_instruction. */
void check_flags(struct dockerfile *file, const struct instruction *instruction);
void check_mount(struct dockerfile *file, const struct instruction *instruction, const char *mount);
void check_arguments(struct dockerfile *file, const struct instruction *instruction);
void check_expose(struct dockerfile *file, const struct instruction *instruction);
void check_stage(struct checker *checker, const struct instruction *instruction);

#endif
