"""What a result means, in words for a learner: a test that passed, failed, crashed, ran out of time …"""

import dataclasses
import re
import signal

from place import shown

PASSED, FAILED, CRASHED, TIMEOUT, LEFT, NEED = "passed", "failed", "crashed", "timed out", "ended early", "not run"

# AddressSanitizer catches the signals of a wrong access to say more about it.
SIGNALS = {
    "SEGV": "SIGSEGV, an access to memory that is not there",
    "stack-overflow": "SIGSEGV, the stack is full (a recursion that does not end?)",
    "FPE": "SIGFPE, a division by zero",
    "BUS": "SIGBUS, an access to memory that is not there",
    "ILL": "SIGILL, an instruction that does not exist",
}


@dataclasses.dataclass(frozen=True)
class Finding:
    """A test and what became of it. TEXT is empty for one that passed."""
    name: str
    kind: str
    text: str
    output: str = ""  # what the learner's code printed
    where: str = ""   # FILE:LINE of the check that failed, for the exercise's author


def place_in(answer, output):
    """" at FILE:LINE" of the first place in the file ANSWER that a sanitizer's report names; else ""."""
    match = re.search(rf"{re.escape(shown(answer))}:(\d+)", output)
    return f" at {shown(answer)}:{match[1]}" if match else ""


def sanitized(answer, output, ended):
    """(KIND, TEXT) of what a sanitizer reported in OUTPUT, or None. A leak is found at the process's end: where the
    test had ENDED, all else is right."""
    undefined = re.search(r": runtime error: (.+)", output)
    if undefined:
        return CRASHED, f"undefined behaviour{place_in(answer, output)}: {undefined[1]}"
    leak = re.search(r"SUMMARY: AddressSanitizer: (\d+) byte\(s\) leaked", output)
    if leak:
        right = "the result is right, but " if ended else ""
        return FAILED, f"{right}{leak[1]} bytes were allocated and never freed{place_in(answer, output)}"
    found = re.search(r"ERROR: AddressSanitizer: (?:requested )?([\w-]+)(.*)", output)
    if not found:
        return None
    if found[1] in SIGNALS:
        return CRASHED, f"ended by {SIGNALS[found[1]]}{place_in(answer, output)}"
    return CRASHED, f"wrong use of memory{place_in(answer, output)}: {found[1]}"


def without_sanitizer(output):
    """OUTPUT up to a sanitizer's report, which is told in a line of its own."""
    return re.split(r"^(?:=+\n==\d+==|\S+: runtime error:|==\d+==)", output, maxsplit=1, flags=re.MULTILINE)[0]


def signal_name(number):
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def explain_failure(message, answer, result):
    """(KIND, TEXT) of the RESULT of a test that Check says did not pass."""
    if "Test timeout expired" in message:
        return TIMEOUT, "did not come to an end in its time, and was killed (a loop that does not end?)"
    caught = re.search(r"Received signal (\d+)", message)
    if caught:
        return CRASHED, f"ended by {signal_name(int(caught[1]))}"
    left = re.search(r"Early exit with return value (\d+)", message)
    if left:
        return sanitized(answer, result.output, result.ended) or (
            LEFT, f"the test never came to its end: your code ended the process with status {left[1]}")
    return FAILED, message


def finding(result, answer):
    """What the RESULT of one test means."""
    skipped = re.search(r"^exercise: skipped \w+: (.*)$", result.report, re.MULTILINE)
    failed = re.search(r"^exercise: FAILED \w+: (.*)\nexercise: \d+ passed", result.report,
                       re.MULTILINE | re.DOTALL)
    passed = re.search(r"^exercise: 1 passed, 0 failed, 0 skipped\n\Z", result.report, re.MULTILINE)
    output = without_sanitizer(result.output)
    if skipped:
        return Finding(result.name, NEED, skipped[1])
    if failed:
        where, message = re.fullmatch(r"(\S*:\d+): (.*)", failed[1], re.DOTALL).groups()
        kind, text = explain_failure(message, answer, result)
        return Finding(result.name, kind, text, output, where if text == message else "")
    if passed and result.status == 0 and result.ended:
        return Finding(result.name, PASSED, "", output)
    return Finding(result.name, LEFT, "the test never came to its end: your code ended the process with "
                                      "status 0", output)
