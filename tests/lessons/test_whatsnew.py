"""whatsnew.py on a project of two small chapters, and the reading of traces."""

import os
import unittest
from unittest import mock

import smoke
import whatsnew
from fixture import ProjectTest

MAIN = '''\
/* Chapter {0}. */
static const struct isolation *const isolations[] = {{
{1}    NULL,
}};
'''
TRACE = '''\
10 execve("build/bin/07-two", ["07-two"], 0x7f /* 3 vars */) = 0
10 openat(AT_FDCWD, "a", O_RDONLY) = 3
10 clone(child_stack=NULL, flags=SIGCHLD <unfinished ...>
11 setsid() = 11
10 <... clone resumed>) = 11
11 execve("/bin/sleep", ["sleep"], 0x7f) = -1 ENOENT (No such file or directory)
11 execve("/usr/bin/sleep", ["sleep"], 0x7f) = 0
11 nanosleep({tv_sec=1}, NULL) = 0
10 openat(AT_FDCWD, "b", O_RDONLY) = 4
10 --- SIGCHLD {si_signo=SIGCHLD} ---
10 execve("/proc/self/exe", ["init"], 0x7f) = 0
10 pivot_root(".", ".") = 0
'''


class Trace(unittest.TestCase):
    def test_calls_are_counted_with_the_first_as_example(self):
        calls = smoke.count_calls(TRACE)
        self.assertEqual(calls["openat"], (2, 'openat(AT_FDCWD, "a", O_RDONLY) = 3'))

    def test_calls_of_the_program_in_the_container_do_not_count(self):
        calls = smoke.count_calls(TRACE)
        self.assertEqual(set(calls), {"execve", "openat", "clone", "setsid", "pivot_root"})


class WhatsNew(ProjectTest):
    def setUp(self):
        super().setUp()
        whatsnew.project_files.cache_clear()
        self.put("chapters/01-one/main.c", MAIN.format(1, "    &isolate_mounts,\n"))
        self.put("chapters/07-two/main.c", MAIN.format(7, "    &isolate_cgroup,\n    &isolate_mounts,\n"))
        self.put("chapters/07-two/cgroup.c", "/* Shares: of the\n * machine. More. */\nint join(void)\n{\n}\n")
        self.put("chapters/07-two/cgroup.h", "/* Shares: of the machine. */\nint join(void);\nextern int e;\n")
        self.put("chapters/01-one/smoke", "# a comment\nmkdir $TMPDIR/x\n/bin/true \"$TMPDIR\"\n")
        self.put("chapters/07-two/smoke", "ls \"$TMPDIR\"\n")
        tracer = mock.patch.dict(os.environ, GOCKER_TEST_REGISTRY="127.0.0.1:9")
        tracer.start()
        self.addCleanup(tracer.stop)

    def shown(self, number):
        return self.run_tool(whatsnew.main, [number], self.root)[1]

    def test_difference_of_main_is_shown(self):
        output = self.shown("07")
        for wanted in ("What 07-two adds to 01-one", "  -/* Chapter 1. */", "  +    &isolate_cgroup,"):
            self.assertIn(wanted, output)

    def test_isolations_are_shown_before_and_after(self):
        self.assertIn("  before: mounts\n  now:    cgroup, mounts\n", self.shown("07"))

    def test_files_and_functions_are_shown(self):
        output = self.shown("7")
        self.assertIn("  cgroup.c, cgroup.h                 Shares: of the machine.\n", output)
        self.assertIn(" -> join\n", output)

    def test_without_strace_all_else_is_shown(self):
        with mock.patch("smoke.tracer", return_value=None):
            status, output = self.run_tool(whatsnew.main, ["07"], self.root)
        self.assertEqual(status, 1)
        self.assertIn("not traced: strace is not installed", output)
        self.assertIn("now:    cgroup, mounts", output)

    @unittest.skipUnless(smoke.tracer(), "needs strace")
    def test_system_calls_that_are_new_are_shown(self):
        self.put("chapters/07-two/smoke", "build/bin/07-two\n")
        self.put("chapters/01-one/smoke", "build/bin/01-one\n")
        (self.root / "build/bin").mkdir(parents=True)
        (self.root / "build/bin/01-one").symlink_to("/bin/true")
        (self.root / "build/bin/07-two").symlink_to("/bin/ls")
        output = self.shown("07").split("system calls")[1]
        self.assertIn("getdents64", output)
        self.assertNotIn("execve", output)

    def test_chapter_that_is_not_there_is_refused(self):
        with self.assertRaisesRegex(SystemExit, "there are 01-one, 07-two"):
            self.shown("09")

    def test_smoke_commands_that_succeed_pass(self):
        status, output = self.run_tool(whatsnew.main, ["--check"], self.root)
        self.assertEqual((status, output), (0, "smoke: 2 passed, 0 failed, 0 skipped\n"))

    def test_smoke_command_that_fails_fails(self):
        self.put("chapters/07-two/smoke", "echo why; false\n")
        self.put("chapters/01-one/smoke", "rmdir \"$TMPDIR/none\"\ntrue\n")
        status, output = self.run_tool(whatsnew.main, ["--check"], self.root)
        self.assertEqual((status, output.splitlines()[-1]), (1, "smoke: 0 passed, 2 failed, 0 skipped"))

    def test_missing_smoke_command_fails(self):
        (self.root / "chapters/07-two/smoke").unlink()
        status, output = self.run_tool(whatsnew.main, ["--check"], self.root)
        self.assertEqual((status, "chapters/07-two/smoke is not there" in output), (1, True), output)

    def test_smoke_command_that_needs_root_is_skipped_without(self):
        self.put("chapters/07-two/smoke", "# needs: root\nfalse\n")
        with mock.patch("os.geteuid", return_value=1000):
            status, output = self.run_tool(whatsnew.main, ["--check"], self.root)
        self.assertEqual((status, output.splitlines()[-1]), (0, "smoke: 1 passed, 0 failed, 1 skipped"))

    def test_smoke_command_that_does_not_end_is_ended(self):
        self.put("chapters/07-two/smoke", "sleep 4323\n")
        with mock.patch("smoke.SECONDS", 0.5):
            status, output = self.run_tool(whatsnew.main, ["--check"], self.root)
        self.assertEqual((status, "not over after" in output), (1, True), output)


if __name__ == "__main__":
    unittest.main()
