/* What the fuzz targets share. Each is a program that clang's libFuzzer drives: it calls LLVMFuzzerTestOneInput
 * with input after input, made to reach new code, until one of them crashes, hangs, leaks, or breaks a promise
 * that must_hold states. */
#ifndef GOCKER_FUZZ_H
#define GOCKER_FUZZ_H

#include "str.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The exit status of a target that cannot run here. */
#define FUZZ_SKIPPED 77

/* libFuzzer's: called once before all inputs, in the targets that have it; and with each input. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A finding, with what should have been true. */
#define must_hold(condition)                                                                                 \
    do {                                                                                                     \
        if (!(condition)) {                                                                                  \
            fprintf(stderr, "%s:%d: wanted %s\n", __FILE__, __LINE__, #condition);                           \
            abort();                                                                                         \
        }                                                                                                    \
    } while (0)

/* Write SIZE bytes to the new file PATH. Did it work? */
static inline bool fuzz_put_file(const char *path, const void *bytes, size_t size)
{
    _cleanup_fclose_ FILE *file = fopen(path, "we");

    return file && fwrite(bytes, 1, size, file) == size && fflush(file) == 0;
}

/* The input cut at each NUL, as strings of their own size, so that AddressSanitizer sees a byte too far. */
static inline struct strv fuzz_texts(const uint8_t *data, size_t size)
{
    struct strv texts = { 0 };

    for (size_t at = 0; at < size; at++) {
        strv_add_owned(&texts, must_strndup((const char *)data + at, size - at));
        at += strnlen((const char *)data + at, size - at);
    }
    return texts;
}

#endif
