"""Console blocks: what agrees, what is found to differ, what is rewritten, and what is left behind."""

import os
import pathlib
import unittest
from unittest import mock

import console
import screen
import shell
import transcript
from fixture import ProjectTest
from report import Report


class Matching(unittest.TestCase):
    def assert_match(self, expected, got, wanted=True):
        self.assertEqual(transcript.matches(expected.split("|"), got.split("|")), wanted, (expected, got))

    def test_same_lines_agree(self):
        self.assert_match("a|b", "a|b")

    def test_line_too_many_differs(self):
        self.assert_match("a", "a|b", False)
        self.assert_match("a|b", "a", False)

    def test_line_of_dots_is_any_lines_or_none(self):
        for got in ("a|b", "a|x|b", "a|b|b", "a|x|y|b"):
            self.assert_match("a|...|b", got)
        self.assert_match("a|...|b", "a|x", False)
        self.assert_match("...|a|...|b|...", "a|x|a|y|b")

    def test_dots_in_a_line_are_any_text(self):
        self.assert_match("a ... c", "a b c")
        self.assert_match("a ... c", "a b d", False)
        self.assert_match("(1.0) ...", "(100) x", False)

    def test_many_dots_take_no_time(self):
        self.assert_match("|".join(["...", "a"] * 40 + ["b"]), "|".join(["a"] * 2000), False)


class Merging(unittest.TestCase):
    def assert_merged(self, expected, got, wanted):
        self.assertEqual("|".join(transcript.merge(expected.split("|"), got.split("|"))), wanted)

    def test_dots_that_fit_stay(self):
        self.assert_merged("took ... s|old|...|end", "took 3 s|new|x|end", "took ... s|new|x|end")
        self.assert_merged("a|...|b|old", "a|x|y|b|new", "a|...|b|new")

    def test_dots_at_either_end_stay_beside_what_stays(self):
        self.assert_merged("...|a|old", "x|a|new", "...|a|new")
        self.assert_merged("old|a|...", "new|a|x|y", "new|a|...")

    def test_dots_beside_what_changed_go(self):
        self.assert_merged("old|...|b", "x|y|b", "x|y|b")

    def test_what_is_new_is_taken(self):
        self.assert_merged("a|c", "a|b|c|d", "a|b|c|d")


class Screen(unittest.TestCase):
    def assert_seen(self, printed, wanted):
        self.assertEqual("|".join(screen.as_seen(printed.encode())), wanted)

    def test_lines_are_lines_with_or_without_an_end(self):
        self.assert_seen("a\nb\n", "a|b")
        self.assert_seen("a\r\nb", "a|b")
        self.assert_seen("", "")
        self.assert_seen("a\n\n", "a|")

    def test_progress_draws_over_itself(self):
        self.assert_seen("one 1%\ntwo 1%\n\x1b[2A\r\x1b[Kone done\n\x1b[Ktwo 9%\nend\n", "one done|two 9%|end")

    def test_rest_of_the_screen_is_erased(self):
        self.assert_seen("a\nb\nc\x1b[2A\r\x1b[Jd", "d")

    def test_shorter_line_leaves_the_rest_of_the_longer(self):
        self.assert_seen("100%\r5", "500%")

    def test_colours_are_not_seen(self):
        self.assert_seen("\x1b[1;31mred\x1b[0m", "red")


class Console(ProjectTest):
    def check(self, text, function=console.check_file):
        """(counts, what was printed) for a lesson with this text."""
        self.put("README.md", text)
        report = Report("console")
        _, output = self.run_tool(function, "README.md", self.root / "README.md", report)
        counts = report.counts
        return (counts["passed"], counts["failed"], counts["skipped"]), output

    def test_output_that_agrees_passes(self):
        counts, output = self.check("```console\n$ echo a; echo b >&2\na\nb\n$ printf c\nc\n```\n")
        self.assertEqual((counts, output), ((2, 0, 0), ""))  # the block, and that nothing is left

    def test_output_that_differs_fails_with_a_diff(self):
        counts, output = self.check("\n```console\n$ echo a\n$ echo b\nc\n```\n")
        self.assertEqual(counts, (1, 1, 0))
        for part in ("FAILED README.md:2: README.md:3: $ echo a", "+a", "README.md:4: $ echo b", "-c", "+b"):
            self.assertIn(part, output)

    def test_shell_lasts_from_block_to_block(self):
        counts, output = self.check("```console\n$ cd chapters; x=1\n$ false\n```\n"
                                    "```console\n$ echo $? $x $(basename $PWD)\n1 1 chapters\n```\n")
        self.assertEqual((counts, output), ((3, 0, 0), ""))

    def test_command_may_have_several_lines(self):
        counts, output = self.check("```console\n$ cat <<END\n> a\n> END\na\n> b\n```\n")
        self.assertIn("-> b", output)  # behind output, it is output
        self.assertEqual(counts, (1, 1, 0))

    def test_terminal_is_one_only_where_asked_for(self):
        asks = "\n$ [ -t 0 ] && [ -t 1 ] && [ -t 2 ] && stty size\n"
        counts, output = self.check(f"```console pty{asks}24 80\n```\n```console{asks}```\n")
        self.assertEqual((counts, output), ((3, 0, 0), ""))

    def test_what_is_drawn_over_is_not_seen(self):
        counts, output = self.check("```console pty\n$ printf '1%%\\r\\033[K\\033[1m2%%\\033[0m\\n'\n2%\n```\n")
        self.assertEqual((counts, output), ((2, 0, 0), ""))

    def test_skipped_block_is_counted_with_its_reason(self):
        counts, output = self.check("```console skip=\"needs Docker Hub\"\n$ exit 1\n```\n")
        self.assertEqual((counts, output), ((0, 0, 1), "console: skipped README.md:1: needs Docker Hub\n"))

    def test_block_for_root_is_skipped_without(self):
        with mock.patch("os.geteuid", return_value=1000):
            counts, output = self.check("```console root\n$ x\n```\n```console\n$ sudo x\n```\n")
        self.assertEqual(counts, (0, 0, 2))
        self.assertEqual(output.count("needs root"), 2)

    def test_block_for_the_registry_is_skipped_without(self):
        with mock.patch.dict(os.environ):
            os.environ.pop("GOCKER_TEST_REGISTRY", None)
            counts, output = self.check("```console registry\n$ x\n```\n")
        self.assertEqual((counts, "make test-lessons" in output), ((0, 0, 1), True), output)

    def check_in_lab(self, script, text="```console lab\n$ x\n```\n```console\n$ y\n```\n```console lab\n$ z\n```\n"):
        """The same for the blocks that are for the lab, with a script in its stead."""
        self.put("README.md", text)
        self.put("lab", "#!/bin/sh\n" + script)
        (self.root / "lab").chmod(0o755)
        report = Report("console")
        with mock.patch.object(console, "LAB", self.root / "lab"):
            _, output = self.run_tool(console.run_lab, [str(self.root / "README.md")], False, report)
        return tuple(report.counts.values()), output

    def test_block_for_the_lab_is_not_run_here(self):
        with mock.patch.dict(os.environ):
            os.environ.pop("GOCKER_LAB", None)
            self.assertEqual(self.check("```console lab\n$ echo a\n```\n"), ((0, 0, 0), ""))

    def test_other_block_is_not_run_in_the_lab(self):
        with mock.patch.dict(os.environ, GOCKER_LAB="kvm"):
            counts, output = self.check("```console\n$ false\nx\n```\n```console lab\n$ echo a\na\n```\n")
        self.assertEqual((counts, output), ((2, 0, 0), ""))

    def test_what_the_lab_counts_is_counted(self):
        counts, output = self.check_in_lab('[ "$1" = --prepare ] && exit\n'
                                           "echo 'console: FAILED x'; echo 'console: 3 passed, 1 failed, 2 skipped'; exit 1")
        self.assertEqual((counts, output), ((3, 1, 2), "console: FAILED x\n"))

    def test_lab_that_dies_is_a_failure(self):
        script = '[ "$1" = --prepare ] || { echo panic; exit 125; }'
        counts, output = self.check_in_lab(script)
        self.assertEqual((counts, output), ((0, 1, 0), "panic\nconsole: FAILED the blocks for the lab: exit status 125\n"))

    def test_without_a_lab_each_block_is_skipped_with_the_reason(self):
        counts, output = self.check_in_lab("echo some; echo 'lab: no qemu' >&2; exit 125")
        self.assertEqual((counts, output.count(": lab: no qemu\n")), ((0, 0, 2), 2), output)

    def test_lab_is_not_started_for_nothing(self):
        script = f"touch {self.root}/started"
        self.assertEqual(self.check_in_lab(script, "```console\n$ x\n```\n```console lab skip=\"y\"\n$ x\n```\n")[0],
                         (0, 0, 0))
        self.assertFalse((self.root / "started").exists())

    def test_unknown_word_in_the_info_string_fails(self):
        counts, output = self.check("```console rot\n$ x\n```\n")
        self.assertEqual((counts, "cannot read 'rot'" in output), ((0, 1, 0), True), output)

    def test_block_without_a_command_fails(self):
        self.assertEqual(self.check("```console\necho\n```\n```console\n```\n")[0], (0, 2, 0))

    def test_command_that_takes_too_long_fails_and_is_ended(self):
        counts, output = self.check("```console seconds=1\n$ echo begun; sleep 4321\n```\n```console\n$ true\n```\n")
        self.assertEqual(counts, (0, 2, 0))
        for part in ("$ echo begun; sleep 4321", "not over in time", "    begun", "README.md:4: not run: the shell"):
            self.assertIn(part, output)
        self.assertEqual(running("sleep\0004321"), [])

    def test_command_that_prints_without_end_fails_and_is_ended(self):
        counts, output = self.check("```console\n$ yes lesson-test\n```\n")
        self.assertEqual((counts, "printed too much" in output), ((0, 1, 0), True), output)
        self.assertLess(len(output), 4000)
        self.assertEqual(running("yes\0lesson-test"), [])

    def test_command_that_ends_the_shell_fails(self):
        counts, output = self.check("```console\n$ echo a; exit 3\na\n```\n")
        self.assertEqual((counts, "ended the shell" in output), ((0, 1, 0), True), output)

    def test_process_left_behind_fails_and_is_ended(self):
        counts, output = self.check("```console\n$ setsid sleep 4322 & sleep 0.2\n```\n")
        self.assertEqual((counts, "still running: sleep 4322" in output), ((1, 1, 0), True), output)
        self.assertEqual(running("sleep\0004322"), [])

    def test_home_and_store_are_the_shells_own_and_go(self):
        before = set((console.ROOT / "build").glob("lesson-*"))
        counts, output = self.check("```console\n$ touch ~/x $GOCKER_ROOT.y; ls ~\nx\n$ echo $GOCKER_ROOT $HOME\n"
                                    ".../build/lesson-.../gocker .../home\n```\n")
        self.assertEqual((counts, output), ((2, 0, 0), ""))
        self.assertEqual(set((console.ROOT / "build").glob("lesson-*")), before)

    @unittest.skipUnless(shell.private_tmp(), "needs the right to mount, and the repository elsewhere than below /tmp")
    def test_tmp_is_the_shells_own(self):
        name = f"lesson-test-{os.getpid()}"
        counts, output = self.check(f"```console\n$ touch /tmp/{name}; ls /tmp\n{name}\n```\n")
        self.assertEqual((counts, output), ((2, 0, 0), ""))
        self.assertFalse(pathlib.Path("/tmp", name).exists())

    @unittest.skipUnless(shell.may_mount(), "needs the right to mount")
    def test_what_is_mounted_goes_with_the_shell(self):
        counts, output = self.check("```console\n$ mkdir ~/m; mount -t tmpfs lesson-test ~/m; mountpoint -q ~/m\n"
                                    "$ echo $?\n0\n```\n")
        self.assertEqual((counts, output), ((2, 0, 0), ""))
        self.assertNotIn("lesson-test", pathlib.Path("/proc/self/mounts").read_text())

    def test_sudo_is_no_obstacle_for_root(self):
        if os.geteuid() != 0:
            self.skipTest("needs root")
        counts, output = self.check("```console\n$ sudo A=1 sh -c 'echo $A ${GOCKER_ROOT##*/}'\n1 gocker\n```\n")
        self.assertEqual((counts, output), ((2, 0, 0), ""))

    def test_update_writes_what_is_printed(self):
        self.check("```console\n$ echo a 1; echo b\na ...\nold\n$ echo c\n\n$ echo d\n...\n```\nafter\n",
                   console.update_file)
        self.assertEqual(self.get("README.md"),
                         "```console\n$ echo a 1; echo b\na ...\nb\n$ echo c\nc\n$ echo d\n...\n```\nafter\n")

    def test_update_writes_no_place_of_this_machine(self):
        self.check("```console\n$ pwd; echo ~\n```\n", console.update_file)
        self.assertEqual(self.get("README.md"), "```console\n$ pwd; echo ~\n...\n.../home\n```\n")

    def test_update_writes_no_digest_of_an_image(self):
        digest = "0123456789abcdef" * 4
        self.check(f"```console\n$ echo sha256:{digest} {digest}0\n```\n", console.update_file)
        self.assertEqual(self.get("README.md").splitlines()[2], f"sha256:... {digest}0")

    def test_update_changes_nothing_where_all_agrees(self):
        text = "```console\n$ date\n...\n```\n```console skip=\"x\"\n$ y\nz\n```\n"
        counts, output = self.check(text, console.update_file)
        self.assertEqual((self.get("README.md"), counts), (text, (1, 0, 1)), output)


def running(words):
    found = []
    for place in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found += [str(place)] if words in place.read_text(errors="replace") else []
        except OSError:
            continue
    return found


if __name__ == "__main__":
    unittest.main()
