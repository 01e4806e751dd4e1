"""From an answer to a program: the check, the answer and the chapter's archives.

make knows the compiler, its flags and how the archives are made; `make exercise-build` brings the archives up to
date and says the rest. The exercises' own files are compiled here, because a learner's compile error is a
result like others, to be told in the learner's words. What was compiled is kept until something that it was made
of changes.
"""

import dataclasses
import hashlib
import os
import pathlib
import re
import shlex
import subprocess
import sys

from place import REPOSITORY, shown
from surroundings import outside_make

RUNNER = pathlib.Path(__file__).resolve().parent
SHARED = ("exercise.c", "want.c")  # linked into every check
PATIENCE_S = 2
PLAIN, SANITIZED = "obj", "asan"   # as the Makefile calls them


class CompileError(Exception):
    """The learner's file does not compile or link. The text is the compiler's."""


class Need(Exception):
    """Something that the machine does not have."""


class Broken(Exception):
    """The check itself cannot be built: not the learner's business."""


def missing_package(messages):
    """A Need where the compiler or the linker did not find what a package holds, else None."""
    header = re.search(r"fatal error: (\S+\.h)[:'] .*(?:No such file|file not found)", messages)
    header = header or re.search(r"fatal error: '(\S+\.h)' file not found", messages)
    library = re.search(r"(?:cannot find|unable to find library) (-l\w+|\S*/lib(?:asan|ubsan)\S*|\S*asan\S*\.a)", messages)
    if not (header or library):
        return None
    what = f"the header {header[1]}" if header else f"the library {library[1]}"
    return Need(f"needs {what}, which this machine does not have; `make deps` installs what is missing")


def run(command, if_long=None):
    """COMMAND's exit status and all it printed. IF_LONG is said when it takes more than a moment."""
    try:
        process = subprocess.Popen(command, cwd=REPOSITORY, env=outside_make(), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except FileNotFoundError as error:
        raise Need(f"needs {error.filename}, which this machine does not have; "
                   "`make deps` installs what is missing") from error
    with process:
        try:
            output, _ = process.communicate(timeout=PATIENCE_S if if_long else None)
        except subprocess.TimeoutExpired:
            print(if_long, file=sys.stderr, flush=True)
            output, _ = process.communicate()
    return process.returncode, output.decode(errors="replace")


@dataclasses.dataclass(frozen=True)
class Settings:
    """What make says of a chapter in a variant."""
    compile: tuple   # the compiler with its flags, before a file's own -I
    link: tuple
    includes: tuple  # -I of the chapters up to this one
    libraries: tuple

    @staticmethod
    def of(chapter, variant):
        command = ["make", "--silent", "--no-print-directory", f"-j{len(os.sched_getaffinity(0))}",
                   "exercise-build", f"CHAPTER={chapter}", f"VARIANT={variant}"]
        status, output = run(command, f"Building what the exercises of {chapter} need ...")
        if status != 0:
            raise missing_package(output) or Broken(f"{shlex.join(command)} failed:\n{output}")
        values = dict(line.removeprefix("exercise: ").split("=", 1) for line in output.splitlines()
                      if line.startswith("exercise: "))
        return Settings(*(tuple(shlex.split(values[name]))
                          for name in ("compile", "link", "includes", "libraries")))


def inputs(target):
    """The files that the object TARGET was made of, as the compiler noted them (-MMD); [] where it did not."""
    try:
        rule = target.with_suffix(".d").read_text().replace("\\\n", " ").split(":", 1)[1]
        return [REPOSITORY / name for name in shlex.split(rule.split("\n", 1)[0])]
    except (OSError, IndexError):
        return []


def fingerprint(command, files):
    """What a file made by COMMAND from FILES depends on. Contents and not times: a learner who undoes a change
    within the clock's granularity, or unpacks an older file, gets the right program all the same."""
    digest = hashlib.sha256(shlex.join(command).encode())
    for path in files:
        digest.update(f"\0{path}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def is_current(target, command, files):
    """Was TARGET made by COMMAND from FILES as they are now?"""
    try:
        record = target.with_name(target.name + ".made").read_text()
        return target.exists() and bool(files) and record == fingerprint(command, files)
    except OSError:
        return False


def note_made(target, command, files):
    target.with_name(target.name + ".made").write_text(fingerprint(command, files))


def binary_of(chapter, variant):
    """The chapter's binary, for checks that run it."""
    return REPOSITORY / "build" / ("asan/bin" if variant == SANITIZED else "bin") / chapter


class Builder:
    """The programs of one chapter's exercises, as they ship or sanitized."""

    def __init__(self, place, chapter, variant):
        self.directory = place.build / "exercises" / variant / chapter
        self.binary = binary_of(chapter, variant)
        self.settings = Settings.of(chapter, variant)

    def compile(self, source, target, includes):
        """Compile SOURCE; the object's path. Raises CompileError, or Need."""
        target.parent.mkdir(parents=True, exist_ok=True)
        command = [*self.settings.compile, *includes, *self.settings.includes, "-fdiagnostics-color=never",
                   "-MMD", "-c", "-o", str(target), shown(source)]
        if is_current(target, command, inputs(target)):
            return target
        status, messages = run(command)
        if status != 0:
            raise CompileError(messages)
        note_made(target, command, inputs(target))
        return target

    def compile_ours(self, source, target, includes):
        """The same for what is not the learner's."""
        try:
            return self.compile(source, target, ["-Itests/support", f"-I{shown(RUNNER)}", *includes])
        except CompileError as error:
            raise missing_package(str(error)) or Broken(f"{shown(source)} does not compile:\n{error}") from error

    def shared_objects(self):
        return [self.compile_ours(RUNNER / name, self.directory / f"{name[:-2]}.o", []) for name in SHARED]

    def check_objects(self, exercise):
        own = self.directory / exercise.directory.name / "check.o"
        return [self.compile_ours(exercise.directory / "check.c", own, [f"-I{shown(exercise.directory)}"]),
                *self.shared_objects()]

    def object_of(self, exercise, source):
        """The object of an answer, be it the learner's, the starter or the solution."""
        name = source.stem if source.parent.name != "wrong" else f"wrong-{source.stem}"
        features = ["-U_GNU_SOURCE", "-include", shown(RUNNER / "gnu_source.h")]
        return self.compile(source, self.directory / exercise.directory.name / f"{name}.o",
                            [*features, f"-I{shown(exercise.directory)}"])

    def link(self, program, objects):
        command = [*self.settings.link, "-o", str(program), *map(str, objects), *self.settings.libraries]
        files = [*objects, *(REPOSITORY / name for name in self.settings.libraries if name.endswith(".a"))]
        if is_current(program, command, files):
            return program
        status, messages = run(command)
        if status == 0:
            note_made(program, command, files)
            return program
        missing = missing_package(messages)
        if missing:
            raise missing
        names = sorted(set(re.findall(r"undefined (?:reference to|symbol:) [`']?(\w+)", messages)))
        if names:
            messages = "".join(f"{name} is called, and nothing defines it\n" for name in names) + messages
        raise CompileError(messages)

    def program(self, exercise, source):
        """The program that checks SOURCE. Where an exercise explores, SOURCE is no part of it."""
        checks = self.check_objects(exercise)
        if exercise.form == "explore":
            return self.link(self.directory / exercise.directory.name / "check", checks)
        answer = self.object_of(exercise, source)
        return self.link(answer.with_suffix(""), [*checks, answer])


def variant_of(exercise):
    """A learner's C is checked sanitized, so that a wrong access is found where it happens. Where there is no C
    of the learner's, the programs that ship are observed."""
    return PLAIN if exercise.form == "explore" else SANITIZED
