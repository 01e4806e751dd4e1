"""Markdown files: which there are, their fences, and the text between them.

This reads the Markdown that we write, not all that there is: fences of backticks that are not indented,
headings that begin with #.
"""

import dataclasses
import functools
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


@dataclasses.dataclass
class Fence:
    line: int  # of the opening backticks, counted from 1
    info: str  # what follows them
    content: list  # lines
    end: int  # of the closing backticks; 0 where they do not come


@functools.cache
def project_files(root=ROOT):
    """The files of the project, as relative paths: what git tracks or would track, so that nobody's lesson is
    tested only after its commit. In an unpacked tree without git, or where git refuses, all files."""
    command = ["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    if (root / ".git").exists() and listed.returncode == 0:
        names = listed.stdout.decode(errors="surrogateescape").split("\0")
        return sorted(name for name in names if name and (root / name).exists())
    found = (path.relative_to(root) for path in root.rglob("*") if path.is_file())
    return sorted(str(path) for path in found
                  if path.parts[0] not in ("build", "work", ".git") and "node_modules" not in path.parts)


def markdown_files(root=ROOT):
    """The Markdown files that learners and instructors read."""
    places = ("chapters/", "slides/", "exercises/", "tests/")
    return [name for name in project_files(root)
            if name.endswith(".md") and (name.startswith(places) or "/" not in name)]


def read_lines(path):
    return pathlib.Path(path).read_text(encoding="utf-8").splitlines()


def fences(lines):
    """The fenced blocks of a file, in order."""
    found, opened, marker = [], None, ""
    for number, line in enumerate(lines, 1):
        start = re.match(r"(`{3,})([^`]*)$", line)
        if opened is None and start:
            marker, opened = start.group(1), Fence(number, start.group(2).strip(), [], 0)
            found.append(opened)
        elif opened is not None and re.fullmatch(marker + r"`*\s*", line):
            opened.end, opened = number, None
        elif opened is not None:
            opened.content.append(line)
    return found


def prose(lines):
    """The lines outside of fences, as (number, line)."""
    inside = set()
    for fence in fences(lines):
        inside.update(range(fence.line, (fence.end or len(lines)) + 1))
    return [(number, line) for number, line in enumerate(lines, 1) if number not in inside]


def code_spans(line):
    """What stands between backticks in a line."""
    return [text for _, text in re.findall(r"(`+)(.+?)\1(?!`)", line)]


def without_code(line):
    return re.sub(r"(`+)(.+?)\1(?!`)", "", line)


def anchors(lines):
    """What a link may name behind # in this file: its headings, as GitHub writes them, and its ids."""
    found = {}
    for _, line in prose(lines):
        heading = re.match(r"#{1,6}\s+(.*?)\s*#*$", line)
        if heading:
            anchor = heading_anchor(heading.group(1))
            count = found.get(anchor, 0)
            found[anchor] = count + 1
            if count:
                found[f"{anchor}-{count}"] = 1
        for name in re.findall(r"<[^>]+\b(?:id|name)=\"([^\"]+)\"", line):
            found[name] = 1
    return set(found)


def heading_anchor(text):
    """Lower case, links reduced to their text, punctuation gone, hyphens for spaces."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text).lower()
    return re.sub(r"[^\w\- ]", "", text).strip().replace(" ", "-")
