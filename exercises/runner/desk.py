"""The learner's desk, work/: answers begun, hints read, what passed.

work/state.json holds, for each exercise, how many hints were read and which answer passed (its SHA-256, so that
an answer changed since then is told as such). It is only a memory: `make grade` checks anew.
"""

import fcntl
import hashlib
import itertools
import json
import os
import shutil

from catalogue import HINTS, Mistake
from place import shown


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def load(place):
    try:
        state = json.loads((place.work / "state.json").read_text())
    except (OSError, ValueError):
        return {}  # none yet, or spoilt: what it remembers can be earned again
    return state if isinstance(state, dict) else {}


def change(place, exercise, **values):
    """Remember VALUES for EXERCISE. Two terminals may do so at once, hence the lock and the rename."""
    place.work.mkdir(parents=True, exist_ok=True)
    with open(place.work / ".lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        state = load(place)
        entry = state.get(exercise.id)
        state[exercise.id] = {**(entry if isinstance(entry, dict) else {}), **values}
        new = place.work / "state.json.new"
        new.write_text(json.dumps(state, indent=1, sort_keys=True) + "\n")
        os.replace(new, place.work / "state.json")


def hints_read(place, exercise):
    entry = load(place).get(exercise.id)
    number = entry.get("hints", 0) if isinstance(entry, dict) else 0
    return number if isinstance(number, int) and 0 <= number <= HINTS else 0


def has_passed(place, exercise):
    entry = load(place).get(exercise.id)
    return isinstance(entry, dict) and isinstance(entry.get("passed"), str)


def standing(place, exercise):
    """How far the learner is with EXERCISE, in words."""
    answer = exercise.answer(place)
    if has_passed(place, exercise):
        return "passed" if load(place)[exercise.id]["passed"] == digest(answer) else "passed, changed since"
    if not answer.is_file():
        return "-"
    return "started" if digest(answer) != digest(exercise.starter) else "started, unchanged"


def old_names(answer):
    """answer.c.old, answer.c.old.2 and so on: each time that an answer is put aside it gets a name of its own."""
    yield answer.with_name(answer.name + ".old")
    for number in itertools.count(2):
        yield answer.with_name(f"{answer.name}.old.{number}")


def start(place, exercise, force):
    """Put the starter on the desk. A learner's work is never overwritten unless FORCE; then it is kept aside."""
    answer = exercise.answer(place)
    kept = next(path for path in old_names(answer) if not path.exists())
    if answer.exists() and not force:
        raise Mistake(f"{shown(answer)} is there already, and stays as it is; "
                      f"`make start EX={exercise.id} FORCE=1` begins anew and keeps the old one as {kept.name}")
    answer.parent.mkdir(parents=True, exist_ok=True)
    if answer.exists() and digest(answer) != digest(exercise.starter):
        os.replace(answer, kept)
    shutil.copyfile(exercise.starter, answer)
    return answer


def next_hint_line(place, exercise):
    """What to ask for when a check did not pass."""
    read = hints_read(place, exercise)
    if read < HINTS:
        return f"`make hint EX={exercise.id}` gives hint {read + 1} of {HINTS}."
    return (f"All {HINTS} hints are read: `make hint EX={exercise.id}` shows them again, "
            f"`make solution EX={exercise.id} FORCE=1` the solution.")


def take_hints(place, exercise, again):
    """The numbers of the hints to show: the next one, which counts as read from now on. AGAIN: those that are read
    already; so it is when there is no next one. Who has passed may see all, and none of them counts."""
    read = hints_read(place, exercise)
    if has_passed(place, exercise):
        return range(1, HINTS + 1)
    if again and read == 0:
        raise Mistake(f"no hint is read yet; `make hint EX={exercise.id}` gives the first")
    if again or read == HINTS:
        return range(1, read + 1)
    change(place, exercise, hints=read + 1)
    return range(read + 1, read + 2)


def solution(place, exercise, force):
    if not (force or has_passed(place, exercise)):
        raise Mistake(f"the solution is for afterwards: {exercise.id} has not passed yet. "
                      f"{next_hint_line(place, exercise)} To see it all the same: "
                      f"`make solution EX={exercise.id} FORCE=1`")
    return exercise.solution.read_text()


def progress(place, exercises):
    """The table of all exercises, and what comes next."""
    rows = [(e.id, e.title, e.level, f"{e.minutes} min", standing(place, e),
             f"{hints_read(place, e)} of {HINTS}" if hints_read(place, e) else "-") for e in exercises]
    head = ("", "exercise", "level", "time", "state", "hints")
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in (head, *rows)]
    done = [e for e in exercises if has_passed(place, e)]
    lines += ["", f"{len(done)} of {len(exercises)} passed, {sum(e.minutes for e in done)} "
                  f"of {sum(e.minutes for e in exercises)} minutes"]
    left = [e for e in exercises if e not in done]
    if left:
        command = "check" if left[0].answer(place).is_file() else "start"
        lines.append(f"Next: make {command} EX={left[0].id}")
    return "\n".join(lines)
