"""The commands. Each returns True when what it was asked for is so: the exit status is 0 then, and 1 otherwise,
2 where a command could not be understood."""

import argparse
import os
import signal
import subprocess
import sys

import catalogue
import desk
import grading
import proving
import surroundings
import watching
from checking import ABSENT, BROKEN, check, render
from findings import NEED, PASSED
from place import Place, shown


def start(place, options):
    exercise = catalogue.find_one(place, options.exercises, "start")
    answer = desk.start(place, exercise, options.force)
    what = "edit" if exercise.form == "implement" else "write what you observe into"
    print(f"{exercise.id} {exercise.title}: {exercise.level}, {exercise.minutes} minutes\n"
          f"  read {shown(exercise.directory / 'README.md')}\n"
          f"  {what} {shown(answer)}\n"
          f"  check it: `make check EX={exercise.id}`, or `make watch` in another terminal")
    return True


def summary(place, exercise, report):
    """The last line of a check: how far, and what to ask for."""
    if report.passed:
        return (f"{exercise.id} passed, all {len(report.findings)} tests. "
                f"Compare: `make solution EX={exercise.id}`. On: `make progress`.")
    if report.kind in (NEED, ABSENT):
        return f"{exercise.id}: {report.kind}. That is no pass." + (
            f" As root: `sudo make check EX={exercise.id}`." if "root" in exercise.needs and os.geteuid() else "")
    if report.kind == BROKEN:
        return f"{exercise.id}: {report.kind}. That is no pass, and no hint helps; does `make` build all?"
    passed = len(report.names(PASSED))
    count = f" ({passed} of {len(report.findings)} tests passed)" if report.findings else ""
    return f"{exercise.id}: {report.kind}{count}. {desk.next_hint_line(place, exercise)}"


def check_one(place, options):
    exercise = catalogue.find_one(place, options.exercises, "check")
    source = exercise.answer(place)
    before = desk.digest(source)
    report = check(place, exercise, source)
    print(render(exercise, source, report))
    if report.passed and desk.digest(source) == before:
        desk.change(place, exercise, passed=before)
    print(summary(place, exercise, report))
    return report.passed


def hint(place, options):
    exercise = catalogue.find_one(place, options.exercises, "hint")
    numbers = desk.take_hints(place, exercise, options.again)
    print("\n\n".join(f"{exercise.id} {exercise.title}: hint {number} of {catalogue.HINTS}\n\n"
                      f"{exercise.hint(number).read_text().rstrip()}" for number in numbers))
    return True


def solution(place, options):
    exercise = catalogue.find_one(place, options.exercises, "solution")
    print(desk.solution(place, exercise, options.force), end="")
    return True


def progress(place, options):
    print(desk.progress(place, catalogue.choose(place, options.exercises)))
    return True


def watch(place, options):
    return watching.watch(place, options.poll)


def grade(place, options):
    return grading.grade(place, catalogue.choose(place, options.exercises))


def classroom(place, options):
    place.build.mkdir(parents=True, exist_ok=True)
    target = place.build / "classroom.yml"
    target.write_text(grading.workflow(catalogue.choose(place, options.exercises)))
    print(f"{shown(target)}: copy it to .github/workflows/classroom.yml of the assignment's repository")
    return True


def prove(place, options):
    return proving.prove_all(place, catalogue.choose_directories(place, options.exercises))


COMMANDS = {"start": start, "check": check_one, "hint": hint, "solution": solution, "progress": progress,
            "watch": watch, "grade": grade, "classroom": classroom, "prove": prove}
RUN_ANSWERS = {"check", "grade", "prove"}


def parse(arguments):
    parser = argparse.ArgumentParser(prog="exercises/runner/run", allow_abbrev=False)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("exercises", nargs="*", metavar="EX")
    parser.add_argument("--force", action="store_true", help="start: begin anew; solution: show it before a pass")
    parser.add_argument("--again", action="store_true", help="hint: those that are read already")
    parser.add_argument("--poll", action="store_true", help="watch: look twice a second, do not use inotify")
    return parser.parse_args(arguments)


def services_command(place, options, arguments):
    """The command that runs this one between the registries, or None. What they are not needed for is told first:
    an exercise that is not named, an answer that is not there."""
    if options.command not in RUN_ANSWERS:
        return None
    try:
        if options.command == "check":
            catalogue.find_one(place, options.exercises, "check")
        exercises = catalogue.choose(place, options.exercises)
    except catalogue.Faulty:
        return None  # `prove` tells
    if options.command != "prove":
        exercises = [exercise for exercise in exercises if exercise.answer(place).is_file()]
    return surroundings.with_services(exercises, arguments)


def main(arguments, place=None):
    place = place or Place()
    options = parse(arguments)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `make check | head` is no reason for a traceback
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        command = services_command(place, options, arguments)
        if command:
            return subprocess.run(command, check=False).returncode
        surroundings.step_down()
        return 0 if COMMANDS[options.command](place, options) else 1
    except catalogue.Mistake as error:
        print(f"{options.command}: {error}", file=sys.stderr)
        return 2
    except catalogue.Faulty as error:
        print(f"{options.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
