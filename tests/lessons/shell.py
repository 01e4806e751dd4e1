"""One bash for all the commands of a lesson, as a learner has one terminal: what a command sets or where it goes
holds for the next.

Commands run in the repository's root. HOME, TMPDIR and GOCKER_ROOT are empty directories of the shell's own, and
as root so is /tmp (a bind mount in a mount namespace of its own). When the shell ends, all that was started in
it ends too. In the lab all this is on its disk: what is shared with the host can hold no fifo.
"""

import contextlib
import ctypes
import functools
import os
import pathlib
import pty
import re
import select
import signal
import subprocess
import tempfile
import termios
import time

from markdown import ROOT
from screen import as_seen

# Reads the name of a command's file and of the terminal to run it on, a line each, from the fifo "next"; runs the
# file in this very shell, with $? as the command before left it; then prints a line that no command can know.
DRIVER = r"""
umask 022
exec 9<"${0%/*}/next"
__status=0
__restore() { return $__status; }
while IFS= read -r __file <&9 && IFS= read -r __terminal <&9; do
    if [ -n "$__terminal" ]; then
        __restore
        . "$__file" 9<&- <"$__terminal" >"$__terminal" 2>&1
    else
        __restore
        . "$__file" 9<&- </dev/null 2>&1
    fi
    __status=$?
    printf '\n%s\n' "$__mark" >"${__terminal:-/dev/fd/1}"
done
"""

# Environment variables that tests set or people have, and that would change what a lesson prints.
NOT_TAKEN = ("GOCKER_ROOT", "GOCKER_MIRROR", "GOCKER_BIN", "DOCKER_CONFIG", "BASH_ENV", "ENV", "CDPATH", "TMPDIR",
             "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES", "GNUMAKEFLAGS")
# Root needs no sudo, and sudo would hide GOCKER_ROOT: the system's store would be used.
SUDO = '#!/bin/sh\n[ "$1" = -E ] && shift\nexec env -- "$@"\n'
NO_MIRROR = "http://127.0.0.1:9"  # nobody listens there: no test asks Docker Hub

OUTPUT_MAX_BYTES = 1 << 20
PR_SET_CHILD_SUBREAPER = 36


class ShellEnded(Exception):
    """The shell is gone, or was ended because a command took too long."""


def in_lab():
    return "GOCKER_LAB" in os.environ


@functools.cache
def may_mount():
    """Root in a container may lack the right to."""
    unshare = ["unshare", "--mount", "true"]
    return os.geteuid() == 0 and subprocess.run(unshare, stderr=subprocess.DEVNULL, check=False).returncode == 0


def private_tmp():
    """Can /tmp be the shell's own? Not when the repository itself lies there."""
    return in_lab() or (may_mount() and pathlib.Path("/tmp") not in ROOT.parents)


class Shell:
    def __init__(self, registry=os.environ.get("GOCKER_TEST_REGISTRY")):
        (ROOT / "build").mkdir(exist_ok=True)
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="lesson-", dir="/tmp" if in_lab() else ROOT / "build"))
        for name in ("home", "tmp", "run", "bin", "commands"):
            (self.place / name).mkdir()
        self.place.chmod(0o755)
        self.mark = "end-" + os.urandom(12).hex()
        self.count, self.left, self.gone = 0, [], None  # left: see close; gone: console.py notes when
        self.registry = registry
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)  # what a command leaves behind becomes our child
        self.master, self.slave = open_terminal()
        self.output, writes = os.pipe()
        self.start(writes)

    def environment(self):
        kept = {key: value for key, value in os.environ.items() if key not in NOT_TAKEN}
        kept.update(HOME=str(self.place / "home"), TMPDIR=str(self.place / "tmp"),
                    XDG_RUNTIME_DIR=str(self.place / "run"), GOCKER_ROOT=str(self.place / "gocker"),
                    GOCKER_MIRROR=f"http://{self.registry}" if self.registry else NO_MIRROR,
                    TERM="xterm", LC_ALL="C.UTF-8", COLUMNS="80")
        kept.pop("XDG_DATA_HOME", None)
        kept.pop("XDG_CONFIG_HOME", None)
        if os.geteuid() == 0:
            (self.place / "bin" / "sudo").write_text(SUDO)
            (self.place / "bin" / "sudo").chmod(0o755)
            kept["PATH"] = f"{self.place}/bin:{kept['PATH']}"
        return kept

    def start(self, writes):
        os.mkfifo(self.place / "next")
        self.commands = os.open(self.place / "next", os.O_RDWR | os.O_CLOEXEC)  # O_WRONLY would wait for the reader
        driver = self.place / "driver"
        driver.write_text(f"__mark={self.mark}\n{DRIVER}")
        command = ["bash", "--norc", "--noprofile", str(driver)]
        if private_tmp() and not in_lab():
            mount = 'mount --bind "$TMPDIR" /tmp && export TMPDIR=/tmp && exec "$@"'
            command = ["sh", "-c", mount, "sh", *command]
        if may_mount():  # what a command mounts goes when the shell does
            command = ["unshare", "--mount", *command]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment(), stdin=subprocess.DEVNULL,
                                        stdout=writes, stderr=writes, start_new_session=True)
        os.close(writes)

    def run(self, text, on_terminal, deadline):
        """Run one command. Returns its output as lines. ShellEnded where the shell did not survive it, or the
        clock (time.monotonic) came to DEADLINE; the exception's argument says which, and what was printed."""
        self.count += 1
        file = self.place / "commands" / str(self.count)
        file.write_text(text + "\n")
        self.discard_output()
        terminal = os.ttyname(self.slave) if on_terminal else ""
        os.write(self.commands, f"{file}\n{terminal}\n".encode())
        return as_seen(self.read_to_mark(self.master if on_terminal else self.output, deadline))

    def discard_output(self):
        """What processes in the background printed since the last command."""
        for fd in (self.output, self.master):
            while select.select([fd], [], [], 0)[0] and os.read(fd, 65536):
                continue

    def read_to_mark(self, fd, deadline):
        """What comes from FD before the line that the driver prints at a command's end."""
        end = re.compile(rb"\r?\n" + self.mark.encode() + rb"\r?\n")
        read = b""
        while not (found := end.search(read)):
            ready = select.select([fd], [], [], max(0, min(deadline - time.monotonic(), 0.2)))[0]
            more = os.read(fd, 65536) if ready else None
            read += more or b""
            if more == b"" or (more is None and self.process.poll() is not None):
                raise ShellEnded("ended the shell, having printed:", as_seen(read))
            if time.monotonic() >= deadline or len(read) > OUTPUT_MAX_BYTES:
                what = "printed too much:" if len(read) > OUTPUT_MAX_BYTES else "was not over in time; it printed:"
                raise ShellEnded(what, as_seen(read[:2000]))
        return read[:found.start()]

    def close(self):
        """End all that was started; the command lines of what was still running are then in `left`."""
        os.close(self.commands)  # the driver's end of file
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=2)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.left = end_children()
        for fd in (self.output, self.master, self.slave):
            os.close(fd)
        subprocess.run(["rm", "-rf", "--one-file-system", str(self.place)], check=False)


def open_terminal():
    """The two ends of a terminal of 80 columns that leaves newlines as they are."""
    master, slave = pty.openpty()
    settings = termios.tcgetattr(slave)
    settings[1] &= ~termios.OPOST
    settings[3] &= ~termios.ECHO
    termios.tcsetattr(slave, termios.TCSANOW, settings)
    termios.tcsetwinsize(slave, (24, 80))
    return master, slave


def end_children():
    """Kill what is left of the shell: our children, and theirs as they become ours."""
    left = []
    while True:
        children = pathlib.Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
        if not children:
            return left
        for pid in children:
            with contextlib.suppress(OSError):
                words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                left += [b" ".join(words).decode(errors="replace").strip()] if words != [b""] else []
                os.kill(int(pid), signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.wait()
