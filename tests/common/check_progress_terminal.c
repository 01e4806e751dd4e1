/* Progress on a terminal: what a person sees.
 *
 * The terminal is a pty with a small screen behind it that obeys the few escape sequences that are allowed
 * here, so that the tests can look at the picture instead of at bytes. */
#include "progress.h"
#include "str.h"
#include "testing.h"

#include <pty.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MOST_ROWS    24
#define MOST_COLUMNS 100
#define END          '\x05' /* marks the end of what is to be read; progress never prints it */

struct terminal {
    int master, slave;
    int rows, columns;
    int row, column;
    int frames; /* how often the cursor went up */
    char screen[MOST_ROWS][MOST_COLUMNS + 1];
};

static void open_terminal(struct terminal *t, int rows, int columns)
{
    struct winsize size = { .ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns };

    *t = (struct terminal){ .rows = rows, .columns = columns };
    memset(t->screen, ' ', sizeof t->screen);
    ck_assert_int_eq(openpty(&t->master, &t->slave, NULL, NULL, &size), 0);
    ck_assert_int_eq(dup2(t->slave, STDERR_FILENO), STDERR_FILENO);
    setenv("TERM", "xterm", 1);
}

static void new_line(struct terminal *t)
{
    if (++t->row < t->rows)
        return;
    t->row = t->rows - 1;
    memmove(t->screen[0], t->screen[1], (size_t)t->row * sizeof t->screen[0]);
    memset(t->screen[t->row], ' ', sizeof t->screen[0]);
}

static void show(struct terminal *t, char byte)
{
    if (byte == '\r') {
        t->column = 0;
    } else if (byte == '\n') {
        new_line(t);
    } else {
        ck_assert_msg(byte >= ' ' && byte <= '~', "wanted printable text, got byte %d", byte);
        if (t->column == t->columns) {
            t->column = 0;
            new_line(t);
        }
        t->screen[t->row][t->column++] = byte;
    }
}

/* Obey "\033[NX". */
static void obey(struct terminal *t, int number, char command)
{
    char *here = &t->screen[t->row][t->column];

    if (command == 'A') {
        ck_assert_msg(number <= t->row, "wanted the cursor on the screen, got %d up from row %d", number,
                      t->row);
        t->row -= number;
        t->frames++;
    } else if (command == 'K') {
        memset(here, ' ', sizeof t->screen[0] - (size_t)t->column);
    } else if (command == 'J') {
        memset(here, ' ', (size_t)((char *)(t->screen + MOST_ROWS) - here));
    } else {
        ck_abort_msg("wanted no other escape sequence, got \\033[%d%c", number, command);
    }
}

static char next_byte(const struct terminal *t)
{
    char byte;

    ck_assert_int_eq(read(t->master, &byte, 1), 1);
    return byte;
}

/* Show all that was written so far. */
static void look(struct terminal *t)
{
    char byte;

    ck_assert_int_eq(write(STDERR_FILENO, (char[]){ END }, 1), 1);
    while ((byte = next_byte(t)) != END) {
        int number = 0;

        if (byte != '\033') {
            show(t, byte);
            continue;
        }
        ck_assert_int_eq(next_byte(t), '[');
        while ((byte = next_byte(t)) >= '0' && byte <= '9')
            number = number * 10 + (byte - '0');
        obey(t, number, byte);
    }
}

/* The screen's row NUMBER without the blanks behind it. */
static const char *row(struct terminal *t, int number)
{
    char *text = t->screen[number];
    size_t length = MOST_COLUMNS;

    while (length > 0 && text[length - 1] == ' ')
        length--;
    text[length] = '\0';
    return text;
}

static void sleep_ms(long ms)
{
    nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

/* ---- the tests */

START_TEST(terminal_shows_a_bar_a_layer)
{
    struct terminal t;

    open_terminal(&t, 24, 80);
    struct progress *p = progress_new(false);
    int first = progress_add(p, "sha256:ab12cd34ef56", 10000000), second = progress_add(p, "short", 1000);
    progress_update(p, first, 5000000);
    sleep_ms(110);
    progress_update(p, second, 1000);
    look(&t);
    ck_assert_str_eq(row(&t, 0), "sha256:ab12cd34ef56  [===========>           ]    5.0 MB / 10.0 MB");
    ck_assert_str_eq(row(&t, 1), "short                [=======================]    1.0 kB / 1.0 kB");
    ck_assert_str_eq(row(&t, 2), "");
    progress_free(&p);
}
END_TEST

START_TEST(finished_lines_and_notes_stay_above_the_bars)
{
    struct terminal t;

    open_terminal(&t, 24, 80);
    struct progress *p = progress_new(false);
    int first = progress_add(p, "first", 1000), second = progress_add(p, "second", 1000);
    sleep_ms(110);
    progress_update(p, first, 500);
    progress_note(p, "a note");
    progress_finish(p, second, "done");
    look(&t);
    ck_assert_str_eq(row(&t, 0), "a note");
    ck_assert_str_eq(row(&t, 1), "second  1.0 kB  done");
    ck_assert(starts_with(row(&t, 2), "first   [======="));
    ck_assert_str_eq(row(&t, 3), "");
    progress_finish(p, first, "done");
    progress_free(&p);
    look(&t);
    ck_assert_str_eq(row(&t, 2), "first  1.0 kB  done");
    ck_assert_str_eq(row(&t, 3), "");
    ck_assert_int_eq(t.row, 3);
    ck_assert_int_eq(t.column, 0);
}
END_TEST

START_TEST(cursor_ends_below_what_was_not_finished)
{
    struct terminal t;

    open_terminal(&t, 24, 80);
    struct progress *p = progress_new(false);
    progress_add(p, "first", 1000);
    progress_add(p, "second", 1000);
    progress_free(&p);
    look(&t);
    ck_assert(starts_with(row(&t, 1), "second  [>"));
    ck_assert_int_eq(t.row, 2);
    ck_assert_int_eq(t.column, 0);
}
END_TEST

START_TEST(rate_is_what_was_done_in_the_last_second)
{
    struct terminal t;

    open_terminal(&t, 24, 100);
    struct progress *p = progress_new(false);
    int line = progress_add(p, "layer", 20000000);
    progress_update(p, line, 10000000); /* resumed: these were there before */
    sleep_ms(1100);
    progress_update(p, line, 11000000);
    look(&t);
    ck_assert_contains(row(&t, 0), " kB/s");
    progress_free(&p);
}
END_TEST

START_TEST(redraws_at_most_ten_times_a_second)
{
    struct timespec before, now;
    struct terminal t;
    double passed_s;
    uint64_t done = 0;

    open_terminal(&t, 24, 80);
    struct progress *p = progress_new(false);
    int line = progress_add(p, "layer", 1 << 30);
    clock_gettime(CLOCK_MONOTONIC, &before);
    do {
        for (int i = 0; i < 1000; i++)
            progress_update(p, line, ++done);
        clock_gettime(CLOCK_MONOTONIC, &now);
        passed_s = (double)(now.tv_sec - before.tv_sec) + (double)(now.tv_nsec - before.tv_nsec) / 1e9;
    } while (passed_s < 0.55);
    look(&t);
    ck_assert_int_ge(t.frames, 1);
    ck_assert_int_le(t.frames, (int)(passed_s * 10));
    progress_free(&p);
}
END_TEST

START_TEST(narrow_terminal_is_not_overflown)
{
    for (int columns = 2; columns <= 70; columns += 4) {
        struct terminal t;

        open_terminal(&t, 24, columns);
        struct progress *p = progress_new(false);
        progress_add(p, "sha256:ab12cd34ef56", 10000000);
        progress_update(p, 0, 123);
        progress_free(&p);
        look(&t);
        ck_assert_msg(t.row == 1, "wanted one row in %d columns, got %d", columns, t.row);
        ck_assert_int_eq(row(&t, 0)[0], 's');
        ck_assert_uint_lt(strlen(row(&t, 0)), (size_t)columns);
    }
}
END_TEST

START_TEST(more_layers_than_rows_do_not_garble_the_screen)
{
    struct terminal t;
    char label[16];

    open_terminal(&t, 5, 80);
    struct progress *p = progress_new(false);
    for (int i = 0; i < 10; i++) {
        snprintf(label, sizeof label, "layer-%d", i);
        progress_add(p, label, 1000);
    }
    sleep_ms(110);
    progress_update(p, 0, 500);
    look(&t);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(row(&t, i)[6], '0' + i);
    for (int i = 9; i >= 0; i--) {
        progress_finish(p, i, "done");
        look(&t);
    }
    progress_free(&p);
    look(&t);
    for (int i = 0; i < 4; i++) {
        snprintf(label, sizeof label, "layer-%d", 3 - i);
        ck_assert_contains(row(&t, i), "1.0 kB  done");
        ck_assert(starts_with(row(&t, i), label));
    }
    ck_assert_str_eq(row(&t, 4), "");
}
END_TEST

START_TEST(quiet_terminal_stays_blank)
{
    struct terminal t;

    open_terminal(&t, 24, 80);
    struct progress *p = progress_new(true);
    progress_add(p, "layer", 10);
    progress_update(p, 0, 5);
    progress_finish(p, 0, "done");
    progress_free(&p);
    look(&t);
    ck_assert_str_eq(row(&t, 0), "");
    ck_assert_int_eq(t.row, 0);
}
END_TEST

/* TERM=dumb is what editors and build logs say: a terminal that obeys nothing. */
START_TEST(dumb_terminal_gets_lines)
{
    struct terminal t;

    open_terminal(&t, 24, 80);
    setenv("TERM", "dumb", 1);
    struct progress *p = progress_new(false);
    progress_add(p, "layer", 1000);
    progress_update(p, 0, 500);
    progress_finish(p, 0, "done");
    progress_free(&p);
    look(&t);
    ck_assert_str_eq(row(&t, 0), "layer  1.0 kB  done");
    ck_assert_int_eq(t.frames, 0);
    ck_assert_int_eq(t.row, 1);
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { terminal_shows_a_bar_a_layer, 0, 0 },
        { finished_lines_and_notes_stay_above_the_bars, 0, 0 },
        { cursor_ends_below_what_was_not_finished, 0, 0 },
        { rate_is_what_was_done_in_the_last_second, 0, 0 },
        { redraws_at_most_ten_times_a_second, 0, 0 },
        { narrow_terminal_is_not_overflown, 0, 0 },
        { more_layers_than_rows_do_not_garble_the_screen, 0, 0 },
        { quiet_terminal_stays_blank, 0, 0 },
        { dumb_terminal_gets_lines, 0, 0 },
    };

    return RUN_TESTS("common/progress_terminal", tests, argc, argv);
}
