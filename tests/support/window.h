/* Programs in a terminal window (pty(7)), as if a person sat there: who types, reads, resizes and leaves. */
#ifndef GOCKER_WINDOW_H
#define GOCKER_WINDOW_H

#include "testing.h"

#include <sys/types.h>

struct window;

/* Start ARGV as HOW says (input is not used) in a new session, whose controlling terminal, 24 rows of 80
 * columns, is its standard input, output and error. The test need not free it; what it started must have
 * ended by the end of the test. */
struct window *start_in_window(const struct how *how, const char *const *argv);

pid_t window_pid(const struct window *t);

/* Type LENGTH bytes. */
void type_bytes(struct window *t, const char *bytes, size_t length);
void type(struct window *t, const char *text);

/* Wait until TEXT is printed, behind what an earlier call has found; fail the test where that does not
 * happen. */
void expect(struct window *t, const char *text);

/* Change its size, as a window does; the program's process group gets SIGWINCH. */
void resize(struct window *t, int rows, int columns);

/* In raw mode: no echo, no lines, no signals by keys. */
bool window_is_raw(const struct window *t);

/* Wait until it is (not). Fails the test where that does not happen. */
void expect_raw(const struct window *t, bool raw);

/* Close it: the line is cut. */
void close_window(struct window *t);

/* Wait for the program's end. out is all that was printed; err is "". The terminal stays, for window_is_raw. */
struct outcome leave_window(struct window *t);

#endif
