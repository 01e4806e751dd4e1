/* Progress of several transfers at once.
 *
 * What is over scrolls away upwards as ordinary lines; what is under way stands below, is drawn over itself,
 * and the cursor waits under it. So the terminal's own history stays readable, and nothing here needs to
 * know how far up the first layer has gone. Errors of writing are ignored: progress is not the job. */
#include "progress.h"
#include "error.h"
#include "str.h"

#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#define REDRAW_INTERVAL_MS 100
#define RATE_INTERVAL_MS   1000
#define MOST_LABEL_COLUMNS 40
#define LEAST_BAR_COLUMNS  8

/* ECMA-48: cursor up by %zu lines; erase from the cursor to the end of the line, of the screen. */
#define CURSOR_UP    "\033[%zuA\r"
#define ERASE_LINE   "\033[K"
#define ERASE_SCREEN "\033[J"

struct line {
    char *label;
    uint64_t total_bytes, done_bytes;
    uint64_t sample_bytes; /* done_bytes at sample_ms, from which the rate is computed */
    int64_t sample_ms;     /* 0: nothing was done yet */
    uint64_t rate;         /* bytes a second */
    bool finished;
};

struct progress {
    bool quiet;
    bool terminal;
    struct line *lines;
    size_t count;
    size_t rows; /* on the terminal, above the cursor, to be drawn over */
    int64_t drawn_ms;
};

/* Never 0, on a clock that nobody sets. */
static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000 + 1;
}

/* "3.2 MB", in powers of 1000 as registries and docker(1) count. At most 8 characters. */
static void format_bytes(uint64_t bytes, char text[16])
{
    static const char *const units[] = { "B", "kB", "MB", "GB", "TB", "PB", "EB" };
    double value = (double)bytes;
    size_t unit = 0;

    for (; value >= 999.95; unit++) /* would be printed as 1000.0 */
        value /= 1000;
    snprintf(text, 16, "%.*f %s", unit > 0, value, units[unit]);
}

/* ---- a row of what is under way */

/* "[=====>    ]", COLUMNS wide with its brackets. */
static void add_bar(struct str *row, const struct line *line, int columns)
{
    int inside = columns - 2, filled;
    double part = (double)line->done_bytes / (double)line->total_bytes;

    filled = part < 1 ? (int)(part * inside) : inside;
    str_add_char(row, '[');
    for (int i = 0; i < inside; i++)
        str_add(row, i < filled ? "=" : i == filled ? ">" : " ");
    str_add_char(row, ']');
}

/* "LABEL  [bar]  3.2 MB / 10.0 MB  1.1 MB/s", at most COLUMNS wide. Numbers keep their columns, so that the
 * bar stands still. */
static void add_row(struct str *frame, const struct line *line, int label_columns, int columns)
{
    _cleanup_str_ struct str row = { 0 }, numbers = { 0 };
    char done[16], total[16], rate[16];
    int bar_columns;

    format_bytes(line->done_bytes, done);
    format_bytes(line->total_bytes, total);
    format_bytes(line->rate, rate);
    str_addf(&numbers, "  %8s", done);
    if (line->total_bytes > 0)
        str_addf(&numbers, " / %-8s", total);
    if (line->rate > 0)
        str_addf(&numbers, "  %8s/s", rate);

    str_addf(&row, "%-*.*s", label_columns, label_columns, line->label);
    bar_columns = columns - label_columns - (int)strlen("  999.9 MB / 999.9 MB  999.9 MB/s") - 2;
    if (line->total_bytes > 0 && bar_columns >= LEAST_BAR_COLUMNS) {
        str_add(&row, "  ");
        add_bar(&row, line, bar_columns);
    }
    str_add(&row, numbers.text);
    str_add_bytes(frame, row.text, row.length < (size_t)columns ? row.length : (size_t)columns);
    str_add(frame, ERASE_LINE "\n");
}

/* ---- the terminal */

/* The terminal's size: one column less than there is, or the cursor would stand in the next line already,
 * and one row less, for the cursor. */
static void measure_terminal(int *columns, size_t *rows)
{
    struct winsize size;

    *columns = 79;
    *rows = 23;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col < 2 || size.ws_row < 2)
        return;
    *columns = size.ws_col - 1;
    *rows = (size_t)size.ws_row - 1;
}

static int label_columns(const struct progress *p)
{
    size_t columns = 0;

    for (size_t i = 0; i < p->count; i++)
        if (strlen(p->lines[i].label) > columns)
            columns = strlen(p->lines[i].label);
    return columns < MOST_LABEL_COLUMNS ? (int)columns : MOST_LABEL_COLUMNS;
}

/* Draw what is under way over what was drawn before, in one write, so that no half of it is seen. What does
 * not fit is left out: rows that have scrolled off the screen can no longer be reached. */
static void draw(struct progress *p)
{
    _cleanup_str_ struct str frame = { 0 };
    int columns, labels = label_columns(p);
    size_t most_rows, rows = 0;

    if (p->quiet || !p->terminal)
        return;
    measure_terminal(&columns, &most_rows);
    if (p->rows > 0)
        str_addf(&frame, CURSOR_UP, p->rows);
    for (size_t i = 0; i < p->count && rows < most_rows; i++) {
        if (p->lines[i].finished)
            continue;
        add_row(&frame, &p->lines[i], labels, columns);
        rows++;
    }
    if (p->rows > 0)
        str_add(&frame, ERASE_SCREEN); /* there may have been more of them */
    if (frame.length > 0)
        fwrite(frame.text, 1, frame.length, stderr);
    p->rows = rows;
    p->drawn_ms = now_ms();
}

static void draw_if_due(struct progress *p)
{
    if (now_ms() - p->drawn_ms >= REDRAW_INTERVAL_MS)
        draw(p);
}

/* Print TEXT as a line that stays, above what is under way. */
static void print_line(struct progress *p, const char *text)
{
    if (p->quiet)
        return;
    if (p->rows > 0)
        fprintf(stderr, CURSOR_UP ERASE_SCREEN, p->rows);
    p->rows = 0;
    print_escaped(text);
    fputc('\n', stderr);
    draw(p);
}

/* ---- the interface */

struct progress *progress_new(bool quiet)
{
    struct progress *p = must_calloc(1, sizeof *p);
    const char *term = getenv("TERM");

    p->quiet = quiet;
    p->terminal = isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
    return p;
}

/* A copy of LABEL that is as many columns wide as bytes long: all but printable ASCII as \xNN. */
static char *escaped_label(const char *label)
{
    struct str text = { 0 };

    for (; *label != '\0'; label++) {
        if (*label >= ' ' && *label <= '~')
            str_add_char(&text, *label);
        else
            str_addf(&text, "\\x%02x", (unsigned char)*label);
    }
    return str_take(&text);
}

int progress_add(struct progress *p, const char *label, uint64_t total_bytes)
{
    p->lines = must_realloc(p->lines, p->count + 1, sizeof *p->lines);
    p->lines[p->count] = (struct line){ .label = escaped_label(label), .total_bytes = total_bytes };
    p->count++;
    draw_if_due(p);
    return (int)p->count - 1;
}

void progress_update(struct progress *p, int line, uint64_t done_bytes)
{
    struct line *l = &p->lines[line];
    int64_t now = now_ms(), passed_ms = now - l->sample_ms;

    l->done_bytes = done_bytes;
    if (l->sample_ms == 0 || done_bytes < l->sample_bytes) { /* the first bytes, or begun anew */
        l->sample_ms = now;
        l->sample_bytes = done_bytes;
    } else if (passed_ms >= RATE_INTERVAL_MS) {
        l->rate = (uint64_t)((double)(done_bytes - l->sample_bytes) * 1000 / (double)passed_ms);
        l->sample_ms = now;
        l->sample_bytes = done_bytes;
    }
    draw_if_due(p);
}

void progress_finish(struct progress *p, int line, const char *result)
{
    struct line *l = &p->lines[line];
    uint64_t bytes = l->total_bytes > 0 ? l->total_bytes : l->done_bytes;
    _cleanup_free_ char *text = NULL;
    char size[16];

    l->finished = true;
    format_bytes(bytes, size);
    text =
        bytes > 0 ? formatted("%s  %s  %s", l->label, size, result) : formatted("%s  %s", l->label, result);
    print_line(p, text);
}

void progress_note(struct progress *p, const char *text)
{
    print_line(p, text);
}

void progress_free(struct progress **p)
{
    if (!*p)
        return;
    draw(*p); /* how far the unfinished came */
    for (size_t i = 0; i < (*p)->count; i++)
        free((*p)->lines[i].label);
    free((*p)->lines);
    free(*p);
    *p = NULL;
}
