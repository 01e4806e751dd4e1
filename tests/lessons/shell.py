"""One bash for all the commands of a lesson, as a learner has one terminal: what a command sets or where it goes
holds for the next.

Commands run in the repository's root. HOME, TMPDIR and GOCKER_ROOT are empty directories of the shell's own, and
as root so is /tmp (a bind mount in a mount namespace of its own). When the shell ends, all that was started in
it ends too.
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

# Reads the name of a command's file and of the terminal to run it on, a line each; runs the file in this very
# shell, with $? as the command before left it; then prints a line that no command can know, with the status.
DRIVER = r"""
umask 022
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
    printf '\n%s %d\n' "$CONSOLE_MARK" "$__status" >"${__terminal:-/dev/fd/1}"
done
"""

# Environment variables that tests set or people have, and that would change what a lesson prints.
NOT_TAKEN = ("GOCKER_ROOT", "GOCKER_MIRROR", "GOCKER_BIN", "DOCKER_CONFIG", "BASH_ENV", "ENV", "CDPATH", "TMPDIR",
             "MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MAKEOVERRIDES", "GNUMAKEFLAGS")
# Root needs no sudo, and sudo would hide GOCKER_ROOT: the system's store would be used.
SUDO = '#!/bin/sh\n[ "$1" = -E ] && shift\nexec env -- "$@"\n'
NO_MIRROR = "http://127.0.0.1:9"  # nobody listens there: no test asks Docker Hub

PR_SET_CHILD_SUBREAPER = 36


class ShellEnded(Exception):
    """The shell is gone, or was ended because a command took too long."""


@functools.cache
def private_tmp():
    """Can /tmp be the shell's own? Not when the repository itself lies there, nor without the right to mount,
    which root in a container may lack."""
    if os.geteuid() != 0 or pathlib.Path("/tmp") in ROOT.parents:
        return False
    return subprocess.run(["unshare", "--mount", "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0


class Shell:
    def __init__(self, registry=os.environ.get("GOCKER_TEST_REGISTRY")):
        (ROOT / "build").mkdir(exist_ok=True)
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="lesson-", dir=ROOT / "build"))
        for name in ("home", "tmp", "run", "bin", "commands"):
            (self.place / name).mkdir()
        self.place.chmod(0o755)
        self.mark = "end-" + os.urandom(12).hex()
        self.count = 0
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
                    CONSOLE_MARK=self.mark, TERM="xterm", LC_ALL="C.UTF-8", COLUMNS="80")
        kept.pop("XDG_DATA_HOME", None)
        kept.pop("XDG_CONFIG_HOME", None)
        if os.geteuid() == 0:
            (self.place / "bin" / "sudo").write_text(SUDO)
            (self.place / "bin" / "sudo").chmod(0o755)
            kept["PATH"] = f"{self.place}/bin:{kept['PATH']}"
        return kept

    def start(self, writes):
        reads, self.commands = os.pipe()
        os.dup2(reads, 9)
        os.close(reads)
        driver = self.place / "driver"
        driver.write_text(DRIVER)
        command = ["bash", "--norc", "--noprofile", str(driver)]
        if private_tmp():
            mount = 'mount --bind "$TMPDIR" /tmp && export TMPDIR=/tmp && exec "$@"'
            command = ["unshare", "--mount", "sh", "-c", mount, "sh", *command]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment(), pass_fds=[9],
                                        stdin=subprocess.DEVNULL, stdout=writes, stderr=writes,
                                        start_new_session=True)
        os.close(9)
        os.close(writes)

    def run(self, text, on_terminal, deadline):
        """Run one command. Returns its output as lines. ShellEnded where the shell did not survive it, or the
        clock (time.monotonic) came to DEADLINE; the exception's argument says which, and what was printed."""
        self.count += 1
        file = self.place / "commands" / str(self.count)
        file.write_text(text + "\n")
        self.discard_output()
        terminal = os.ttyname(self.slave) if on_terminal else ""
        try:
            os.write(self.commands, f"{file}\n{terminal}\n".encode())
        except BrokenPipeError as error:
            raise ShellEnded("found the shell gone", []) from error
        return as_seen(self.read_to_mark(self.master if on_terminal else self.output, deadline))

    def discard_output(self):
        """What processes in the background printed since the last command."""
        for fd in (self.output, self.master):
            while select.select([fd], [], [], 0)[0] and os.read(fd, 65536):
                continue

    def read_to_mark(self, fd, deadline):
        """What comes from FD before the line that the driver prints at a command's end."""
        end = re.compile(rb"\r?\n" + self.mark.encode() + rb" \d+\r?\n")
        read = b""
        while not (found := end.search(read)):
            ready = select.select([fd], [], [], max(0, min(deadline - time.monotonic(), 0.2)))[0]
            more = os.read(fd, 65536) if ready else None
            read += more or b""
            if more == b"" or (more is None and self.process.poll() is not None):
                raise ShellEnded("ended the shell, having printed:", as_seen(read))
            if more is None and time.monotonic() >= deadline:
                raise ShellEnded("was not over in time; until then it printed:", as_seen(read))
        return read[:found.start()]

    def close(self):
        """End all that was started. Returns the command lines of processes that outlived the lesson."""
        os.close(self.commands)  # the driver's end of file
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=2)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        left = end_children()
        for fd in (self.output, self.master, self.slave):
            os.close(fd)
        subprocess.run(["rm", "-rf", "--one-file-system", str(self.place)], check=False)
        return left


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
