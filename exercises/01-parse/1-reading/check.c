/* 01.1: the answers are what the chapter's own parser finds in the Dockerfile. */
#include "exercise.h"

#include "dockerfile.h"
#include "keep.h"
#include "word.h"

static struct dockerfile *parsed(void)
{
    static struct dockerfile file;
    struct error err;

    ck_assert_msg(dockerfile_read(exercise_file("Dockerfile"), false, &file, &err) == 0, "%s", err.text);
    return &file;
}

/* The only instruction with this keyword. */
static const struct instruction *instruction(const struct dockerfile *file, enum keyword keyword)
{
    for (size_t i = 0; i < file->count; i++)
        if (file->instructions[i].keyword == keyword)
            return &file->instructions[i];
    ck_abort_msg("the Dockerfile has been changed: an instruction is missing");
}

START_TEST(escape_character_is_found)
{
    const char wanted[] = { parsed()->escape, '\0' };

    /* As JSON has it, or by its name: it is the same character. */
    if (wanted[0] == '\\' && (same_answer(answer("escape character"), "\\\\") ||
                              same_answer(answer("escape character"), "backslash")))
        return;
    want_answer("escape character", wanted, "what the JSON calls \"escape\"");
}
END_TEST

START_TEST(instructions_are_counted)
{
    want_answer("instructions", keep(formatted("%zu", parsed()->count)),
                "the number of lines that begin with a keyword, as 01-parse prints them");
}
END_TEST

START_TEST(instruction_goes_over_several_lines)
{
    const struct instruction *run = instruction(parsed(), KEYWORD_RUN);

    want_answer("run lines", keep(formatted("%d-%d", run->first_line, run->last_line)),
                "the numbers left of RUN");
}
END_TEST

START_TEST(argument_goes_to_the_end_of_the_line)
{
    want_answer("working directory", instruction(parsed(), KEYWORD_WORKDIR)->args.items[0],
                "all that 01-parse prints behind WORKDIR");
}
END_TEST

START_TEST(form_is_told_from_the_text)
{
    want_answer("cmd form", instruction(parsed(), KEYWORD_CMD)->exec_form ? "exec" : "shell",
                "what the JSON calls \"form\"");
}
END_TEST

/* The first ENV sets one variable, the second sets the same anew and one more from it. */
START_TEST(variable_has_its_earlier_value)
{
    const struct instruction *first = instruction(parsed(), KEYWORD_ENV), *second = first + 1;
    struct strv env = { 0 };
    struct error err;

    env_set(&env, first->args.items[0], first->args.items[1]);
    want_answer("url", keep(word_expand(second->args.items[4], '\\', &env, &err)),
                "it expanded with the port that was set before its instruction");
}
END_TEST

int main(void)
{
    const struct test tests[] = {
        { escape_character_is_found, 0, 0 },           { instructions_are_counted, 0, 0 },
        { instruction_goes_over_several_lines, 0, 0 }, { argument_goes_to_the_end_of_the_line, 0, 0 },
        { form_is_told_from_the_text, 0, 0 },          { variable_has_its_earlier_value, 0, 0 },
    };

    return RUN_EXERCISE(tests);
}
