#!/usr/bin/env -S python3 -B
"""Compute the schedules, and all else in INSTRUCTOR.md that other files decide.

    schedule.py            rewrite what stands between the markers of slides/INSTRUCTOR.md (make schedule)
    schedule.py --check    change nothing; fail where it is stale

A marker is <!-- generated: NAME -->, and the text ends at <!-- end -->.
"""

import os
import re
import sys

from course import ROOT, CourseError, chapters

INSTRUCTOR = ROOT / "slides/INSTRUCTOR.md"
MARKED = re.compile(r"(<!-- generated: (\w[\w-]*) -->\n)(.*?)(<!-- end -->)", re.S)

LUNCH, BREAK = 60, 15
# Nobody listens for longer than this without a break, and a break sooner than that annoys.
WITHOUT_BREAK, BETWEEN_BREAKS = 90, 45
NOON, HALF_PAST_NOON = 12 * 60, 12 * 60 + 30
BEGIN, END_OF_MORNING, END_OF_DAY = 9 * 60, 13 * 60, 17 * 60

# How many days, until when, which exercises are done in the room, and which chapters (None: all). In half a day there is
# time for the file and for the process; what lies between is shown. A day ends with the first container.
PLANS = {
    "half-a-day": (1, END_OF_MORNING, ("easy",), ("00", "01", "04")),
    "one-day": (1, END_OF_DAY, ("easy",), ("00", "01", "02", "03", "04")),
    "two-days": (2, END_OF_DAY, ("easy", "medium"), None),
}


class Day:
    """The rows of a day, as they come."""

    def __init__(self, end):
        self.now, self.end, self.rested, self.eaten, self.rows = BEGIN, end, BEGIN, end <= END_OF_MORNING, []

    def pauses(self, minutes):
        """The pause that is due before something that takes MINUTES: (what, its minutes) or None."""
        if not self.eaten and (self.now >= NOON or self.now + minutes > HALF_PAST_NOON + 15):
            return "Lunch", LUNCH
        if self.now + minutes - self.rested > WITHOUT_BREAK and self.now - self.rested >= BETWEEN_BREAKS:
            return "Break", BREAK
        return None

    def fits(self, minutes):
        pause = self.pauses(minutes)
        return self.now + minutes + (pause[1] if pause else 0) <= self.end

    def add(self, what, minutes):
        pause = self.pauses(minutes)
        if pause:
            self.row(*pause)
            self.rested, self.eaten = self.now, self.eaten or pause[0] == "Lunch"
        self.row(what, minutes)

    def row(self, what, minutes):
        self.rows.append(f"| {self.now // 60:02}:{self.now % 60:02} | {what} | {minutes} |")
        self.now += minutes


def parts(course, levels):
    """(what, minutes) in their order: a chapter's slides, or its lesson where it has none, then its exercises."""
    for chapter in course:
        number = int(chapter.name[:2])
        label = f"{number}. {chapter.title}" if number else chapter.title
        if chapter.deck:
            yield label, f"**{label}**: slides", chapter.deck
        elif chapter.lesson:
            yield label, f"**{label}**: the lesson, together", chapter.lesson
        for one in chapter.exercises:
            if one.level in levels and (chapter.deck or chapter.lesson):
                yield None, f"Exercise {one.number}, {one.title} ({one.level})", one.minutes


def plan(course, days, end, levels, only=None):
    """The table of a plan. A talk that does not fit ends it; an exercise that does not fit is for home."""
    all_days, home, over = [Day(end)], [], False
    chosen = [one for one in course if not only or one.name[:2] in only]
    for talk, what, minutes in parts(chosen, levels):
        if talk and not all_days[-1].fits(minutes) and len(all_days) < days:
            all_days.append(Day(end))
        over = over or (talk is not None and not all_days[-1].fits(minutes))
        if over or not all_days[-1].fits(minutes):
            home.append((what, minutes))
        else:
            all_days[-1].add(what, minutes)
    return "\n".join(tables(all_days, home))


def tables(days, home):
    for number, day in enumerate(days, 1):
        if len(days) > 1:
            yield f"Day {number}:\n"
        yield "| from | what | minutes |\n|---|---|---|"
        yield from day.rows
        yield f"| {day.now // 60:02}:{day.now % 60:02} | End | |\n"
    if home:
        yield "Left for home: " + "; ".join(f"{what.replace('**', '')} ({minutes})" for what, minutes in home) + ".\n"


def overview(course):
    """What each chapter takes."""
    rows = ["| chapter | slides | lesson alone | exercises |", "|---|---|---|---|"]
    for one in course:
        exercises = ", ".join(f"{e.number} {e.level} {e.minutes}" for e in one.exercises)
        rows.append(f"| {one.name} | {one.deck or '–'} | {one.lesson or '–'} | {exercises or '–'} |")
    return "\n".join(rows) + "\n"


def mistakes(course):
    """Frequent wrong answers, as the exercises know them."""
    parts_of_list = []
    for one in (exercise for chapter in course for exercise in chapter.exercises):
        if one.mistakes:
            parts_of_list.append(f"**{one.number} {one.title}**\n")
            parts_of_list += [f"- {what[0].upper()}{what[1:]} (`{test}`)" for what, test in one.mistakes]
            parts_of_list.append("")
    return "\n".join(parts_of_list)


def generate(course):
    """{name: text} of all that stands between markers."""
    made = {name: plan(course, *what) for name, what in PLANS.items()}
    return made | {"overview": overview(course), "wrong-answers": mistakes(course)}


def fill(text, made):
    """TEXT with what is MADE between its markers. Each has to be there once."""
    names = [match[2] for match in MARKED.finditer(text)]
    if sorted(names) != sorted(made):
        raise CourseError(f"slides/INSTRUCTOR.md: wants one marker each for {', '.join(sorted(made))}")
    return MARKED.sub(lambda match: f"{match[1]}\n{made[match[2]]}\n{match[4]}", text)


def main(arguments):
    if arguments not in ([], ["--check"]):
        sys.exit(__doc__)
    text = INSTRUCTOR.read_text(encoding="utf-8")
    try:
        wanted = fill(text, generate(chapters()))
    except CourseError as error:
        print(f"schedule: FAILED {error}")
        print("schedule: 0 passed, 1 failed, 0 skipped")
        return 1
    if arguments:
        stale = text != wanted
        if stale:
            print("schedule: FAILED slides/INSTRUCTOR.md is older than the minutes it adds up; run make schedule")
        print(f"schedule: {int(not stale)} passed, {int(stale)} failed, 0 skipped")
        return int(stale)
    if text != wanted:
        new = INSTRUCTOR.with_suffix(".md.new")
        new.write_text(wanted, encoding="utf-8")
        os.replace(new, INSTRUCTOR)
        print("slides/INSTRUCTOR.md: rewritten")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
