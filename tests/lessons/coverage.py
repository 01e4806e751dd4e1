#!/usr/bin/env -S python3 -B
"""Is every public function of a chapter taught? Each function that one of chapters/NN-name/*.h declares must be
shown in the chapter's README.md by a snip comment, or named there in backticks: `image_free` or `image_free()`.

Prints those that are neither, and "taught: N passed, N failed, N skipped": a chapter is a test.
"""

import re
import sys

import c_source
from markdown import ROOT, code_spans, project_files, prose, read_lines
from report import Report
from snippet import of_file


def public_functions(root, chapter):
    """{name: "HEADER:LINE"} of what the chapter's headers declare and others may call."""
    found = {}
    for name in project_files(root):
        if re.fullmatch(rf"chapters/{chapter}/[^/]+\.h", name):
            text = (root / name).read_text(encoding="utf-8")
            found.update((one.name, f"{name}:{one.first}") for one in c_source.public_functions(text))
    return found


def shown_whole(root, path):
    """The functions of a source that a snip comment without a name shows."""
    if not path.endswith((".c", ".h")) or not (root / path).exists():
        return []
    return [one.name for one in c_source.definitions((root / path).read_text(encoding="utf-8"))]


def taught(root, path):
    """The names that a lesson shows or names."""
    snippets, _ = of_file(path)
    names = set()
    for snippet, _ in snippets:
        names.update(snippet.names or shown_whole(root, snippet.path))
    for _, line in prose(read_lines(path)):
        for span in code_spans(line):
            names.update(re.findall(r"\w+", span))
    return names


def check(root):
    report = Report("taught")
    for place in sorted((root / "chapters").glob("[0-9][0-9]-*")):
        functions, lesson = public_functions(root, place.name), place / "README.md"
        if not lesson.exists():
            report.failed(place.name, f"chapters/{place.name} has no README.md")
            continue
        known = taught(root, lesson)
        missing = [f"{where}: {name} is neither shown nor named in chapters/{place.name}/README.md"
                   for name, where in functions.items() if name not in known]
        report.result(place.name, missing)
    return report.finish()


if __name__ == "__main__":
    sys.exit(check(ROOT))
