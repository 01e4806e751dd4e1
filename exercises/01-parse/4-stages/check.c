/* 01.4: each way to refer to a stage, what is no reference, and the target. */
#include "exercise.h"

#include "keep.h"
#include "stages.h"

#include <string.h>

/* The numbers of the stages that TARGET needs in the Dockerfile TEXT: "0 2"; or shown_error. */
static const char *needed_in(const char *text, const char *target)
{
    static struct dockerfile file;
    _cleanup_free_ bool *needed = NULL;
    struct error err = { 0 };
    struct str numbers = { 0 };
    size_t stages = 0;

    ck_assert_msg(dockerfile_parse("Dockerfile", text, strlen(text), true, &file, &err) == 0, "%s", err.text);
    for (size_t i = 0; i < file.count; i++)
        stages += file.instructions[i].keyword == KEYWORD_FROM;
    /* Room for these and no more: a write behind it shows. All true, so that a stage which is left as it was does. */
    needed = must_calloc(stages, sizeof *needed);
    memset(needed, true, stages * sizeof *needed);
    if (needed_stages(&file, target, needed, &err) < 0) {
        dockerfile_free(&file);
        return shown_error(&err);
    }
    for (size_t i = 0; i < stages; i++)
        if (needed[i])
            str_addf(&numbers, "%s%zu", numbers.length > 0 ? " " : "", i);
    dockerfile_free(&file);
    return keep(str_take(&numbers));
}

/* What is wanted of a target that is not there. */
#define ERROR NULL

/* TEXT is shown with the numbers that were wanted and got. */
static void expect(const char *text, const char *target, const char *wanted, const char *file, int line)
{
    const char *got = needed_in(text, target);

    if (!wanted)
        wanted_error(keep(formatted("target \"%s\" in:\n%s", target, text)), got, file, line);
    else if (strcmp(got, wanted) != 0)
        _ck_assert_failed(file, line, "Assertion failed",
                          "target %s: wanted stages \"%s\", got \"%s\", in:\n%s",
                          target ? target : "(the last)", wanted, got, text);
}
#define EXPECT(text, target, wanted) expect(text, target, wanted, __FILE__, __LINE__)

START_TEST(stage_that_nothing_uses_is_left_out)
{
    EXPECT("FROM a\nFROM b\n", NULL, "1");
    EXPECT("FROM a AS x\nRUN y\nFROM b AS y\nRUN x\nFROM c\nRUN x y\n", NULL, "2");
}
END_TEST

START_TEST(base_of_a_needed_stage_is_needed)
{
    EXPECT("FROM a AS base\nFROM b\nFROM base\n", NULL, "0 2");
    EXPECT("FROM a AS base\nFROM b\nFROM --platform=linux/amd64 base AS end\n", NULL, "0 2");
}
END_TEST

START_TEST(stage_that_files_are_copied_from_is_needed)
{
    EXPECT("FROM a AS build\nFROM b\nFROM c\nCOPY x y\nCOPY --chown=1 --from=build /x /y\n", NULL, "0 2");
}
END_TEST

START_TEST(stage_can_be_meant_by_its_number)
{
    EXPECT("FROM a\nFROM b\nFROM c\nCOPY --from=1 /x /y\n", NULL, "1 2");
    EXPECT("FROM a\nFROM b\nFROM c\nRUN --mount=type=bind,from=0,target=/x y\n", NULL, "0 2");
}
END_TEST

START_TEST(base_is_never_a_number)
{
    EXPECT("FROM a\nFROM 0\n", NULL, "1");
}
END_TEST

START_TEST(name_may_be_in_capitals_or_not)
{
    EXPECT("FROM a AS Build\nFROM b\nCOPY --from=bUILD /x /y\n", NULL, "0 1");
    EXPECT("FROM a AS Build\nFROM build\n", NULL, "0 1");
}
END_TEST

START_TEST(stage_that_is_mounted_is_needed)
{
    EXPECT("FROM a AS build\nFROM b\nRUN --mount=type=bind,from=build,target=/x make\n", NULL, "0 1");
    EXPECT("FROM a AS x\nFROM b AS y\nFROM c\nRUN --mount=from=x,target=/x --mount=target=/y,from=y make\n",
           NULL, "0 1 2");
    EXPECT("FROM a AS x\nFROM b\nRUN --mount=type=cache,target=/from=x make\n", NULL, "1");
}
END_TEST

START_TEST(needs_of_a_needed_stage_are_needed)
{
    EXPECT("FROM a AS one\nFROM one AS two\nFROM b AS other\nCOPY --from=one /x /y\nFROM c\n"
           "COPY --from=two /x /y\n",
           NULL, "0 1 3");
}
END_TEST

START_TEST(needs_of_a_stage_that_is_not_needed_are_not)
{
    EXPECT("FROM a AS one\nFROM one AS two\nFROM c\n", NULL, "2");
}
END_TEST

START_TEST(reference_means_a_stage_above)
{
    EXPECT("FROM a AS b\nFROM c AS c\nFROM b\n", "1", "1");
    EXPECT("FROM a AS x\nCOPY --from=y /x /y\nFROM b AS y\nFROM x\n", NULL, "0 2");
    EXPECT("FROM a\nCOPY --from=nginx:alpine /x /y\n", NULL, "0");
}
END_TEST

START_TEST(later_of_two_with_the_same_name_is_meant)
{
    EXPECT("FROM a AS x\nFROM b AS X\nFROM x\n", NULL, "1 2");
    EXPECT("FROM a AS x\nFROM b AS x\nFROM c\nCOPY --from=x /x /y\n", NULL, "1 2");
    EXPECT("FROM a AS x\nFROM b AS x\nFROM c\nRUN --mount=from=x,target=/x y\n", NULL, "1 2");
    EXPECT("FROM a AS x\nFROM x AS x\nFROM x\nFROM c AS x\n", "2", "0 1 2");
}
END_TEST

START_TEST(number_of_no_stage_above_is_an_image)
{
    EXPECT("FROM a\nCOPY --from=0 /x /y\nFROM b\n", "0", "0");
    EXPECT("FROM a\nFROM b\nCOPY --from=1 /x /y\n", NULL, "1");
    EXPECT("FROM a\nFROM b\nCOPY --from=2 /x /y\nRUN --mount=from=2,target=/x y\nFROM c\n", "1", "1");
    EXPECT("FROM a\nFROM b\nCOPY --from=1000000 /x /y\nRUN --mount=from=1000000,target=/x y\n", NULL, "1");
    EXPECT("FROM a\nFROM b\nCOPY --from=4294967296 /x /y\n", NULL, "1");
    EXPECT("FROM a\nFROM b\nCOPY --from=18446744073709551616 /x /y\n", NULL, "1");
}
END_TEST

START_TEST(name_that_begins_with_a_digit_is_no_number)
{
    EXPECT("FROM a\nFROM b\nCOPY --from=0ad /x /y\n", NULL, "1");
    EXPECT("FROM a\nFROM b\nRUN --mount=from=0ad/game,target=/x y\n", NULL, "1");
    EXPECT("FROM a\nFROM b\nCOPY --from=9front /x /y\nRUN --mount=from=9front/9front,target=/x y\n", NULL,
           "1");
    EXPECT("FROM 7zip\nFROM 7zip\n", NULL, "1");
    EXPECT("FROM a\nFROM b\n", "0ad", ERROR);
}
END_TEST

START_TEST(target_is_a_name_or_a_number)
{
    EXPECT("FROM a AS base\nFROM base AS Test\nFROM base\n", "test", "0 1");
    EXPECT("FROM a AS base\nFROM base AS Test\nFROM base\n", "0", "0");
    EXPECT("FROM a AS base\nFROM base AS Test\nFROM base\n", "2", "0 2");
}
END_TEST

START_TEST(missing_target_is_an_error)
{
    EXPECT("FROM a AS base\nFROM base\n", "tests", ERROR);
    EXPECT("FROM a AS base\nFROM base\n", "2", ERROR);
    EXPECT("FROM a AS base\nFROM base\n", "", ERROR);
}
END_TEST

int main(void)
{
    const struct test tests[] = {
        { stage_that_nothing_uses_is_left_out, 0, 0 },
        { base_of_a_needed_stage_is_needed, 0, 0 },
        { stage_that_files_are_copied_from_is_needed, 0, 0 },
        { stage_can_be_meant_by_its_number, 0, 0 },
        { base_is_never_a_number, 0, 0 },
        { name_may_be_in_capitals_or_not, 0, 0 },
        { stage_that_is_mounted_is_needed, 0, 0 },
        { needs_of_a_needed_stage_are_needed, 0, 0 },
        { needs_of_a_stage_that_is_not_needed_are_not, 0, 0 },
        { reference_means_a_stage_above, 0, 0 },
        { later_of_two_with_the_same_name_is_meant, 0, 0 },
        { number_of_no_stage_above_is_an_image, 0, 0 },
        { name_that_begins_with_a_digit_is_no_number, 0, 0 },
        { target_is_a_name_or_a_number, 0, 0 },
        { missing_target_is_an_error, 0, 0 },
    };

    return RUN_EXERCISE(tests);
}
