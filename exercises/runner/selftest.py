#!/usr/bin/env -S python3 -B
"""The tests of the runner itself (test_*.py, unittest), counted as the other suites of `make test` are.

    selftest.py [PART OF A TEST'S NAME…]
"""

import pathlib
import sys
import unittest


def run(names):
    """Run the tests whose names contain one of NAMES, or all. True when none failed and some passed."""
    loader = unittest.TestLoader()
    loader.testNamePatterns = [f"*{name}*" for name in names] or None
    suite = loader.discover(str(pathlib.Path(__file__).parent), "test_*.py")
    result = unittest.TestResult()
    suite.run(result)
    for test, text in result.failures + result.errors:
        print(f"runner: FAILED {test.id()}: {text}")
    for test, reason in result.skipped:
        print(f"runner: skipped {test.id()}: {reason}")
    failed = len(result.failures) + len(result.errors)
    passed = result.testsRun - failed - len(result.skipped)
    print(f"runner: {passed} passed, {failed} failed, {len(result.skipped)} skipped")
    return failed == 0 and passed > 0


if __name__ == "__main__":
    sys.exit(0 if run(sys.argv[1:]) else 1)
