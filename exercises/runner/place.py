"""Where everything is: the checkout, the exercises, the learner's answers, what is built.

Tests put exercises of their own somewhere else; all the rest asks a Place.
"""

import dataclasses
import pathlib

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


@dataclasses.dataclass(frozen=True)
class Place:
    exercises: pathlib.Path = REPOSITORY / "exercises"
    work: pathlib.Path = REPOSITORY / "work"
    build: pathlib.Path = REPOSITORY / "build"  # grade.json, and exercises/ with the programs


def shown(path):
    """PATH as the learner would type it: relative to the checkout, where make runs."""
    path = pathlib.Path(path)
    return str(path.relative_to(REPOSITORY)) if path.is_relative_to(REPOSITORY) else str(path)
