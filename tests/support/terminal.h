/* Programs on a terminal of their own (pty(7)), as if a person sat there: who types, reads, resizes and leaves. */
#ifndef GOCKER_TERMINAL_H_OF_TESTS
#define GOCKER_TERMINAL_H_OF_TESTS

#include "testing.h"

#include <sys/types.h>

struct terminal;

/* Start ARGV as HOW says (input is not used) in a new session, whose controlling terminal, 24 rows of 80 columns, is its
 * standard input, output and error. The test need not free it; what it started must have ended by the end of the test. */
struct terminal *start_on_terminal(const struct how *how, const char *const *argv);

pid_t terminal_pid(const struct terminal *t);

/* Type LENGTH bytes. */
void type_bytes(struct terminal *t, const char *bytes, size_t length);
void type(struct terminal *t, const char *text);

/* Wait until TEXT is printed, behind what an earlier call has found; fail the test where that does not happen. */
void expect(struct terminal *t, const char *text);

/* Change its size, as a window does; the program's process group gets SIGWINCH. */
void resize(struct terminal *t, int rows, int columns);

/* In raw mode: no echo, no lines, no signals by keys. */
bool terminal_is_raw(const struct terminal *t);

/* Wait until it is (not). Fails the test where that does not happen. */
void expect_raw(const struct terminal *t, bool raw);

/* Close it: the line is cut. */
void hang_up_terminal(struct terminal *t);

/* Wait for the program's end. out is all that was printed; err is "". The terminal stays, for terminal_is_raw. */
struct outcome leave_terminal(struct terminal *t);

#endif
