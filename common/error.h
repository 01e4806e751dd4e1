/* Errors that say what was being done when they happened.
 *
 * A function that can fail takes `struct error *err` last and returns 0, or -1 with err filled. The place
 * that sees the failure calls fail(); each caller on the way up adds what it was doing with fail_while():
 *
 *     gocker: pull busybox: GET https://…/manifests/latest: 404 not found
 */
#ifndef GOCKER_ERROR_H
#define GOCKER_ERROR_H

#include <stddef.h>

struct error {
    int number;      /* an errno, or 0 where the failure is not a system call's */
    int exit_status; /* what the program should exit with; 0: the command's own default */
    char text[2048]; /* one line, no newline; cut at the end when it grows too long */
};

/* Fill ERR with FORMAT…, followed by ": strerror(NUMBER)" when NUMBER is not 0. Returns -1 always, so that
 * a failing call and its report are one statement: `return fail(err, errno, "open %s", path);` */
int fail(struct error *err, int number, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same, and the program is to exit with EXIT_STATUS (125, 126, 127: see exit_status in process.h). */
int fail_exit(struct error *err, int exit_status, int number, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Put "FORMAT…: " before what ERR says already. Returns -1 always. */
int fail_while(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Print "gocker: TEXT" and a newline on standard error, as print_escaped does; nothing where the text is
 * empty, because all was said already (diagnostics with file and line). */
void error_print(const struct error *err);

/* Print "gocker: warning: FORMAT…" and a newline on standard error, as print_escaped does. */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Print TEXT on standard error with its control bytes as \xNN: a hostile image or registry chooses some of
 * what we print, and a terminal obeys escape sequences. Bytes of UTF-8 pass. */
void print_escaped(const char *text);

#endif
