"""`make prove` finds what is wrong with an exercise, and counts."""

import os
import pathlib
import unittest.mock

import catalogue
import proving
from fixture import CHECK, Case, function, put


class ProveTest(Case):
    def prove(self):
        """What was found: {label: (state, text)}."""
        return {label: (state, text) for label, state, text in proving.prove(self.place, self.directory)[1]}

    def assert_complains(self, label, *words):
        state, text = self.prove()[label]
        self.assertEqual(state, "failed", text)
        for word in words:
            self.assertIn(word, text)

    def test_good_exercise_has_no_complaints(self):
        found = self.prove()
        self.assertEqual({state for state, _ in found.values()}, {"passed"}, found)
        self.assertEqual(set(found), {"files", "starter", "solution", "solution, sanitized", "wrong/small.c",
                                      "wrong/large.c", "check.c"})

    def test_count_is_the_last_line_and_the_exit_status_agrees(self):
        lines = []
        self.assertTrue(proving.prove_all(self.place, catalogue.directories(self.place), lines.append))
        self.assertEqual(lines[-1], "exercises: 7 passed, 0 failed, 0 skipped")
        put(self.directory / "solution.c", function("return 7;"))
        lines.clear()
        self.assertFalse(proving.prove_all(self.place, catalogue.directories(self.place), lines.append))
        self.assertEqual(lines[-1], "exercises: 5 passed, 2 failed, 0 skipped")

    def test_no_exercises_is_no_pass(self):
        self.assertFalse(proving.prove_all(self.place, [], lambda line: None))

    def test_starter_that_passes_is_found(self):
        put(self.directory / "starter.c", function("int right = 42; return right;"))
        self.assert_complains("starter", "wanted it to fail in is_42")

    def test_starter_that_crashes_is_found(self):
        put(self.directory / "starter.c", function("abort();"))
        self.assert_complains("starter", "crashed")

    def test_starter_that_fails_elsewhere_is_found(self):
        put(self.directory / "README.md", (self.directory / "README.md").read_text().replace("is_42", "is_42_again"))
        self.assert_complains("starter", "wanted is_42_again to be the first", "got is_42")

    def test_failed_check_is_told_with_its_line(self):
        put(self.directory / "solution.c", function("return 7;"))
        self.assert_complains("solution", "wanted 42, got 7", "check.c:5")

    def test_starter_with_a_warning_is_found(self):
        put(self.directory / "starter.c", function("int unused; return 0;"))
        self.assert_complains("starter", "without a warning", "unused")

    def test_solution_that_leaks_is_found(self):
        put(self.directory / "solution.c", function("return strdup(\"x\") ? 42 : 0;"))
        found = self.prove()
        self.assertEqual(found["solution"][0], "passed")
        self.assertEqual(found["solution, sanitized"][0], "failed")

    def test_mistake_that_is_not_rejected_is_found(self):
        put(self.directory / "wrong" / "small.c",
            "/* Mistake: it is none. Rejected by is_42. */\n" + function("return 42;"))
        self.assert_complains("wrong/small.c", "wanted is_42 to reject it")

    def test_mistake_rejected_by_another_test_is_found(self):
        put(self.directory / "check.c", CHECK.replace("NEEDS", "0").replace("forty_two() + 0 *", "42 + 0 *"))
        put(self.directory / "wrong" / "small.c",
            "/* Mistake: it is too small. Rejected by is_42_again. */\n" + function("return 41;"))
        self.assert_complains("wrong/small.c", "wanted is_42_again to reject it")
        self.assert_complains("check.c", "is_42_again")

    def test_mistake_without_a_name_is_found(self):
        put(self.directory / "wrong" / "small.c", function("return 41;"))
        self.assert_complains("wrong/small.c", "Mistake:")

    def test_one_mistake_is_too_few(self):
        (self.directory / "wrong" / "small.c").unlink()
        self.assert_complains("files", "2 mistakes or more, got 1")

    def test_hints_that_do_not_grow_are_found(self):
        put(self.directory / "hints" / "3.md", "Short.\n")
        self.assert_complains("files", "hints", "[4, 8, 1]")

    def test_missing_hint_is_found(self):
        (self.directory / "hints" / "2.md").unlink()
        self.assert_complains("files", "hints")

    def test_missing_front_line_is_found(self):
        put(self.directory / "README.md", "# 00.1 The answer\n")
        self.assert_complains("README.md", "README.md:3")

    def test_exercise_that_cannot_run_here_is_skipped_and_not_passed(self):
        put(self.directory / "check.c", CHECK.replace("NEEDS", "NEED_REGISTRY"))
        with unittest.mock.patch.dict(os.environ):
            os.environ.pop("GOCKER_TEST_REGISTRY", None)
            found = self.prove()
        self.assertEqual(found["solution"][0], "skipped")
        self.assertIn("needs the registries", found["solution"][1])


class ShippedTest(Case):
    def test_chapters_have_three_exercises_one_that_explores_and_one_that_is_hard(self):
        shipped = pathlib.Path(proving.__file__).parents[1]
        for chapter in shipped.glob("[0-9][0-9]-*"):
            exercises = [catalogue.read(path) for path in chapter.glob("[0-9]*-*/")]
            self.assertGreaterEqual(len(exercises), 3, chapter)
            self.assertTrue(any(e.form == "explore" for e in exercises), chapter)
            self.assertTrue(any(e.level == "hard" for e in exercises), chapter)
