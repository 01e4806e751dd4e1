"""start, hint, solution, progress, grade and classroom: what they do to work/ and build/, and what they return."""

import dataclasses
import json
import os
import re
import subprocess
import unittest.mock

import catalogue
import surroundings
from fixture import EXPLORE_README, Case, function, put
from place import REPOSITORY


class StartTest(Case):
    def test_starter_is_copied_and_named(self):
        status, output = self.run_command("start", "0.1")
        self.assertEqual(status, 0, output)
        self.assertEqual(self.answer.read_text(), function("return 0;"))
        self.assertIn(str(self.answer), output)

    def test_work_is_never_overwritten(self):
        put(self.answer, "mine")
        status, output = self.run_command("start", "00.1")
        self.assertEqual(status, 2)
        self.assertIn("FORCE=1", output)
        self.assertEqual(self.answer.read_text(), "mine")

    def test_force_begins_anew_and_keeps_the_old_one(self):
        put(self.answer, "mine")
        self.assertEqual(self.run_command("start", "00.1", "--force")[0], 0)
        self.assertEqual(self.answer.read_text(), function("return 0;"))
        self.assertEqual(self.answer.with_name("answer.c.old").read_text(), "mine")

    def test_no_exercise_is_a_usage_error(self):
        self.assertEqual(self.run_command("start")[0], 2)


class HintTest(Case):
    def hints(self, *arguments):
        """The numbers of the hints that are shown."""
        status, output = self.run_command("hint", "00.1", *arguments)
        self.assertEqual(status, 0, output)
        numbers = [number for number in (1, 2, 3) if f"hint {number} of 3" in output]
        self.assertEqual(output.count("It is a number."), sum(numbers))
        return numbers

    def test_each_call_gives_the_next_hint_and_then_all(self):
        self.assertEqual([self.hints() for _ in range(5)], [[1], [2], [3], [1, 2, 3], [1, 2, 3]])

    def test_again_shows_those_that_are_read_and_counts_none(self):
        status, output = self.run_command("hint", "00.1", "--again")
        self.assertEqual(status, 2)
        self.assertIn("no hint is read yet", output)
        self.hints()
        self.assertEqual(self.hints("--again"), [1])
        self.hints()
        self.assertEqual(self.hints("--again"), [1, 2])
        self.assertEqual(self.hints(), [3])

    def test_hints_after_a_pass_do_not_count(self):
        self.hints()
        self.check(function("return 42;"))
        self.assertEqual(self.hints(), [1, 2, 3])
        self.assertIn("1 of 3", self.run_command("progress")[1])

    def test_check_names_the_hint_that_comes_next(self):
        self.run_command("hint", "00.1")
        self.assertIn("hint 2 of 3", self.check(function("return 7;"))[1])

    def test_spoilt_memory_is_no_error(self):
        put(self.place.work / "state.json", "{\"00.1\": [7]")
        self.assertIn("hint 1 of 3", self.run_command("hint", "00.1")[1])
        put(self.place.work / "state.json", "{\"00.1\": [7]}")
        self.assertIn("hint 1 of 3", self.run_command("hint", "00.1")[1])


class SolutionTest(Case):
    def test_solution_is_shown_after_a_pass_only(self):
        status, output = self.run_command("solution", "00.1")
        self.assertEqual(status, 2)
        self.assertNotIn("return 42", output)
        self.check(function("return 42;"))
        status, output = self.run_command("solution", "00.1")
        self.assertEqual(status, 0)
        self.assertIn("return 42", output)

    def test_force_shows_it_before(self):
        self.assertIn("return 42", self.run_command("solution", "00.1", "--force")[1])


class ProgressTest(Case):
    def state(self):
        output = self.run_command("progress")[1]
        return next(line for line in output.splitlines() if line.startswith("00.1")), output

    def test_state_follows_the_learner(self):
        self.assertIn("easy   5 min  -", self.state()[0])
        self.assertIn("Next: make start EX=00.1", self.state()[1])
        self.run_command("start", "00.1")
        self.assertIn("started, unchanged", self.state()[0])
        self.check(function("return 7;"))
        self.assertRegex(self.state()[0], r"started +-")
        self.check(function("return 42;"))
        self.assertRegex(self.state()[0], r"passed +-")
        self.assertIn("1 of 1 passed, 5 of 5 minutes", self.state()[1])
        put(self.answer, function("return 42; /* better */"))
        self.assertIn("passed, changed since", self.state()[0])

    def test_make_takes_a_chapter(self):
        for variable in ("CH=02", "EX=02"):
            result = subprocess.run(["make", "--no-print-directory", "progress", variable], cwd=REPOSITORY, check=True,
                                    capture_output=True, text=True)
            chapters = set(re.findall(r"^(\d\d)\.", result.stdout, re.MULTILINE))
            self.assertEqual(chapters, {"02"}, f"make progress {variable}: wanted chapter 02 alone, got:\n{result.stdout}")


class GradeTest(Case):
    def graded(self, *names):
        status, output = self.run_command("grade", *names)
        return status, json.loads((self.place.build / "grade.json").read_text()), output

    def assert_agrees(self, status, grade):
        """The exit status is 0 when all have passed, and the sums are right."""
        self.assertEqual(status == 0, all(t["status"] == "passed" for t in grade["tests"]))
        self.assertEqual(grade["score"], sum(t["score"] for t in grade["tests"]))
        for test in grade["tests"]:
            self.assertEqual(test["score"], test["max_score"] if test["status"] == "passed" else 0)

    def test_pass_fail_and_not_started_agree_with_the_exit_status(self):
        self.put_explore()
        put(self.answer, function("return 42;"))
        status, grade, _ = self.graded()
        self.assert_agrees(status, grade)
        self.assertEqual(status, 1)
        self.assertEqual([t["status"] for t in grade["tests"]], ["passed", "failed"])
        put(self.place.work / "00.2" / "answer.txt", "kernel: Linux\n")
        status, grade, _ = self.graded("00")
        self.assert_agrees(status, grade)
        self.assertEqual((status, grade["score"]), (0, 2))

    def test_one_exercise_can_be_graded(self):
        self.put_explore()
        put(self.answer, function("return 42;"))
        status, grade, _ = self.graded("00.1")
        self.assertEqual((status, len(grade["tests"])), (0, 1))

    def test_every_kind_of_failure_is_failed(self):
        for body in ("return 7;", "exit(0);", "abort();", "return 42"):
            put(self.answer, function(body))
            status, grade, output = self.graded()
            self.assert_agrees(status, grade)
            self.assertEqual(grade["tests"][0]["status"], "failed", output)
            self.assertTrue(grade["tests"][0]["output"])

    def test_earlier_pass_does_not_count(self):
        self.check(function("return 42;"))
        put(self.answer, function("return 7;"))
        self.assertEqual(self.graded()[0], 1)

    def test_grade_of_nothing_is_no_pass(self):
        self.assertEqual(self.run_command("grade", "77")[0], 2)
        (self.directory / "README.md").unlink()
        self.assertEqual(self.run_command("grade")[0], 1)

    def test_classroom_names_every_exercise(self):
        self.put_explore()
        self.assertEqual(self.run_command("classroom")[0], 0)
        text = (self.place.build / "classroom.yml").read_text()
        for word in ("make check EX=00.1", "make check EX=00.2", "runners: ex-00-1,ex-00-2",
                     'EX-00-1_RESULTS: "${{steps.ex-00-1.outputs.result}}"', "max-score: 1"):
            self.assertIn(word, text)


class CatalogueTest(Case):
    def test_front_line_is_read(self):
        put(self.directory / "README.md", "# 00.1 Deep\n\nhard · 45 minutes · explore · "
                                          "needs root and registry · begins at `x`\n")
        exercise = catalogue.find_one(self.place, ["00.1"], "check")
        self.assertEqual((exercise.title, exercise.level, exercise.minutes, exercise.form, exercise.needs,
                          exercise.first_test),
                         ("Deep", "hard", 45, "explore", {"root", "registry"}, "x"))

    def test_unreadable_front_line_names_file_and_line(self):
        for front in ("", "easy", "easy · 0 minutes · explore · begins at `x`",
                      "simple · 5 minutes · explore · begins at `x`",
                      "easy · 5 minutes · explore · needs luck · begins at `x`"):
            put(self.directory / "README.md", f"# 00.1 Deep\n\n{front}\n")
            status, output = self.run_command("progress")
            self.assertEqual(status, 1)
            self.assertIn("README.md:3", output)

    def test_exercises_come_in_the_order_of_their_numbers(self):
        for number in (10, 2):
            put(self.directory.with_name(f"{number}-x") / "README.md", EXPLORE_README.replace("00.2", f"00.{number}"))
        self.assertEqual([e.id for e in catalogue.choose(self.place, [])], ["00.1", "00.2", "00.10"])


class ServicesTest(Case):
    def test_check_runs_between_the_registries_where_it_needs_them(self):
        exercise = catalogue.choose(self.place, [])[0]
        with unittest.mock.patch.dict(os.environ):
            os.environ.pop("GOCKER_TEST_REGISTRY", None)
            self.assertIsNone(surroundings.with_services([exercise], ["check", "00.1"]))
            needy = dataclasses.replace(exercise, needs=frozenset({"registry"}))
            command = surroundings.with_services([exercise, needy], ["check", "00.1"])
            self.assertTrue(command[0].endswith("tests/support/services.py"), command)
            self.assertEqual(command[-2:], ["check", "00.1"])
            os.environ["GOCKER_TEST_REGISTRY"] = "127.0.0.1:5000"
            self.assertIsNone(surroundings.with_services([needy], ["check", "00.1"]))

    def test_what_needs_no_registry_is_told_before_one_is_started(self):
        readme = self.directory / "README.md"
        put(readme, readme.read_text().replace("implement ·", "implement · needs registry ·"))
        with unittest.mock.patch.dict(os.environ), \
                unittest.mock.patch("subprocess.run", side_effect=AssertionError("wanted no services, they are started")):
            os.environ.pop("GOCKER_TEST_REGISTRY", None)
            self.assertIn("which exercise?", self.run_command("check")[1])
            self.assertIn("make start EX=00.1", self.run_command("check", "00.1")[1])
            self.assertIn("not started", self.run_command("grade")[1])
            put(self.answer, function("return 42;"))
            for command in ("check", "grade", "prove"):
                with self.assertRaisesRegex(AssertionError, "started"):
                    self.run_command(command, "00.1")
