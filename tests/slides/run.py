#!/usr/bin/env -S python3 -B
"""All checks of the slides: minutes and schedule, pictures, checkpoints, console blocks, and the decks in a browser.

    tests/slides/run.py     make test-slides; needs chapter 1's binary for the console blocks

Without node, npm's packages or Chromium, what needs them is skipped and says so. The last line is
"slides: N passed, N failed, N skipped".
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/lessons"), str(ROOT / "slides")]

import test_slides  # noqa: E402
from report import Report  # noqa: E402


class Counted(unittest.TestResult):
    """unittest's results, in the words of our other tests."""

    def __init__(self, report):
        super().__init__()
        self.report = report

    def addSuccess(self, test):
        self.report.passed()

    def addFailure(self, test, err):
        self.report.failed(test.id(), self._exc_info_to_string(err, test))

    addError = addFailure


def program(report, command):
    """Run one of the checks and add what its last line counts. Without such a line it has failed."""
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    output = done.stdout.decode(errors="replace")
    print(output, end="", flush=True)
    found = re.search(r": (\d+) passed, (\d+) failed, (\d+) skipped\n\Z", output)
    if not found or (done.returncode != 0 and found[2] == "0"):
        report.failed(" ".join(command), f"exit status {done.returncode}, and its last line counts no failure")
        return
    for what, number in zip(("passed", "failed", "skipped"), map(int, found.groups())):
        report.counts[what] += number


def can_build(report):
    """Is all there that building decks takes? What is missing is a reason to skip."""
    if not shutil.which("node") or not shutil.which("npm"):
        report.skipped("decks", "node or npm is missing (Debian: apt-get install nodejs npm chromium fonts-dejavu-core)")
        return False
    tool = subprocess.run(["make", "--no-print-directory", "build/slides/tool/.installed"], cwd=ROOT,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if tool.returncode != 0:
        lines = tool.stdout.decode(errors="replace").strip().splitlines()
        report.skipped("decks", "npm cannot install marp-core: " + (lines[0] if lines else "no reason given"))
        return False
    return True


def decks_in_a_browser(report, place):
    """Build the decks in PLACE, not to touch what `make slides` made, and look at them."""
    build = subprocess.run(["slides/build.mjs", place], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           env={**os.environ, "CHROMIUM": "/nonexistent"}, check=False, text=True)
    whole = build.returncode == 1 and "chromium is missing" in build.stdout and (pathlib.Path(place) / "index.html").exists()
    report.result("without_chromium_there_is_html_and_a_word_on_pdf", [] if whole else [build.stdout])
    program(report, ["tests/slides/check.mjs", place])


def main():
    report = Report("slides")
    unittest.defaultTestLoader.loadTestsFromModule(test_slides).run(Counted(report))
    program(report, ["slides/schedule.py", "--check"])
    program(report, ["slides/pictures.py", "--check"])
    decks = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "slides").glob("[0-9][0-9]-*.md"))
    program(report, ["tests/lessons/console.py", *decks])
    if can_build(report):
        with tempfile.TemporaryDirectory() as place:
            decks_in_a_browser(report, place)
    return report.finish()


if __name__ == "__main__":
    sys.exit(main())
