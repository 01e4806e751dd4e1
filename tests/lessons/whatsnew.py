#!/usr/bin/env -S python3 -B
"""What a chapter adds to the one before it.

    whatsnew.py 07          main.c's difference, the isolations before and after, new files and functions, and the
                            system calls that its smoke command makes and the earlier one's does not
    whatsnew.py --calls 07  the last of these only
    whatsnew.py --check     run every chapter's smoke command; "smoke: N passed, N failed, N skipped"

chapters/NN-name/smoke is the smallest command that shows what the chapter can do: see smoke.py.
"""

import difflib
import os
import re
import signal
import subprocess
import sys
import textwrap

import c_source
import smoke
from markdown import ROOT, project_files
from report import Report

WIDTH = 100  # columns


def chapters(root):
    return sorted(path.name for path in (root / "chapters").glob("[0-9][0-9]-*"))


def read(path):
    return path.read_text(encoding="utf-8") if path.exists() else ""


def main_difference(root, before, chapter):
    """The lines of main.c that differ, as a diff; all of it in the first chapter."""
    old = read(root / "chapters" / before / "main.c").splitlines() if before else []
    new = read(root / "chapters" / chapter / "main.c").splitlines()
    return list(difflib.unified_diff(old, new, "", "", lineterm="", n=1))[2:]


def isolations(root, chapter):
    """The names in main.c's list: isolate_cgroup is "cgroup"."""
    text = read(root / "chapters" / chapter / "main.c") if chapter else ""
    for one in c_source.definitions(text):
        if one.name == "isolations":
            code = "\n".join(text.splitlines()[one.first - 1:one.last])
            return re.findall(r"&(?:isolate_)?(\w+)", code)
    return []


def summary(text):
    """The first sentence of the comment that a file begins with."""
    comment = re.match(r"/\*(.*?)\*/", text, re.DOTALL)
    words = re.sub(r"\n \*", "\n", comment.group(1)).split() if comment else []
    return re.match(r".*?(?:[.](?=\s|$)|$)", " ".join(words)).group()


def new_files(root, chapter):
    """(names, what it is for, the functions its header offers) of the chapter's sources, a source and its header
    in one; main.c was shown already."""
    names = [name for name in project_files(root) if re.fullmatch(rf"chapters/{chapter}/[^/]+\.[ch]", name)]
    for stem in sorted({name[:-2] for name in names} - {f"chapters/{chapter}/main"}):
        both = [stem + suffix for suffix in (".c", ".h") if stem + suffix in names]
        functions = [one.name for name in both if name.endswith(".h")
                     for one in c_source.public_functions(read(root / name))]
        yield ", ".join(map(os.path.basename, both)), summary(read(root / both[-1])), functions


def heading(text):
    print(f"\n{text}")


def row(name, text):
    """NAME and, beside it, TEXT in as many lines as it takes."""
    lines = textwrap.wrap(text, WIDTH - 37, break_long_words=False, break_on_hyphens=False) or [""]
    for line in lines:
        print(f"  {name:34} {line}".rstrip())
        name = ""


def show_sources(root, before, chapter):
    heading("main.c")
    for line in main_difference(root, before, chapter):
        print(f"  {line}")
    old, new = isolations(root, before), isolations(root, chapter)
    if new:
        heading("isolations")
        print(f"  before: {', '.join(old) or 'none'}\n  now:    {', '.join(new)}")
    heading("files, and what they offer to others")
    for names, text, functions in new_files(root, chapter):
        row(names, text)
        if functions:
            row("", "-> " + ", ".join(functions))


def show_calls(root, before, chapter):
    """System calls, each with the first one as strace shows it."""
    heading("system calls")
    try:
        command, calls = smoke.trace(root, chapter)
        known = smoke.trace(root, before)[1] if before else {}
    except smoke.CannotRun as reason:
        print(f"  not traced: {reason}")
        return 1
    print(f"  of: {command}")
    for name, (count, example) in sorted(calls.items()):
        if name not in known:
            print(shorten(f"  {name:18} {count:4} ×   {example}"))
    return 0


def needs_registry(root, *both):
    """The images that the smoke commands need and no registry serves yet."""
    if os.environ.get("GOCKER_TEST_REGISTRY") or not smoke.tracer():
        return []
    there = [one for one in both if one and (root / "chapters" / one / "smoke").exists()]
    return sorted({image for one in there for image in smoke.read(root, one).images})


def show_calls_beside_registry(root, images, chapter):
    """Start the registry, and this program for the last part again beside it."""
    services = [root / "tests" / "support" / "services.py", "--images", ",".join(images)]
    sys.stdout.flush()
    return subprocess.run([*services, __file__, "--calls", chapter[:2]], check=False).returncode


def shorten(line):
    return line if len(line) <= WIDTH else line[:WIDTH - 1] + "…"


def show(root, number, calls_only):
    found = chapters(root)
    chapter = next((name for name in found if name.startswith(f"{number:0>2}-")), None)
    if chapter is None:
        sys.exit(f"which chapter? make whatsnew CH={found[-1][:2]}; there are {', '.join(found)}")
    at = found.index(chapter)
    before = found[at - 1] if at else None
    if not calls_only:
        print(f"What {chapter} adds to {before or 'nothing'}")
        show_sources(root, before, chapter)
    images = needs_registry(root, before, chapter)
    return show_calls_beside_registry(root, images, chapter) if images else show_calls(root, before, chapter)


def check(root):
    report = Report("smoke")
    for chapter in chapters(root):
        try:
            smoke.run(root, chapter)
            report.passed()
        except smoke.Missing as reason:
            report.skipped(chapter, str(reason))
        except smoke.CannotRun as reason:
            report.failed(chapter, str(reason))
    return report.finish()


def main(arguments, root=ROOT):
    if arguments == ["--check"]:
        return check(root)
    calls_only = arguments[:1] == ["--calls"]
    numbers = arguments[calls_only:]
    if len(numbers) > 1 or any(not re.fullmatch(r"\d{1,2}", word) for word in numbers):
        sys.exit(__doc__)
    return show(root, numbers[0] if numbers else "", calls_only)


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `make whatsnew CH=07 | head` is no error
    sys.exit(main(sys.argv[1:]))
