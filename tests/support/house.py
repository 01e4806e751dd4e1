#!/usr/bin/env -S python3 -B
"""The rules of the house, as tests: what keeps the tree readable and the chapters in their order.

Needs the archives (build/obj/lib*.a) and a git checkout or an unpacked tree. Prints what is broken and
"house: N passed, N failed, 0 skipped".
"""

import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHAPTERS = sorted(path.name for path in (ROOT / "chapters").glob("[0-9][0-9]-*"))
AT_THE_ROOT = {"Makefile", "README.md", "LICENSE", "common", "chapters", "tests", "exercises", "slides",
               "build", "work"}
LONGEST_FUNCTION, LONGEST_FILE, MAIN_LINES = 60, 400, range(20, 61)


def sources(*patterns):
    return sorted(path for pattern in patterns for path in ROOT.glob(pattern))


def short(path):
    return str(path.relative_to(ROOT))


def symbols(archive):
    """The names that an archive defines for others, and those that it takes from elsewhere."""
    command = ["nm", "--extern-only", "--format=posix", ROOT / "build" / "obj" / f"lib{archive}.a"]
    lines = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
    found = [line.split()[:2] for line in lines.decode().splitlines() if re.match(r"\S+ [A-Za-z]", line)]
    defined = {name for name, kind in found if kind not in "Uwv"}
    return defined, {name for name, kind in found if kind in "Uwv"} - defined


def refers_only_to(archive, forbidden):
    """What ARCHIVE takes from the archives FORBIDDEN, a line each."""
    wanted = symbols(archive)[1]
    return [f"{archive} refers to {name} of {other}" for other in forbidden
            for name in sorted(wanted & symbols(other)[0])]


def common_refers_to_no_chapter():
    return refers_only_to("common", CHAPTERS)


def chapter_refers_to_no_later_chapter():
    return [line for number, chapter in enumerate(CHAPTERS)
            for line in refers_only_to(chapter, CHAPTERS[number + 1:])]


def nothing_below_main_exits():
    return [f"{archive} calls exit()" for archive in ["common"] + CHAPTERS if "exit" in symbols(archive)[1]]


def root_holds_nothing_else():
    return [f"{name} is in the root" for name in sorted(os.listdir(ROOT))
            if not name.startswith(".") and name not in AT_THE_ROOT]


def functions(path):
    """(name, lines) of each function: from its first line to the brace that ends it, as clang-format has it."""
    first, name, inside = None, None, False
    for number, line in enumerate(path.read_text().splitlines(), 1):
        start = re.match(r"[A-Za-z].*?(\w+)\(", line)
        if start and not inside:
            first, name = number, start.group(1)
        if first and not inside and line.endswith(";"):
            first = None  # a declaration
        elif line == "{" and first:
            inside = True
        elif line == "}" and inside:
            yield name, number - first + 1
            first, inside = None, False


def function_fits_a_screen():
    return [f"{short(path)}: {name}: {lines} lines, more than {LONGEST_FUNCTION}"
            for path in sources("common/*.c", "chapters/*/*.c", "tests/support/*.c")
            for name, lines in functions(path) if lines > LONGEST_FUNCTION]


def line_count(path):
    return len(path.read_text().splitlines())


def file_fits_a_sitting():
    found = sources("common/*.[ch]", "chapters/*/*.[ch]", "tests/*/*.[ch]", "tests/*/*.py")
    return [f"{short(path)}: {line_count(path)} lines, more than {LONGEST_FILE}"
            for path in found if line_count(path) > LONGEST_FILE]


def main_is_short():
    return [f"{short(path)}: {line_count(path)} lines, wanted {MAIN_LINES[0]} to {MAIN_LINES[-1]}"
            for path in sources("chapters/*/main.c") if line_count(path) not in MAIN_LINES]


def chapter_has_lesson_and_tests():
    missing = []
    for chapter in CHAPTERS:
        if not (ROOT / "chapters" / chapter / "README.md").exists():
            missing.append(f"chapters/{chapter} has no README.md")
        if not sources(f"tests/{chapter}/check_*.c"):
            missing.append(f"tests/{chapter} has no check program")
    return missing


RULES = [
    common_refers_to_no_chapter,
    chapter_refers_to_no_later_chapter,
    nothing_below_main_exits,
    root_holds_nothing_else,
    function_fits_a_screen,
    file_fits_a_sitting,
    main_is_short,
    chapter_has_lesson_and_tests,
]


def main():
    failed = 0
    for rule in RULES:
        broken = rule()
        failed += bool(broken)
        for line in broken:
            print(f"house: FAILED {rule.__name__}: {line}")
    print(f"house: {len(RULES) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
