#!/usr/bin/env -S python3 -B
"""Keep the code in lessons and slides as it is in the sources.

    sync.py             rewrite the fence below each snip comment (snippet.py says what it may ask for)
    sync.py --check     change nothing; fail where a fence differs from its source, or a comment names nothing

It looks at the Markdown files of chapters/, slides/, exercises/, tests/ and the root.
"""

import difflib
import os
import re
import sys

from markdown import ROOT, markdown_files, read_lines
from report import Report
from snippet import SnippetError, of_file, render


def wanted_fence(root, snippet):
    """The fence's lines, the backticks included. More of these where the code itself holds a row of them."""
    lines, language = render(root, snippet)
    longest = max((len(row) for line in lines for row in re.findall(r"`+", line)), default=0)
    backticks = "`" * max(3, longest + 1)
    return [backticks + language, *lines, backticks]


def compare(root, name):
    """(line, snippet, fence, lines that should be there, problem) for each snip comment of the file NAME."""
    found, wrong = of_file(root / name)
    for line, message in wrong:
        yield line, None, None, None, message
    for snippet, fence in found:
        if fence is None or not fence.end:
            yield snippet.line, snippet, None, None, "no fence (```) follows on the next line"
            continue
        try:
            yield snippet.line, snippet, fence, wanted_fence(root, snippet), None
        except SnippetError as error:
            yield snippet.line, snippet, fence, None, str(error)


def differences(name, snippet, fence, wanted, lines):
    """What differs between the file's fence and the source, as a diff; nothing where they agree."""
    there = lines[fence.line - 1:fence.end]
    if there == wanted:
        return []
    source = snippet.path + ("#" + ",".join(snippet.names) if snippet.names else "")
    diff = difflib.unified_diff(there, wanted, f"{name}:{fence.line}", source, lineterm="", n=1)
    return ["differs from the source (run make sync)", *diff]


def check(root):
    report = Report("snippets")
    for name in markdown_files(root):
        lines = read_lines(root / name)
        for line, snippet, fence, wanted, problem in compare(root, name):
            problems = [problem] if problem else differences(name, snippet, fence, wanted, lines)
            report.result(f"{name}:{line}", problems)
    return report.finish()


def rewrite(root):
    status = 0
    for name in markdown_files(root):
        lines = read_lines(root / name)
        before = list(lines)
        for line, _, fence, wanted, problem in reversed(list(compare(root, name))):
            if problem:
                print(f"{name}:{line}: {problem}", file=sys.stderr)
                status = 1
            else:
                lines[fence.line - 1:fence.end] = wanted
        if lines != before:
            replace(root / name, "\n".join(lines) + "\n")
            print(f"{name}: rewritten")
    return status


def replace(path, text):
    """Write the whole file or none of it: it may be hours of somebody's work."""
    new = path.with_name(path.name + ".new")
    new.write_text(text, encoding="utf-8")
    os.replace(new, path)


def main(arguments, root=ROOT):
    if arguments not in ([], ["--check"]):
        sys.exit(__doc__)
    return check(root) if arguments else rewrite(root)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
