"""What a course consists of: decks, lessons and exercises, with the minutes that each says it takes."""

import dataclasses
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[1]
LEVELS = ("easy", "medium", "hard")


class CourseError(Exception):
    """What is wrong with a file, for its author."""


@dataclasses.dataclass
class Exercise:
    number: str  # "01.2"
    title: str
    level: str
    minutes: int
    mistakes: list  # (what is wrong, the test that finds it)


@dataclasses.dataclass
class Chapter:
    name: str  # "01-parse"; "00-opening" has a deck only
    title: str
    deck: int  # minutes, 0 where there is no deck yet
    lesson: int  # minutes of reading and trying, 0 where the lesson is not written
    exercises: list


def slides_of(text):
    """The slides of a deck: its parts between lines of three dashes, which may also be in fences."""
    body = re.sub(r"\A---\n.*?^---\n", "", text, flags=re.S | re.M)
    slides, fence = [[]], None
    for line in body.splitlines():
        marks = re.match(r"(`{3,})", line)
        if marks and fence is None:
            fence = marks[1]
        elif fence and re.fullmatch(fence + r"`*\s*", line):
            fence = None
        if line == "---" and fence is None:
            slides.append([])
        else:
            slides[-1].append(line)
    return ["\n".join(slide) for slide in slides]


def deck_minutes(path, root=ROOT):
    """The minutes of all slides of a deck; 0 where there is none."""
    if not path.exists():
        return 0
    total = 0
    for number, slide in enumerate(slides_of(path.read_text(encoding="utf-8")), 1):
        found = re.findall(r"^<!-- minutes: ([1-9]\d?) -->$", slide, re.M)
        if len(found) != 1:
            raise CourseError(f"{path.relative_to(root)}: slide {number} wants one <!-- minutes: N -->")
        total += int(found[0])
    return total


def front(path):
    """(title, fields) of a lesson or exercise: its heading, and the parts of the line of fields below it."""
    lines = path.read_text(encoding="utf-8").splitlines()
    title = lines[0].lstrip("# ").strip() if lines else ""
    for line in lines[1:6]:
        if " · " in line and re.search(r"\b\d+ minutes\b", line):
            return title, [field.strip() for field in line.split("·")]
    return title, []


def minutes_of(fields):
    return next((int(match[1]) for field in fields if (match := re.fullmatch(r"(\d+) minutes", field))), 0)


def mistakes_of(place):
    """The wrong answers that an exercise knows, from their first lines."""
    found = []
    for path in sorted((place / "wrong").glob("*")):
        first = path.read_text(encoding="utf-8").split("\n", 1)[0]
        match = re.search(r"Mistake: (.*?)\s*Rejected by (\w+)\.", first)
        if match:
            found.append((match[1], match[2]))
    return found


def exercise(place, root=ROOT):
    title, fields = front(place / "README.md")
    number = f"{place.parent.name[:2]}.{place.name.split('-')[0]}"
    level = next((field for field in fields if field in LEVELS), None)
    if not level or not minutes_of(fields):
        raise CourseError(f"{place.relative_to(root)}/README.md: its third line wants a level and minutes")
    return Exercise(number, title.removeprefix(number).strip(), level, minutes_of(fields), mistakes_of(place))


def title_of(deck, lesson):
    """What the deck calls itself, or else the lesson, without the number."""
    match = deck.exists() and re.search(r'^title:\s*"?(.*?)"?\s*$', deck.read_text(encoding="utf-8"), re.M)
    title = match[1] if match else front(lesson)[0] if lesson.exists() else deck.stem
    title = re.sub(r"^(Chapter )?\d+[.:]?\s*", "", title)
    return title[:1].upper() + title[1:]


def chapter(name, root=ROOT):
    deck, lesson = root / "slides" / f"{name}.md", root / "chapters" / name / "README.md"
    minutes = minutes_of(front(lesson)[1]) if lesson.exists() else 0
    places = sorted((root / "exercises" / name).glob("[0-9]*/README.md"))
    return Chapter(name, title_of(deck, lesson), deck_minutes(deck, root), minutes, [exercise(place.parent, root) for place in places])


def chapters(root=ROOT):
    """The opening, then the chapters that are there."""
    names = sorted(path.name for path in (root / "chapters").glob("[0-9][0-9]-*"))
    return [chapter(name, root) for name in ["00-opening", *names]]
