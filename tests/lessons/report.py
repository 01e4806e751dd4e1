"""Counting tests and printing them as all programs of `make test` do: the last line is
"SUITE: N passed, N failed, N skipped"."""

import sys


class Report:
    def __init__(self, suite):
        self.suite = suite
        self.counts = {"passed": 0, "failed": 0, "skipped": 0}

    def passed(self):
        self.counts["passed"] += 1

    def failed(self, name, message):
        self.counts["failed"] += 1
        print(f"{self.suite}: FAILED {name}: {message}", flush=True)

    def skipped(self, name, reason):
        self.counts["skipped"] += 1
        print(f"{self.suite}: skipped {name}: {reason}", flush=True)

    def result(self, name, problems):
        """One test, which failed when there are any PROBLEMS (lines of text)."""
        if problems:
            self.failed(name, "\n    ".join(problems))
        else:
            self.passed()

    def finish(self):
        """Print the last line. Returns the program's exit status."""
        counts = ", ".join(f"{number} {what}" for what, number in self.counts.items())
        print(f"{self.suite}: {counts}")
        sys.stdout.flush()
        return 1 if self.counts["failed"] else 0
