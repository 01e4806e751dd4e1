#!/usr/bin/env -S python3 -B
"""Run the ```console blocks of lessons as tests.

    console.py [FILE…]            run them and compare what they print (without FILE: the README.md of the root,
                                  of chapters/ and of each chapter)
    console.py --update FILE…     run them and write what they print into the files, keeping the dots (...) that
                                  still fit

transcript.py says what a block looks like, shell.py in what surroundings it runs. The info string may say:

    console                  run it
    console pty              its output is a terminal
    console root             needs root (as does a command with sudo)
    console lab              runs in the lab, a virtual machine: all such blocks of all files in one
    console registry         needs the registry of the tests, which stands in for Docker Hub: `make test-lessons`
    console seconds=N        takes longer than a minute
    console skip="REASON"    is not run

A block is a test; the blocks of a file share a shell, and so do those that run in the lab. Prints what differs and
"console: N passed, N failed, N skipped".
"""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

from markdown import ROOT, fences, markdown_files, read_lines
from report import Report
from shell import Shell, ShellEnded, in_lab, private_tmp
from sync import replace
from transcript import Block, TranscriptError, difference, matches, merge, parse_block

LAB = ROOT / "tests" / "support" / "vm" / "run"
LAB_SECONDS = 1200
EMULATION = 10  # times slower than the machine it runs on
# The tree is read-only below what is written in the lab, but for build/: so it gives back what it wrote.
UPDATE_IN_LAB = 'tests/lessons/console.py --update "$@"; status=$?; cp --parents "$@" build/lab/updated; exit $status'


def is_for_lab(block):
    return bool(block and block.lab and not block.skip)


def blocks_of(lines):
    """(fence, block, problem) for each console block that runs where we are, on the machine or in its lab."""
    for fence, block, problem in all_blocks(lines):
        if is_for_lab(block) == in_lab():
            yield fence, block, problem


def all_blocks(lines):
    for fence in fences(lines):
        if fence.info.split(" ")[0] != "console":
            continue
        try:
            yield fence, parse_block(fence), None
        except TranscriptError as error:
            yield fence, None, str(error)


def missing(block: Block):
    """Why a block cannot run here, or None."""
    text = "\n".join(command.text for command in block.commands)
    if block.skip:
        return block.skip
    if (block.root or re.search(r"\bsudo\b", text)) and os.geteuid() != 0:
        return "needs root"
    if block.registry and not os.environ.get("GOCKER_TEST_REGISTRY"):
        return "needs the registry of the tests: `make test-lessons`"
    if re.search(r"(^|[\s='\"])/tmp\b", text) and not private_tmp():
        return "writes below /tmp, which the shell can have for its own only with the right to mount"
    return None


def run_block(shell, block):
    """Run a block's commands. Returns [(command, lines printed)]; an exception of the shell's passes through."""
    deadline = time.monotonic() + block.seconds * (EMULATION if os.environ.get("GOCKER_LAB") == "tcg" else 1)
    printed = []
    for command in block.commands:
        try:
            printed.append((command, shell.run(command.text, block.pty, deadline)))
        except ShellEnded as error:
            what, lines = error.args
            raise ShellEnded("\n    ".join([f"line {command.line}: $ {command.text}", f"{what}", *lines])) from error
    return printed


def check_file(name, path, report):
    """Each block of the file is a test; so is, where any was run, that nothing is left running."""
    blocks = list(blocks_of(read_lines(path)))
    runnable = [block for _, block, problem in blocks if not problem and not missing(block)]
    with contextlib.closing(Shell()) if runnable else contextlib.nullcontext() as shell:
        for fence, block, problem in blocks:
            check_block(name, f"{name}:{fence.line}", shell, block, problem, report)
    if runnable and not shell.gone:
        report.result(f"{name}: nothing is left running", [f"still running: {one}" for one in shell.left])


def check_block(name, test, shell, block, problem, report):
    reason = None if problem else missing(block)
    if reason:
        report.skipped(test, reason)
    elif problem:
        report.failed(test, problem)
    elif shell.gone:
        report.failed(test, f"not run: the shell ended in the block at {shell.gone}")
    else:
        try:
            report.result(test, differences(name, run_block(shell, block)))
        except ShellEnded as error:
            report.failed(test, str(error))
            shell.gone = test


def differences(name, printed):
    found = []
    for command, lines in printed:
        if not matches(command.expected, lines):
            found += [f"{name}:{command.line}: $ {command.text}", *difference(command.expected, lines)]
    return found + ["(tests/lessons/console.py --update writes what is printed now)"] if found else []


def update_file(name, path, report):
    """Write what the commands print into the file, where it differs."""
    lines, changes = read_lines(path), []
    with contextlib.closing(Shell()) as shell:
        for fence, block, problem in blocks_of(lines):
            reason = problem or missing(block)
            if reason:
                report.skipped(f"{name}:{fence.line}", reason)
                continue
            try:
                changes += new_outputs(shell, fence, block)
                report.passed()
            except ShellEnded as error:
                report.failed(f"{name}:{fence.line}", str(error))
                break
    for first, count, new in reversed(changes):
        lines[first:first + count] = new
    if changes:
        replace(path, "\n".join(lines) + "\n")
        print(f"{name}: {len(changes)} outputs rewritten")


def new_outputs(shell, fence, block):
    """(the index of its first line in the file, how many there are, lines to write) of each output that differs."""
    return [(fence.line + command.first, len(command.expected), merge(command.expected, general(shell, printed)))
            for command, printed in run_block(shell, block) if not matches(command.expected, printed)]


def general(shell, lines):
    """Dots for what is different at the reader's: this machine's directories, digests of images built here."""
    lines = [line.replace(str(shell.place), "...").replace(str(ROOT), "...") for line in lines]
    return [re.sub(r"\b[0-9a-f]{64}\b", "...", line) for line in lines]


def run_lab(names, update, report):
    """The blocks of the files that are for the lab, in one: this program runs itself there."""
    tests = [(name, fence.line) for name in names for fence, block, _ in all_blocks(read_lines(ROOT / name))
             if is_for_lab(block)]
    if not tests:
        return
    names = sorted({name for name, _ in tests})
    prepared = subprocess.run([LAB, "--prepare"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if prepared.returncode != 0:
        for name, number in tests:
            report.skipped(f"{name}:{number}", prepared.stdout.decode(errors="replace").strip().split("\n")[-1])
        return
    updated = ROOT / "build" / "lab" / "updated"
    updated.mkdir(exist_ok=True)
    command = ["bash", "-c", UPDATE_IN_LAB, "update", *names] if update else ["tests/lessons/console.py", *names]
    done = subprocess.run([LAB, "-t", str(LAB_SECONDS), *command], cwd=ROOT, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    take_counts(done, report)
    for name in names if update else []:
        if (updated / name).exists() and (updated / name).read_bytes() != (ROOT / name).read_bytes():
            replace(ROOT / name, (updated / name).read_text(encoding="utf-8"))
    shutil.rmtree(updated)


def take_counts(done, report):
    """Print what this program printed in the lab, and count what its last line counts."""
    output = done.stdout.decode(errors="replace")
    found = re.search(r"^console: (\d+) passed, (\d+) failed, (\d+) skipped\n\Z", output, re.MULTILINE)
    print(output[:found.start()] if found else output, end="", flush=True)
    if found:
        for what, number in zip(("passed", "failed", "skipped"), map(int, found.groups())):
            report.counts[what] += number
    if not found or (done.returncode != 0 and found[2] == "0"):
        report.failed("the blocks for the lab", f"exit status {done.returncode}")


def main(arguments):
    update = arguments[:1] == ["--update"]
    names = arguments[1:] if update else arguments
    if any(name.startswith("-") for name in names) or (update and not names):
        sys.exit(__doc__)
    if not names:
        names = [name for name in markdown_files() if re.fullmatch(r"(chapters/(\d\d-[^/]+/)?)?README\.md", name)]
    report = Report("console")
    for name in names:
        path = pathlib.Path(name)
        path = path if path.exists() else ROOT / name
        (update_file if update else check_file)(name, path, report)
    if not in_lab():
        run_lab([os.path.relpath(name, ROOT) if pathlib.Path(name).exists() else name for name in names], update,
                report)
    return report.finish()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # so that the shell is closed
    sys.exit(main(sys.argv[1:]))
