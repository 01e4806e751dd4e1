"""Tests of the slides' tools: minutes, schedules, drawings, checkpoints, decks."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import course
import pictures
import schedule

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEAD = "# title: A title\n# text: A text.\n"


def deck(*minutes):
    """A deck whose slides take MINUTES."""
    slides = [f"\n<!-- minutes: {one} -->\n\n## Slide\n" for one in minutes]
    return '---\nmarp: true\ntitle: "7. A title"\n---\n' + "\n---\n".join(slides)


def some_chapter(number, talk, *exercises):
    made = [course.Exercise(f"{number:02}.{at}", "t", level, minutes, [])
            for at, (level, minutes) in enumerate(exercises, 1)]
    return course.Chapter(f"{number:02}-name", "Name", talk, 0, made)


def rows(table):
    """(minute of the day, what, minutes) of each row of a schedule."""
    found = re.findall(r"^\| (\d\d):(\d\d) \| (.*?) \| (\d*) ?\|$", table, re.M)
    return [(int(hour) * 60 + int(minute), what, int(length or 0)) for hour, minute, what, length in found]


class Minutes(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.place.name)
        self.addCleanup(self.place.cleanup)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def test_minutes_of_slides_add_up(self):
        self.assertEqual(course.deck_minutes(self.write("a.md", deck(1, 12, 3)), self.root), 16)

    def test_slide_without_minutes_is_named(self):
        path = self.write("a.md", deck(1, 2).replace("<!-- minutes: 2 -->", ""))
        with self.assertRaisesRegex(course.CourseError, "a.md: slide 2 wants one"):
            course.deck_minutes(path, self.root)

    def test_dashes_in_a_fence_begin_no_slide(self):
        text = deck(5) + "\n```yaml\na: 1\n---\nb: 2\n```\n"
        self.assertEqual(course.deck_minutes(self.write("a.md", text), self.root), 5)

    def test_exercise_without_minutes_is_named(self):
        path = self.write("exercises/01-parse/2-x/README.md", "# 01.2 X\n\neasy · implement\n")
        with self.assertRaisesRegex(course.CourseError, "exercises/01-parse/2-x/README.md"):
            course.exercise(path.parent, self.root)

    def test_mistakes_are_taken_from_wrong_answers(self):
        self.write("e/01-parse/2-x/README.md", "# 01.2 X\n\neasy · 9 minutes · implement\n")
        self.write("e/01-parse/2-x/wrong/a.c", "/* Mistake: too few. Rejected by all_are_there. */\nint x;\n")
        found = course.exercise(self.root / "e/01-parse/2-x", self.root)
        self.assertEqual(found.mistakes, [("too few.", "all_are_there")])


class Decks(unittest.TestCase):
    def test_deck_states_the_exercises_own_minutes(self):
        for chapter in course.chapters():
            path = ROOT / "slides" / f"{chapter.name}.md"
            said = re.findall(r"^\| (\d\d\.\d) \|.*\| (\d+) \|$", path.read_text(encoding="utf-8"), re.M) \
                if path.exists() else []
            wanted = {one.number: one.minutes for one in chapter.exercises}
            for number, minutes in said:
                self.assertEqual(wanted.get(number), int(minutes), f"{path.name}: minutes of exercise {number}")


class Schedules(unittest.TestCase):
    def plan(self, end, days, *chapters):
        return schedule.plan(chapters, days, end, ("easy", "medium"))

    def test_rows_follow_each_other_without_gap(self):
        found = rows(self.plan(schedule.END_OF_DAY, 1, some_chapter(0, 40), some_chapter(1, 50, ("easy", 30)),
                               some_chapter(2, 60, ("medium", 45))))
        self.assertEqual([row[0] for row in found[1:]], [row[0] + row[2] for row in found[:-1]])

    def test_day_ends_in_time(self):
        found = rows(self.plan(schedule.END_OF_DAY, 1, *(some_chapter(n, 60, ("easy", 30)) for n in range(12))))
        self.assertLessEqual(found[-1][0], schedule.END_OF_DAY)

    def test_what_does_not_fit_is_left_for_home(self):
        made = self.plan(schedule.END_OF_MORNING, 1, some_chapter(1, 100), some_chapter(2, 100), some_chapter(3, 77))
        self.assertRegex(made, r"Left for home: .*3\. Name: slides \(77\)")

    def test_nothing_is_lost(self):
        chapters = [some_chapter(n, 60, ("easy", 35), ("medium", 45)) for n in range(1, 9)]
        made = self.plan(schedule.END_OF_DAY, 2, *chapters)
        for chapter in chapters:
            for one in chapter.exercises:
                self.assertEqual(made.count(f"Exercise {one.number},"), 1, one.number)

    def test_plan_may_be_of_some_chapters(self):
        made = schedule.plan([some_chapter(1, 30), some_chapter(2, 30)], 1, schedule.END_OF_DAY, ("easy",), ("02",))
        self.assertEqual(re.findall(r"\*\*(\d)", made), ["2"])

    def test_hard_exercises_are_not_for_a_short_day(self):
        made = self.plan(schedule.END_OF_DAY, 1, some_chapter(1, 30, ("hard", 30)))
        self.assertNotIn("Exercise", made)

    def test_nobody_sits_longer_than_two_hours(self):
        found = rows(self.plan(schedule.END_OF_DAY, 1, *(some_chapter(n, 45, ("easy", 20)) for n in range(8))))
        rested = schedule.BEGIN
        for begin, what, minutes in found:
            if what in ("Break", "Lunch"):
                rested = begin + minutes
            self.assertLessEqual(begin + (minutes if what not in ("Break", "Lunch", "End") else 0) - rested, 120, what)

    def test_whole_day_has_lunch_once(self):
        found = rows(self.plan(schedule.END_OF_DAY, 1, *(some_chapter(n, 45) for n in range(9))))
        lunch = [row for row in found if row[1] == "Lunch"]
        self.assertEqual(len(lunch), 1)
        self.assertTrue(11 * 60 + 30 <= lunch[0][0] <= 13 * 60, lunch)

    def test_missing_marker_is_told(self):
        with self.assertRaisesRegex(course.CourseError, "wants one marker each"):
            schedule.fill("no markers", {"overview": ""})

    def test_text_outside_of_markers_stays(self):
        text = "before\n<!-- generated: a -->\nold\n<!-- end -->\nafter\n"
        self.assertEqual(schedule.fill(text, {"a": "new\n"}),
                         "before\n<!-- generated: a -->\n\nnew\n\n<!-- end -->\nafter\n")


class Drawings(unittest.TestCase):
    def test_box_becomes_a_rectangle(self):
        made = pictures.render(HEAD + "┌──┐\n│  │\n└──┘\n", "x")
        self.assertIn('<rect class="box" x="5" y="10" width="30" height="40" rx="3"/>', made)

    def test_text_stands_where_it_was(self):
        self.assertIn('x="40" y="35" textLength="110"', pictures.render(HEAD + "│\n    hello world\n", "x"))

    def test_two_blanks_part_texts(self):
        made = pictures.render(HEAD + "a b  c\n", "x")
        self.assertEqual(re.findall(r">([^<]+)</text>", made), ["a b", "c"])

    def test_text_is_escaped(self):
        self.assertIn(">a &lt; b &amp; c</text>", pictures.render(HEAD + "a < b & c\n", "x"))

    def test_arrow_ends_at_the_box(self):
        made = pictures.render(HEAD + "    ┌─┐\n ──▶│ │\n    └─┘\n", "x")
        self.assertIn('<path class="head" d="M45 30L', made)
        self.assertIn('<rect class="box" x="45"', made)

    def test_arrow_ends_at_a_line(self):
        made = pictures.render(HEAD + "   │\n──▶│\n   │\n", "x")
        self.assertIn('<path class="head" d="M35 30L', made)

    def test_open_box_is_told_with_its_place(self):
        with self.assertRaisesRegex(pictures.DrawingError, "line 1, column 3: the box is not closed"):
            pictures.render(HEAD + "  ╔══╗\n  ║  ║\n", "x")

    def test_drawing_needs_a_description(self):
        with self.assertRaisesRegex(pictures.DrawingError, "title"):
            pictures.render("┌┐\n└┘\n", "x")


class Checkpoints(unittest.TestCase):
    def setUp(self):
        self.place = tempfile.TemporaryDirectory()
        self.goal = pathlib.Path(self.place.name) / "checkpoint"
        self.addCleanup(self.place.cleanup)

    def checkpoint(self, *arguments):
        return subprocess.run(["slides/checkpoint.sh", *arguments], cwd=ROOT, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, env={**os.environ, "CHECKPOINT_DIR": str(self.goal)},
                              check=False, text=True)

    def test_later_chapters_are_not_in_it(self):
        self.checkpoint("02")
        for part in ("chapters", "exercises", "tests"):
            numbers = {path.name[:2] for path in (self.goal / part).glob("[0-9][0-9]-*")}
            self.assertLessEqual(numbers, {"01", "02"}, part)
        self.assertTrue((self.goal / "chapters/02-pull/main.c").exists())

    def test_makefile_knows_its_programs(self):
        self.checkpoint("02")
        done = subprocess.run(["make", "--dry-run", "all"], cwd=self.goal, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False, text=True)
        self.assertEqual(done.returncode, 0, done.stdout[-500:])
        self.assertIn("build/bin/02-pull", done.stdout)
        self.assertNotIn("03-extract", done.stdout)

    def test_earlier_exercises_are_answered_and_its_own_are_not(self):
        self.checkpoint("02")
        answers = {path.parent.name for path in (self.goal / "work").glob("*/answer.*")}
        wanted = {one.number for chapter in course.chapters() if chapter.name.startswith("01") for one in chapter.exercises}
        self.assertEqual(answers, wanted)
        for number in answers:
            answer = next((self.goal / "work" / number).glob("answer.*"))
            solution = next((ROOT / "exercises/01-parse").glob(f"{number[-1]}-*/solution.*"))
            self.assertEqual(answer.read_bytes(), solution.read_bytes(), number)

    def test_work_in_an_old_one_is_not_lost(self):
        self.checkpoint("01")
        (self.goal / "mine").write_text("hours of work", encoding="utf-8")
        refused = self.checkpoint("01")
        self.assertEqual(refused.returncode, 1, refused.stdout)
        self.assertTrue((self.goal / "mine").exists())
        self.checkpoint("01", "--force")
        kept = list(self.goal.parent.glob("checkpoint.*/mine"))
        self.assertEqual(len(kept), 1)

    def test_unknown_chapter_is_refused_with_those_there_are(self):
        done = self.checkpoint("77")
        self.assertEqual(done.returncode, 1)
        self.assertIn("01-parse", done.stdout)
        self.assertFalse(self.goal.exists())
