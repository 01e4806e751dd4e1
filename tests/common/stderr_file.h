/* A file in the place of standard error, for tests of what is printed there. */
#ifndef GOCKER_STDERR_FILE_H
#define GOCKER_STDERR_FILE_H

#include "str.h"
#include "testing.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* Put the file there. Returns what standard error was, for written(). */
static inline int redirect(void)
{
    int saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
    FILE *file = tmpfile();

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(dup2(fileno(file), STDERR_FILENO), STDERR_FILENO);
    fclose(file);
    return saved;
}

/* What was written since; standard error is as before. The caller frees it. */
static inline char *written(int saved)
{
    struct str text = { 0 };
    char buffer[4096];
    ssize_t got;

    lseek(STDERR_FILENO, 0, SEEK_SET);
    while ((got = read(STDERR_FILENO, buffer, sizeof buffer)) > 0)
        str_add_bytes(&text, buffer, (size_t)got);
    dup2(saved, STDERR_FILENO);
    close(saved);
    return str_take(&text);
}

#endif
