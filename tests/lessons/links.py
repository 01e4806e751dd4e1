#!/usr/bin/env -S python3 -B
"""Do the links of the Markdown files lead somewhere, and do the `make` targets they name exist?

Relative links and pictures must be files of the project, anchors (#heading) must be headings, and no path may
be absolute. Web addresses are not fetched, only read. Prints what is broken and
"links: N passed, N failed, N skipped": a Markdown file is a test.
"""

import functools
import os
import re
import subprocess
import sys
import urllib.parse

from markdown import ROOT, anchors, code_spans, fences, markdown_files, project_files, prose, read_lines, without_code
from report import Report

INLINE = re.compile(r"!?\[[^\]]*\]\(\s*(<[^>]*>|[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+\"[^\"]*\")?\s*\)")
REFERENCE = re.compile(r"^ {0,3}\[[^\]^]+\]:\s*(\S+)")
TAG = re.compile(r"<[^>]+\b(?:href|src)=\"([^\"]*)\"")
BARE = re.compile(r"<([a-z][a-z0-9+.-]*:[^>\s]*)>")
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
# Two spaces end a command: what follows in an indented list is its explanation.
MAKE = re.compile(r"(?:^|&& |; )(?:sudo )?make((?: [^\s;&|)]+)*)")
# Fences that hold commands; output and C may say "make" as they like.
COMMANDS = ("console", "sh", "shell", "bash", "")


def links(lines):
    """(number, target) of all links of a file."""
    for number, line in prose(lines):
        text = without_code(line)
        for pattern in (INLINE, REFERENCE, TAG, BARE):
            for target in pattern.findall(text):
                yield number, target.strip("<>")


def problem_of_link(root, name, target):
    """What is wrong with a link of the file NAME, or None."""
    if SCHEME.match(target):
        return problem_of_address(target)
    path, _, anchor = target.partition("#")
    path = urllib.parse.unquote(path)
    if path.startswith(("/", "~")):
        return "is an absolute path; write it relative to this file"
    if not path and not anchor:
        return "leads nowhere"
    file = os.path.normpath(os.path.join(os.path.dirname(name), path)) if path else name
    if file.startswith(".."):
        return "leads out of the repository"
    if not in_project(root, file):
        return "does not exist" + (", or is not part of the project (git ignores it)"
                                   if (root / file).exists() else "")
    return problem_of_anchor(root, file, anchor) if anchor else None


def in_project(root, file):
    """Is FILE one of the project's, or a directory with one in it?"""
    return file == "." or any(one == file or one.startswith(file + "/") for one in project_files(root))


def problem_of_anchor(root, file, anchor):
    if not file.endswith(".md"):
        return "names a line, which goes stale; show the code with a snip comment"
    known = anchors(read_lines(root / file))
    return None if anchor in known else f"{file} has no heading #{anchor}; it has {', '.join(sorted(known))}"


def problem_of_address(target):
    try:
        parts = urllib.parse.urlsplit(target)
        host = parts.hostname
    except ValueError as error:
        return str(error)
    if parts.scheme == "mailto":
        return None if "@" in parts.path else "has no address"
    if parts.scheme not in ("http", "https"):
        return f"has the scheme {parts.scheme}:, which a reader cannot follow"
    return None if host and "." in host or host == "localhost" else "names no host"


def commands(lines):
    """(number, text) of what a file shows as commands: code in the text, fences, indented lines."""
    for number, line in prose(lines):
        for span in code_spans(line):
            yield number, span
        if line.startswith("    "):
            yield number, re.sub(r"^(\$ )?", "", line.strip())
    for fence in fences(lines):
        if fence.info.split(" ")[0] in COMMANDS:
            for number, line in enumerate(fence.content, fence.line + 1):
                yield number, re.sub(r"^[$>] ", "", line)


def make_targets(text):
    """The targets in a command; `EX=07.1`, options, and placeholders in capitals are none."""
    for words in MAKE.findall(text):
        for word in words.split():
            if re.fullmatch(r"[a-z0-9][\w./-]*", word):
                yield word
            elif not re.fullmatch(r"-.*|[\w.]+=.*|[A-Z]+", word):
                break


@functools.cache
def targets(root):
    """All that make knows how to make here, by its own account."""
    command = ["make", "-C", str(root), "--no-print-directory", "-qp", ":"]
    environment = {key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MAKELEVEL")}
    known = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False, env=environment)
    return set(re.findall(r"^([\w./-]+):(?!=)", known.stdout.decode(errors="replace"), re.MULTILINE))


def check_file(root, name):
    lines = read_lines(root / name)
    broken = []
    for number, target in links(lines):
        problem = problem_of_link(root, name, target)
        if problem:
            broken.append(f"{name}:{number}: {target}: {problem}")
    for number, text in commands(lines):
        broken += [f"{name}:{number}: make {target}: the Makefile has no such target"
                   for target in make_targets(text) if target not in targets(root)]
    return broken


def check(root):
    report = Report("links")
    for name in markdown_files(root):
        report.result(name, check_file(root, name))
    return report.finish()


if __name__ == "__main__":
    sys.exit(check(ROOT))
