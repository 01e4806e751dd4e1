"""The smoke command of a chapter: chapters/NN-name/smoke, a few lines of bash.

    # needs: root                        in a comment, if at all
    # images: library/busybox:latest     of the tests' registry, which stands in for Docker Hub
    printf 'FROM busybox\n…' >"$TMPDIR/Dockerfile"
    build/bin/04-chroot "$TMPDIR"

The last line is the command; those before it prepare. It runs in the repository's root, with an empty store
(GOCKER_ROOT) and TMPDIR of its own, and is to succeed.
"""

import contextlib
import dataclasses
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile

SECONDS = 60
CALL = re.compile(r"(\d+) +(\w+)\((.*)")


class CannotRun(Exception):
    """Why there is nothing to see."""


class Missing(CannotRun):
    """This machine, or this user, lacks something."""


@dataclasses.dataclass
class Smoke:
    command: str
    prepare: list
    needs: list
    images: list


def read(root, chapter):
    path = root / "chapters" / chapter / "smoke"
    if not path.exists():
        raise CannotRun(f"chapters/{chapter}/smoke is not there; tests/lessons/smoke.py says what to write in it")
    text = path.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    if not lines:
        raise CannotRun(f"chapters/{chapter}/smoke holds no command")
    return Smoke(lines[-1], lines[:-1], comment(text, "needs"), comment(text, "images"))


def comment(text, name):
    return [word for line in re.findall(rf"^# {name}:(.*)$", text, re.MULTILINE) for word in line.split()]


def tracer():
    return shutil.which("strace")


def run(root, chapter, prefix=""):
    """Run the command, PREFIX before it. Returns what is in the file $TRACE afterwards."""
    smoke = read(root, chapter)
    if "root" in smoke.needs and os.geteuid() != 0:
        raise Missing("needs root: sudo make whatsnew")
    if smoke.images and not os.environ.get("GOCKER_TEST_REGISTRY"):
        raise Missing("needs the registry of the tests")
    with own_place() as place:
        script = "\n".join([*smoke.prepare, f"{prefix}{smoke.command}"])
        mirror = os.environ.get("GOCKER_TEST_REGISTRY", "127.0.0.1:9")  # nobody listens there
        environment = {**os.environ, "GOCKER_ROOT": f"{place}/root", "TMPDIR": f"{place}/tmp",
                       "TRACE": f"{place}/trace", "GOCKER_MIRROR": f"http://{mirror}", "LC_ALL": "C.UTF-8"}
        status, output = run_script(script, root, environment)
        if status is None:
            raise CannotRun(f"{smoke.command}: not over after {SECONDS} seconds")
        if status != 0:
            output = output.rstrip().replace("\n", "\n    ")
            raise CannotRun(f"{smoke.command}: exit status {status}\n    {output}")
        trace_file = place / "trace"
        text = trace_file.read_text(errors="replace") if trace_file.exists() else ""
        return text.replace(f"{place}/tmp", "$TMPDIR").replace(f"{place}/root", "$GOCKER_ROOT")


def run_script(script, directory, environment):
    """(exit status, output); the status is None when it took too long. All of it is ended then: a killed strace
    lets those it traced go on."""
    process = subprocess.Popen(["bash", "-euc", script], cwd=directory, env=environment, start_new_session=True,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        output = process.communicate(timeout=SECONDS)[0]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        return None, ""
    return process.returncode, output.decode(errors="replace")


@contextlib.contextmanager
def own_place():
    with tempfile.TemporaryDirectory(prefix="gocker-smoke-") as name:
        (pathlib.Path(name) / "tmp").mkdir()
        yield pathlib.Path(name)


def trace(root, chapter):
    """(command, {system call: (how many, the first one)}) of the chapter's smoke command, its own program's only."""
    if not tracer():
        raise Missing("strace is not installed (on Debian: sudo apt-get install strace)")
    text = run(root, chapter, "strace -f -qq -s 120 -o \"$TRACE\" ")
    return read(root, chapter).command, count_calls(text)


def count_calls(text):
    """The system calls in strace's output, without those of programs that gocker started: a process that becomes
    another program is not gocker any more."""
    calls, others = {}, set()
    for pid, name, rest in CALL.findall(text):
        if name == "execve":
            path = re.match(r'"([^"]*)"', rest)
            if path and not re.search(r"(^|/)build/bin/|^/proc/self/", path.group(1)):
                others.add(pid)
        elif pid in others:
            continue
        count, example = calls.get(name, (0, re.sub(r"\s+", " ", f"{name}({rest}")))
        calls[name] = (count + 1, example)
    return calls
