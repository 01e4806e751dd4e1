#!/usr/bin/env -S python3 -B
"""Tests of the lab (run): what comes out of it, what may not, and that it leaves nothing behind.

    selftest.py [PART OF A TEST'S NAME…]

Each boots a machine or shares one with others. The last line is "lab: N passed, N failed, N skipped".
"""

import contextlib
import fcntl
import os
import pathlib
import pty
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest

RUN = pathlib.Path(__file__).resolve().with_name("run")
TREE = RUN.parents[3]
LAB = TREE / "build" / "lab"
LIMIT_S = 120  # for what takes five seconds on an idle machine
NOBODY = 65534

# What the shared machine does; each part's output begins with its name. The last leaves a process behind.
SURVEY = r"""
say() { echo "== $1"; }
say whoami; id -u; pwd; echo "$HOME $FROM_OUTSIDE ${GOCKER_LAB:+lab}"
say input; wc -c
say sudo; sudo -E id -u
say cgroup; cat /sys/fs/cgroup/cgroup.subtree_control; stat -f -c %T /sys/fs/cgroup
mkdir /sys/fs/cgroup/own /sys/fs/cgroup/own/below && echo 50M >/sys/fs/cgroup/own/memory.max && echo made
say overlay; cd /tmp && mkdir lower upper work merged && mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work overlay merged && echo mounted
say attributes; touch file; python3 -c 'import os; os.setxattr("file", "user.a", b"b"); print(os.getxattr("file", "user.a"))'
say network; ls /sys/class/net; ip link add outer type veth peer name inner && ip link add bridge type bridge && echo added
say nftables; /run/lab/busybox modprobe nf_tables && /run/lab/busybox modprobe nft_chain_nat && grep -c '^nf_tables ' /proc/modules
say userns; setpriv --reuid 65534 --clear-groups unshare --user --map-root-user id -u
say writes
for place in /etc "$TREE" "$TREE/tests" "$TREE/work" "$TREE/build" /usr; do
    echo "$NAME" >"$place/$NAME" && cat "$place/$NAME"
done
mkdir /tmp/host && mount -t 9p -o trans=virtio,version=9p2000.L root /tmp/host && touch "/tmp/host/var/tmp/$NAME"
say big; head -c 3000000 /dev/zero | tr '\0' x
head -c 2000000 /dev/zero | tr '\0' e >&2
setsid sleep 1000 &
exit 7
"""


started = []  # processes of run


def start(*arguments, run=(RUN,), **more):
    process = subprocess.Popen([*run, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, **more)
    started.append(process.pid)
    return process


def lab(*arguments, **more):
    with start(*arguments, **more) as process:
        try:
            out, err = process.communicate(timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


def machines():
    """The machines that still run of those started here: their directories' names begin with run's number."""
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            line = (process / "cmdline").read_bytes().decode(errors="replace")
            if line.startswith("qemu-system") and any(f"/runs/{number}-" in line for number in started):
                found.append(line)
    return found


def directories():
    return [path for number in started for path in (LAB / "runs").glob(f"{number}-*")]


class LabTest(unittest.TestCase):
    def setUp(self):
        self.addCleanup(self.expect_no_leftovers)

    def expect_no_leftovers(self):
        self.assertEqual(machines(), [], "wanted no machine left running")
        self.assertEqual(directories(), [], "wanted no directory left")

    def start(self, *arguments):
        """A lab that is running its command: it prints "ready" first."""
        process = start(*arguments)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def wait_until_ready(self, process):
        self.assertTrue(select.select([process.stdout], [], [], LIMIT_S)[0], "wanted it to begin")
        self.assertEqual(process.stdout.readline(), b"ready\n")


class SurveyTest(LabTest):
    """One machine, many questions."""

    @classmethod
    def setUpClass(cls):
        cls.name = f"gocker-lab-test-{os.getpid()}"
        cls.done = lab("bash", "-c", SURVEY, cwd=TREE / "tests",
                       env={**os.environ, "FROM_OUTSIDE": "it's here", "TREE": str(TREE), "NAME": cls.name})
        parts = cls.done.stdout.decode(errors="replace").split("== ")[1:]
        cls.parts = {part.split("\n", 1)[0]: part.split("\n", 1)[1] for part in parts}

    def part(self, name):
        self.assertIn(name, self.parts, self.done.stderr[-2000:])
        return self.parts[name]

    def test_command_is_roots_in_the_same_place_with_the_same_environment(self):
        self.assertEqual(self.part("whoami"), f"0\n{TREE}/tests\n/root it's here lab\n")

    def test_standard_input_is_empty(self):
        self.assertEqual(self.part("input"), "0\n")

    def test_sudo_is_no_hindrance(self):
        self.assertEqual(self.part("sudo"), "0\n")

    def test_cgroups_are_version_2_with_their_controllers(self):
        controllers, kind, made = self.part("cgroup").splitlines()
        self.assertLessEqual({"cpu", "io", "memory", "pids"}, set(controllers.split()))
        self.assertEqual((kind, made), ("cgroup2fs", "made"))

    def test_overlay_is_mounted_in_tmp(self):
        self.assertEqual(self.part("overlay"), "mounted\n")

    def test_files_in_tmp_have_user_attributes(self):
        self.assertEqual(self.part("attributes"), "b'b'\n")

    def test_network_is_its_own(self):
        interfaces = self.part("network").split()
        self.assertEqual((set(interfaces) - {"eth0"}, interfaces[-1]), ({"lo", "added"}, "added"))

    def test_kernel_has_nftables(self):
        self.assertEqual(self.part("nftables"), "1\n")

    def test_users_make_user_namespaces(self):
        self.assertEqual(self.part("userns"), "0\n")

    def test_what_is_written_is_there_and_gone_but_for_work_and_build(self):
        self.assertEqual(self.part("writes"), f"{self.name}\n" * 6)
        for place in ("/etc", TREE, TREE / "tests", "/usr", "/var/tmp"):
            self.assertFalse((place / pathlib.Path(self.name)).exists(), f"{place} was written")
        for place in (TREE / "work", TREE / "build"):
            self.assertEqual((place / self.name).read_text(), f"{self.name}\n")

    def test_outputs_are_apart_and_whole(self):
        self.assertEqual(self.part("big"), "x" * 3000000)
        self.assertEqual(self.done.stderr.count(b"e" * 2000000), 1)

    def test_exit_status_is_the_commands(self):
        self.assertEqual(self.done.returncode, 7)

    @classmethod
    def tearDownClass(cls):
        for place in (TREE / "work", TREE / "build"):
            (place / cls.name).unlink(missing_ok=True)


class EndTest(LabTest):
    def test_time_out_is_said_and_ends_it(self):
        done = lab("-t", "3", "sleep", "1000")
        self.assertEqual((done.returncode, done.stderr), (124, b"lab: not over after 3 s: stopped the machine\n"))

    def test_crash_shows_the_console(self):
        done = lab("sh", "-c", "echo before; echo c >/proc/sysrq-trigger")
        self.assertEqual((done.returncode, done.stdout), (125, b"before\n"))
        self.assertIn(b"Kernel panic - not syncing: sysrq triggered crash", done.stderr)

    def test_two_at_once_and_what_ends_them(self):
        first, second = (self.start("sh", "-c", "echo ready; sleep 1000") for _ in range(2))
        for process in first, second:
            self.wait_until_ready(process)
        first.terminate()
        self.assertEqual(first.wait(30), 128 + signal.SIGTERM)
        second.kill()  # qemu ends with it; its directory is removed by the next run
        second.wait()
        for _ in range(100):
            if not machines():
                break
            time.sleep(0.1)
        self.assertEqual(lab("-t", "1", "true").returncode, 124)

    def test_nobody_reads_its_output(self):
        process = self.start("sh", "-c", "echo ready; yes | head -c 2000000; echo over >&2")
        self.wait_until_ready(process)
        process.stdout.close()
        self.assertEqual((process.wait(LIMIT_S), process.stderr.read()), (0, b"over\n"))


class NoLabTest(LabTest):
    def test_missing_program_is_named(self):
        with tempfile.TemporaryDirectory() as place:
            for directory in ("/bin", "/usr/bin"):
                for path in pathlib.Path(directory).iterdir():
                    if not path.name.startswith("qemu") and not os.path.lexists(f"{place}/{path.name}"):
                        os.symlink(path, f"{place}/{path.name}")
            done = lab("true", env={**os.environ, "PATH": place})
        self.assertEqual(done.returncode, 125)
        self.assertIn(b"qemu-system-x86_64 is missing; make deps installs it", done.stdout + done.stderr)

    def test_shell_needs_a_terminal(self):
        done = lab()
        self.assertEqual(done.returncode, 125)
        self.assertIn(b"a shell needs a terminal", done.stderr)


class ShellTest(LabTest):
    seen = ""

    def test_terminal_is_the_machines_and_as_before_afterwards(self):
        master, slave = pty.openpty()
        before = termios.tcgetattr(slave)
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 99, 0, 0))
        process = subprocess.Popen([RUN], stdin=slave, stdout=slave, stderr=slave, start_new_session=True)
        started.append(process.pid)
        try:
            self.wait_for(master, "lab")
            self.type(master, "stty size", "33 99")
            self.type(master, "tty", "/dev/hvc0")
            fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
            os.kill(process.pid, signal.SIGWINCH)  # nobody else does: it is no controlling terminal
            self.type(master, "sleep 1; stty size", "40 120")
            self.type(master, "echo beg''ins; sleep 1000", "begins")
            self.type(master, "\x03", "# ")  # before its prompt, the shell would drop what is typed
            self.type(master, "echo $?", "130")
            self.type(master, "sh -c 'echo la\"\"st; exit 3'", "last")
            self.wait_for(master, "# ")  # before its prompt, the shell would miss Ctrl-D
            os.write(master, b"\x04")
            self.assertEqual(process.wait(LIMIT_S), 3)
            self.assertEqual(termios.tcgetattr(slave), before)
        finally:
            process.terminate()
            process.wait()
            os.close(master)
            os.close(slave)

    def type(self, master, line, answer):
        os.write(master, line.encode() + (b"" if line == "\x03" else b"\n"))
        self.wait_for(master, answer)

    def wait_for(self, master, text):
        """Read until TEXT; what came behind it is for the next call."""
        deadline = time.monotonic() + LIMIT_S
        while text not in self.seen:
            self.assertTrue(select.select([master], [], [], max(0, deadline - time.monotonic()))[0],
                            f"wanted {text!r}, got {self.seen!r}")
            self.seen += os.read(master, 65536).decode(errors="replace")
        self.seen = self.seen.partition(text)[2]


class UserTest(LabTest):
    """Somebody who is not root, whose tree lies below a directory that the machine has empty, /tmp."""

    def test_user_needs_no_root(self):
        if os.geteuid() != 0:
            self.skipTest("all the others show it: you are not root")
        with tempfile.TemporaryDirectory(prefix="it's, odd-", dir="/tmp") as place:
            tree = pathlib.Path(place) / "tree"
            self.copy(tree)
            os.chmod(place, 0o755)
            script = "id -u; pwd; echo x >work/file; touch other; cat /etc/shadow"
            as_nobody = ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups"]
            done = lab("sh", "-c", script, cwd=tree, run=[*as_nobody, tree / RUN.relative_to(TREE)])
            self.assertEqual(done.stdout.decode(), f"0\n{tree}\n", done.stderr.decode())
            self.assertIn(b"/etc/shadow: Permission denied", done.stderr)
            self.assertEqual(((tree / "work/file").read_text(), (tree / "work/file").stat().st_uid), ("x\n", NOBODY))
            self.assertFalse((tree / "other").exists())

    def copy(self, tree):
        (tree / "build").mkdir(parents=True)
        (tree / "Makefile").touch()
        shutil.copytree(TREE / "tests/support", tree / "tests/support")
        subprocess.run(["cp", "-a", "--sparse=always", LAB, tree / "build"], check=True)
        subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", tree], check=True)


def main(names):
    prepared = subprocess.run([RUN, "--prepare"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    loader = unittest.TestLoader()
    loader.testNamePatterns = [f"*{name}*" for name in names] or None
    suite, result = loader.loadTestsFromModule(sys.modules[__name__]), unittest.TestResult()
    if prepared.returncode != 0:
        reason = prepared.stdout.decode().strip().splitlines()[-1]
        print(f"lab: skipped {suite.countTestCases()} tests: {reason}")
        print(f"lab: 0 passed, 0 failed, {suite.countTestCases()} skipped")
        return 0
    suite.run(result)
    for test, text in result.failures + result.errors:
        print(f"lab: FAILED {test.id()}: {text}")
    for test, reason in result.skipped:
        print(f"lab: skipped {test.id()}: {reason}")
    failed = len(result.failures) + len(result.errors)
    passed = result.testsRun - failed - len(result.skipped)
    print(f"lab: {max(passed, 0)} passed, {failed} failed, {len(result.skipped)} skipped")
    return 0 if failed == 0 and result.testsRun > 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
