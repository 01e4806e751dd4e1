/* 01.2: every cell of the table, and the rules below it. */
#include "exercise.h"

#include "keep.h"
#include "what_runs.h"

#include <string.h>

/* What is being asked for: two lines of a Dockerfile, and the shell. */
struct question {
    const char *entrypoint, *cmd; /* NULL: not there */
    const char *shell;            /* words between blanks; NULL: /bin/sh -c */
};

/* The last instruction of a Dockerfile that consists of TEXT. It lasts as long as the test's process. */
static const struct instruction *parsed(const char *text)
{
    static struct dockerfile files[8];
    static size_t count;
    struct dockerfile *file = &files[count++];
    struct error err;

    if (!text)
        return NULL;
    ck_assert_msg(dockerfile_parse("Dockerfile", text, strlen(text), false, file, &err) == 0, "%s", err.text);
    return &file->instructions[file->count - 1];
}

/* What what_runs returns for the question, its words in brackets: "[server][-v]"; shown_error for -1. */
static const char *answer_to(struct question question)
{
    _cleanup_free_ char *text = must_strdup(question.shell ? question.shell : "/bin/sh -c");
    _cleanup_strv_ struct strv shell = { 0 }, argv = { 0 };
    struct str words = { 0 };
    struct error err = { 0 };

    for (char *rest = text, *word; (word = strsep(&rest, " ")) != NULL;)
        strv_add(&shell, word);
    if (what_runs(parsed(question.entrypoint), parsed(question.cmd), &shell, &argv, &err) < 0)
        return shown_error(&err);
    for (size_t i = 0; i < argv.count; i++)
        str_addf(&words, "[%s]", argv.items[i]);
    return keep(str_take(&words));
}

/* What is wanted of two lines that run nothing. */
#define ERROR NULL

/* Fail where the two lines run something else than WANTED. */
static void expect(struct question question, const char *wanted, const char *file, int line)
{
    _cleanup_free_ char *what =
        formatted("%s, %s", question.entrypoint ? question.entrypoint : "no ENTRYPOINT",
                  question.cmd ? question.cmd : "no CMD");

    if (wanted)
        wanted_text(keep(steal_pointer(what)), answer_to(question), wanted, file, line);
    else
        wanted_error(keep(steal_pointer(what)), answer_to(question), file, line);
}
#define EXPECT(entrypoint, cmd, wanted)                                                                      \
    expect((struct question){ entrypoint, cmd, NULL }, wanted, __FILE__, __LINE__)

START_TEST(shell_form_runs_in_a_shell)
{
    EXPECT(NULL, "CMD all day", "[/bin/sh][-c][all day]");
    EXPECT("ENTRYPOINT server -v", NULL, "[/bin/sh][-c][server -v]");
}
END_TEST

START_TEST(exec_form_runs_as_it_is)
{
    EXPECT(NULL, "CMD [\"all\", \"day\"]", "[all][day]");
    EXPECT("ENTRYPOINT [\"server\", \"-v\"]", NULL, "[server][-v]");
}
END_TEST

START_TEST(cmd_gives_the_entrypoint_its_arguments)
{
    EXPECT("ENTRYPOINT [\"server\", \"-v\"]", "CMD [\"all\", \"day\"]", "[server][-v][all][day]");
}
END_TEST

START_TEST(shell_form_entrypoint_ignores_cmd)
{
    EXPECT("ENTRYPOINT server -v", "CMD [\"all\", \"day\"]", "[/bin/sh][-c][server -v]");
    EXPECT("ENTRYPOINT server -v", "CMD all day", "[/bin/sh][-c][server -v]");
}
END_TEST

START_TEST(shell_form_cmd_keeps_its_shell)
{
    EXPECT("ENTRYPOINT [\"server\", \"-v\"]", "CMD all day", "[server][-v][/bin/sh][-c][all day]");
}
END_TEST

START_TEST(empty_entrypoint_counts_as_none)
{
    EXPECT("ENTRYPOINT []", "CMD [\"all\", \"day\"]", "[all][day]");
    EXPECT("ENTRYPOINT []", "CMD all day", "[/bin/sh][-c][all day]");
}
END_TEST

START_TEST(keyword_alone_counts_as_none)
{
    EXPECT("ENTRYPOINT", "CMD [\"all\", \"day\"]", "[all][day]");
    EXPECT("ENTRYPOINT server -v", "CMD", "[/bin/sh][-c][server -v]");
    EXPECT("ENTRYPOINT [\"server\", \"-v\"]", "CMD", "[server][-v]");
    EXPECT("ENTRYPOINT", "CMD", ERROR);
}
END_TEST

START_TEST(shell_can_be_another)
{
    expect((struct question){ NULL, "CMD all day", "/bin/bash -o pipefail -c" },
           "[/bin/bash][-o][pipefail][-c][all day]", __FILE__, __LINE__);
}
END_TEST

START_TEST(nothing_to_run_is_an_error)
{
    EXPECT(NULL, NULL, ERROR);
    EXPECT("ENTRYPOINT []", NULL, ERROR);
    EXPECT(NULL, "CMD []", ERROR);
}
END_TEST

int main(void)
{
    const struct test tests[] = {
        { shell_form_runs_in_a_shell, 0, 0 },
        { exec_form_runs_as_it_is, 0, 0 },
        { cmd_gives_the_entrypoint_its_arguments, 0, 0 },
        { shell_form_entrypoint_ignores_cmd, 0, 0 },
        { shell_form_cmd_keeps_its_shell, 0, 0 },
        { empty_entrypoint_counts_as_none, 0, 0 },
        { keyword_alone_counts_as_none, 0, 0 },
        { shell_can_be_another, 0, 0 },
        { nothing_to_run_is_an_error, 0, 0 },
    };

    return RUN_EXERCISE(tests);
}
