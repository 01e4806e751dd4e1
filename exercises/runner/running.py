"""Running a check program: its verdict, its time limit, and nothing left behind.

The verdict comes over a pipe of its own, which exercise.c hides from the learner's code: how many tests there are,
the result of each, and "end". Whatever is missing from it did not pass.
"""

import ctypes
import dataclasses
import os
import pathlib
import re
import selectors
import signal
import subprocess
import time

from place import REPOSITORY
from surroundings import become_root

PR_SET_CHILD_SUBREAPER = 36
LIMIT_S = 300  # for all of a check: each test has a limit of its own
MOST_BYTES = 4 * 1024 * 1024
SANITIZERS = {
    # One status for what a sanitizer found, so that it is not mistaken for the learner's exit(1).
    "ASAN_OPTIONS": "exitcode=99:detect_leaks=1:detect_stack_use_after_return=1:strip_path_prefix=" + str(REPOSITORY) + "/",
    "LSAN_OPTIONS": "exitcode=99",
    "UBSAN_OPTIONS": "exitcode=99:print_stacktrace=1:strip_path_prefix=" + str(REPOSITORY) + "/",
}


class Garbled(Exception):
    """The verdict is not in the form that exercise.c writes."""


@dataclasses.dataclass(frozen=True)
class Result:
    """What became of one test, as the check program says."""
    name: str
    status: int   # what run_tests returned: 0 for passed or skipped
    ended: bool   # the test came to its end
    report: str   # what run_tests printed
    output: str   # what the test and the learner's code printed


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of a check program."""
    declared: int        # tests, None where it did not get to say
    results: list
    complete: bool       # all results are there, and "end" behind them
    status: int          # its exit status, negative for a signal; None for a time-out
    output: str          # what it printed itself


def parse_verdict(data):
    """DECLARED, RESULTS, COMPLETE of the bytes that came through the pipe."""
    if not data:
        return None, [], False
    line, _, rest = data.partition(b"\n")
    match = re.fullmatch(rb"tests (\d+)", line)
    if not match:
        raise Garbled(f"wanted \"tests N\", got {line[:80]!r}")
    results = []
    while rest and not rest.startswith(b"end\n"):
        line, _, rest = rest.partition(b"\n")
        head = re.fullmatch(rb"test (\w+) (\d+) ([01]) (\d+) (\d+)", line)
        if not head:
            raise Garbled(f"wanted a result, got {line[:80]!r}")
        report, output = int(head[4]), int(head[5])
        if len(rest) < report + output:
            break
        results.append(Result(head[1].decode(), int(head[2]), head[3] == b"1",
                              rest[:report].decode(errors="replace"),
                              rest[report:report + output].decode(errors="replace")))
        rest = rest[report + output:]
    declared = int(match[1])
    return declared, results, rest == b"end\n" and len(results) == declared


def children():
    """The processes whose parent this one is: of every thread."""
    found = []
    for path in pathlib.Path("/proc/self/task").glob("*/children"):
        try:
            found += [int(word) for word in path.read_text().split()]
        except OSError:
            continue  # the thread is gone
    return found


def end_all(process, spared):
    """Kill the check program and all that came of it: orphans have become our children, whatever session they
    went to. A killed one's children come next, hence the loop. SPARED are the children from before."""
    before = time.monotonic()
    process.kill()
    process.wait()
    while (left := set(children()) - spared) and time.monotonic() - before < 10:
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except PermissionError:
                return  # a set-user-ID program, or root's after step_down: it is not ours to end
            except ProcessLookupError:
                pass
            try:
                os.waitpid(pid, 0)
            except ChildProcessError:
                pass


def collect(process, pipes, limit_s):
    """Read PIPES until the program ends or its time is over: what came through each, and whether it ended."""
    data = {pipe: bytearray() for pipe in pipes}
    deadline = time.monotonic() + limit_s
    ended = os.pidfd_open(process.pid)
    try:
        with selectors.DefaultSelector() as selector:
            for pipe in (*pipes, ended):
                selector.register(pipe, selectors.EVENT_READ)
            over = False
            while not over and (left := deadline - time.monotonic()) > 0:
                ready = {key.fd for key, _ in selector.select(left)}
                # Whatever was written before the end is in the pipes when the end is seen: read once more.
                over = ended in ready
                for pipe in pipes if over else ready:
                    drain(pipe, data[pipe], selector)
        return data, over
    finally:
        os.close(ended)


def drain(pipe, data, selector):
    """Append what PIPE holds now to DATA, up to MOST_BYTES; what is more is read and dropped."""
    while True:
        try:
            piece = os.read(pipe, 65536)
        except BlockingIOError:
            return
        if not piece:
            if pipe in selector.get_map():
                selector.unregister(pipe)
            return
        data += piece[:max(0, MOST_BYTES - len(data))]


def run_check(program, answer, settings, limit_s=LIMIT_S):
    """Run PROGRAM, which checks the file ANSWER, to its end, with SETTINGS in its environment. Nothing it started
    is left running."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    spared = set(children())
    verdict, verdict_end = os.pipe()
    output, output_end = os.pipe()
    for pipe in (verdict, output):
        os.set_blocking(pipe, False)
    environment = {**os.environ, **SANITIZERS, **settings, "EXERCISE_VERDICT": str(verdict_end),
                   "EXERCISE_ANSWER": str(answer)}
    try:
        process = subprocess.Popen([str(program)], cwd=REPOSITORY, env=environment, stdin=subprocess.DEVNULL,
                                   stdout=output_end, stderr=output_end, pass_fds=[verdict_end],
                                   start_new_session=True, preexec_fn=become_root)
        os.close(verdict_end)
        os.close(output_end)
        try:
            data, over = collect(process, (verdict, output), limit_s)
            status = process.wait() if over else None
        finally:
            end_all(process, spared)
    finally:
        os.close(verdict)
        os.close(output)
    declared, results, complete = parse_verdict(bytes(data[verdict]))
    return Outcome(declared, results, complete, status, data[output].decode(errors="replace"))
