#!/usr/bin/env -S python3 -B
"""All checks of the lessons: the tests of their tools, the snippets, what is taught, the links, the console blocks,
the smoke commands.

    tests/lessons/run.py        all of them (between the registries: make test-lessons)

Prints what each prints; the last line is "lessons: N passed, N failed, N skipped".
"""

import pathlib
import re
import subprocess
import sys
import unittest

from report import Report

HERE = pathlib.Path(__file__).resolve().parent
PROGRAMS = [["sync.py", "--check"], ["coverage.py"], ["links.py"], ["console.py"], ["whatsnew.py", "--check"]]


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

    def addSkip(self, test, reason):
        self.report.skipped(test.id(), reason)


def tools():
    report = Report("tools")
    unittest.defaultTestLoader.discover(str(HERE), "test_*.py").run(Counted(report))
    report.finish()
    return report.counts


def program(command):
    """Run one of the checks; what its last line counts. A program without such a line has failed."""
    done = subprocess.run([HERE / command[0], *command[1:]], stdout=subprocess.PIPE, check=False)
    output = done.stdout.decode(errors="replace")
    print(output, end="", flush=True)
    found = re.search(r": (\d+) passed, (\d+) failed, (\d+) skipped\n\Z", output)
    if not found or (done.returncode != 0 and found[2] == "0"):
        print(f"lessons: FAILED {command[0]}: exit status {done.returncode}")
        return {"failed": 1}
    return dict(zip(("passed", "failed", "skipped"), map(int, found.groups())))


def main():
    total = Report("lessons")
    for counts in [tools()] + [program(command) for command in PROGRAMS]:
        for what, number in counts.items():
            total.counts[what] += number
    return total.finish()


if __name__ == "__main__":
    sys.exit(main())
