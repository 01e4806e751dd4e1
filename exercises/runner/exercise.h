/* What the checks of exercises share. A check.c holds tests (START_TEST), a table of them, and
 *
 *     int main(void)
 *     {
 *         return RUN_EXERCISE(tests);
 *     }
 *
 * It is linked with the learner's answer.c; where the answer is something observed, it asks for it by answer().
 * All of testing.h can be used: scratch(), RUN(), what a test needs. */
#ifndef GOCKER_EXERCISE_H
#define GOCKER_EXERCISE_H

#include "error.h"
#include "testing.h"

#include <stdbool.h>
#include <stddef.h>

/* Run the tests of the table, each in a process of its own with a time limit of 10 seconds unless its row says
 * otherwise, and tell exercises/runner what became of each. The result is known by the program that started
 * this one through a descriptor that the learner's code never sees: no exit(0) and no printed text can be
 * mistaken for a pass. Started by hand, it prints as other tests do. Returns what main returns. */
int run_exercise(const struct test *tests, size_t count);
#define RUN_EXERCISE(tests) run_exercise(tests, sizeof(tests) / sizeof *(tests))

/* The learner's answer to QUESTION: what follows "QUESTION:" in the answer file, blanks around it aside. Fails
 * the test where there is none yet. Do not free it. */
#define answer(question) answer_at(question, __FILE__, __LINE__)
const char *answer_at(const char *question, const char *file, int line);

/* Is GOT the answer WANTED? Small or capital letters, quotes round it and the width of blanks do not count. A
 * number may have zeros in front and words beside it that change nothing ("layer 3"), and a range may be written
 * as 2-5, "2 - 5" or "lines 2 to 5". */
bool same_answer(const char *got, const char *wanted);

/* Fail the test where the learner's answer to QUESTION is not WANTED, by same_answer. The message does not give it
 * away: it says WHERE it is to be seen, in a few words that follow "wanted". */
#define want_answer(question, wanted, where) wanted_answer(question, wanted, where, __FILE__, __LINE__)
void wanted_answer(const char *question, const char *wanted, const char *where, const char *file, int line);

/* The path of NAME, a file that lies beside check.c. Do not free it. */
const char *exercise_file(const char *name);

/* Fail the test where the value of the expression GOT is not WANTED, and say in one line: the expression as
 * the check has it, what was wanted, what was got. A text may be NULL. */
#define want_int(got, wanted)  wanted_int(#got, got, wanted, __FILE__, __LINE__)
#define want_text(got, wanted) wanted_text(#got, got, wanted, __FILE__, __LINE__)
void wanted_int(const char *what, long long got, long long wanted, const char *file, int line);
void wanted_text(const char *what, const char *got, const char *wanted, const char *file, int line);

/* For functions that return a text or fail: "error: " and what ERR says, to stand in the text's place, so that the
 * learner reads what their own code had to say. Do not free it. */
const char *shown_error(const struct error *err);

/* Fail the test where GOT, what WHAT came to, is no shown_error, or one that says nothing. */
#define want_error(what, got) wanted_error(what, got, __FILE__, __LINE__)
void wanted_error(const char *what, const char *got, const char *file, int line);

#endif
