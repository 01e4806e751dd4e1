"""The exercises: what there is in exercises/NN-chapter/K-name, and the front line of each README.md.

    # 01.2 Did you mean FROM?

    medium · 20 minutes · implement · begins at `swapped_neighbours_are_one_mistake`

The front line has the level, the minutes, what the learner does (implement: write a part of answer.c; explore:
observe something and write it into answer.txt), what is needed ("needs root", "needs registry", "needs root and
registry"; left out for nothing), and the first test of check.c that the starter fails.
"""

import dataclasses
import pathlib
import re

from place import shown

POINTS = {"easy": 1, "medium": 2, "hard": 3}
NEEDS = {"root", "registry", "machine"}
HINTS = 3
SUFFIX = {"implement": ".c", "explore": ".txt"}
FRONT_LINE = re.compile(r"(?P<level>easy|medium|hard) · (?P<minutes>[1-9]\d*) minutes · "
                        r"(?P<form>implement|explore)(?: · needs (?P<needs>[a-z ]+))? · "
                        r"begins at `(?P<first_test>\w+)`")
USAGE = "make {0} EX=01.1; `make progress` lists the exercises"


class Mistake(Exception):
    """What a person asked for cannot be done; says what to do instead."""


class Faulty(Exception):
    """An exercise is not as it should be: its author's business."""


@dataclasses.dataclass(frozen=True)
class Exercise:
    id: str        # "01.2"
    title: str     # "Did you mean FROM?"
    level: str
    minutes: int
    form: str
    needs: frozenset
    first_test: str
    directory: pathlib.Path

    @property
    def chapter(self):
        return self.directory.parent.name

    @property
    def points(self):
        return POINTS[self.level]

    @property
    def suffix(self):
        return SUFFIX[self.form]

    @property
    def starter(self):
        return self.directory / f"starter{self.suffix}"

    @property
    def solution(self):
        return self.directory / f"solution{self.suffix}"

    @property
    def wrong(self):
        return sorted((self.directory / "wrong").glob(f"*{self.suffix}"))

    def hint(self, number):
        return self.directory / "hints" / f"{number}.md"

    def answer(self, place):
        return place.work / self.id / f"answer{self.suffix}"


def number_of(directory):
    """The id that a directory's name stands for: 01.2 for 01-parse/2-nearest."""
    return f"{directory.parent.name.split('-')[0]}.{directory.name.split('-')[0]}"


def read(directory):
    """The exercise in DIRECTORY. Raises Faulty where its README.md does not say what it is."""
    readme = directory / "README.md"
    if not readme.is_file():
        raise Faulty(f"{shown(readme)} is missing")
    lines = readme.read_text().splitlines()
    identity = number_of(directory)
    heading = re.fullmatch(rf"# {re.escape(identity)} (.+)", lines[0] if lines else "")
    if not heading:
        raise Faulty(f"{shown(readme)}:1: wanted \"# {identity} Title\"")
    front = FRONT_LINE.fullmatch(lines[2] if len(lines) > 2 else "")
    if not front:
        raise Faulty(f"{shown(readme)}:3: wanted \"LEVEL · N minutes · FORM · begins at `TEST`\", "
                     "see exercises/README.md")
    needs = frozenset(front["needs"].split(" and ")) if front["needs"] else frozenset()
    if not needs <= NEEDS:
        raise Faulty(f"{shown(readme)}:3: needs may be {', '.join(sorted(NEEDS))}, joined by \"and\"")
    return Exercise(identity, heading[1], front["level"], int(front["minutes"]), front["form"], needs,
                    front["first_test"], directory)


def directories(place):
    """The directories of all exercises, in the order of their numbers."""
    found = place.exercises.glob("[0-9][0-9]-*/[0-9]*-*/")
    return sorted((path for path in found if path.is_dir()),
                  key=lambda path: (path.parent.name, int(path.name.split("-")[0])))


def named(place, name):
    """The directories that NAME means: of an exercise, "01.2" or "1.2", or of a chapter's, "01" or "1"."""
    match = re.fullmatch(r"(\d{1,2})(?:\.(\d+))?", name)
    if not match:
        raise Mistake(f"{name!r} is no exercise's number; try EX=01.1, `make progress` lists them")
    wanted = f"{int(match[1]):02}." + (str(int(match[2])) if match[2] else "")
    found = [directory for directory in directories(place)
             if number_of(directory) == wanted or not match[2] and number_of(directory).startswith(wanted)]
    if not found:
        raise Mistake(f"there is no exercise {wanted}; `make progress` lists them" if match[2] else
                      f"chapter {wanted[:2]} has no exercises; `make progress` lists them")
    return found


def find_one(place, names, command):
    """The one exercise that is named, for a command that needs one."""
    if len(names) != 1 or "." not in names[0]:
        raise Mistake("which exercise? " + USAGE.format(command))
    return read(named(place, names[0])[0])


def choose_directories(place, names):
    """The directories of the exercises and chapters named; all where nothing is named."""
    return [directory for name in names for directory in named(place, name)] if names else directories(place)


def choose(place, names):
    return [read(directory) for directory in choose_directories(place, names)]
