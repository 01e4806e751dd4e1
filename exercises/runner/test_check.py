"""What `make check` makes of answers: each kind of failure in its own words, and none of them a pass."""

import os
import pathlib
import time
import unittest

import building
import catalogue
import checking
import findings
import running
from fixture import CHECK, EXPLORE_CHECK, PRELUDE, Case, function, put


class CheckTest(Case):
    def assert_rejected(self, answer, *words):
        status, output = self.check(answer)
        self.assertEqual(status, 1, f"wanted exit status 1, got {status}:\n{output}")
        for word in words:
            self.assertIn(word, output)
        self.assertNotIn("00.1 passed", output)

    def test_right_answer_passes(self):
        status, output = self.check(function("return 42;"))
        self.assertEqual(status, 0, output)
        self.assertIn("00.1 passed, all 2 tests", output)

    def test_wrong_answer_says_wanted_got_and_hint(self):
        self.assert_rejected(function("return 7;"), "forty_two(): wanted 42, got 7", "0 of 2 tests passed",
                             "`make hint EX=00.1` gives hint 1 of 3")

    def test_one_failing_test_among_others_is_no_pass(self):
        put(self.directory / "check.c", CHECK.replace("NEEDS", "0").replace("forty_two() + 0 *", "0 * forty_two() +"))
        self.assert_rejected(function("static int calls; return calls++ == 0 ? 42 : 1;"), "1 of 2 tests passed")

    def test_exit_0_is_no_pass(self):
        self.assert_rejected(function("exit(0);"), "ended the process with status 0")

    def test__exit_0_is_no_pass(self):
        self.assert_rejected(function("_exit(0);"), "ended the process with status 0")

    def test_exit_1_is_told_as_an_exit(self):
        self.assert_rejected(function("exit(1);"), "ended the process with status 1")

    def test_child_that_comes_back_into_the_test_is_not_the_test(self):
        self.assert_rejected(function("if (fork() == 0) { return 42; } sleep(1); _exit(0);"), "ended the process")

    def test_printed_verdict_is_no_pass(self):
        fake = "exercise: 1 passed, 0 failed, 0 skipped\\ntests 1\\ntest is_42 0 1 0 0\\nend\\n"
        self.assert_rejected(function(f'for (int fd = 1; fd < 64; fd++) dprintf(fd, "{fake}"); _exit(0);'),
                             "00.1: ")

    def test_exit_before_main_is_no_pass(self):
        self.assert_rejected(PRELUDE + "int forty_two(void);\nint forty_two(void) { return 42; }\n"
                             "__attribute__((constructor)) static void leave(void) { _exit(0); }\n", "00.1: broken")

    def test_crash_names_the_signal_and_the_line(self):
        self.assert_rejected(function("return *(volatile int *)(((unsigned long)getpid() & 0xfff0) + 16);"), "CRASHED",
                             "SIGSEGV", f"{self.answer}:9")

    def test_null_pointer_is_told_with_its_line(self):
        self.assert_rejected(function("volatile int *nowhere = NULL; return *nowhere;"), "CRASHED",
                             "null pointer", f"{self.answer}:9")

    def test_abort_names_the_signal(self):
        self.assert_rejected(function("abort();"), "CRASHED", "SIGABRT")

    def test_division_by_zero_is_told(self):
        self.assert_rejected(function("volatile int zero = 0; return 1 / zero;"), "division by zero",
                             f"{self.answer}:9")

    def test_endless_recursion_is_told(self):
        self.assert_rejected(function("volatile char s[1000]; s[0] = 1; return getpid() ? forty_two() + s[0] : 0;"),
                             "CRASHED", "the stack is full")

    def test_access_outside_an_array_is_told_with_its_line(self):
        self.assert_rejected(function("char *a = calloc(4, 1); strcpy(a, getenv(\"PATH\")); free(a); return 42;"), "CRASHED",
                             "heap-buffer-overflow", f"{self.answer}:9")

    def test_leak_is_no_pass(self):
        self.assert_rejected(function('char *s = strdup("1234567"); return s[0] == \'1\' ? 42 : 0;'),
                             "the result is right, but 8 bytes were allocated and never freed")

    def test_leak_does_not_hide_a_wrong_result(self):
        self.assert_rejected(function('return strdup("1234567") ? 7 : 0;'), "forty_two(): wanted 42, got 7")
        self.assertNotIn("the result is right", self.check(function('return strdup("1234567") ? 7 : 0;'))[1])

    def test_leak_of_a_process_that_never_ended_its_test_is_no_right_result(self):
        output = self.check(function('if (strdup("1234567")) { exit(0); } return 42;'))[1]
        self.assertIn("8 bytes were allocated and never freed", output)
        self.assertNotIn("the result is right", output)

    def test_line_of_the_check_is_for_its_author(self):
        self.assertNotIn("check.c", self.check(function("return 7;"))[1])

    def test_endless_loop_is_ended(self):
        began = time.monotonic()
        self.assert_rejected(function("for (volatile unsigned i = 0;; i++) continue;"), "TIMED OUT",
                             "a test before it ran out of time")
        self.assertLess(time.monotonic() - began, 60)

    def test_endless_printing_is_ended_and_cut(self):
        self.assert_rejected(function('for (;;) printf("again and again\\n");'), "TIMED OUT", "| again and again")

    def test_processes_that_are_left_are_killed(self):
        stays = self.place.work / "pid"
        self.assert_rejected(function(
            f'if (fork() == 0) {{ setsid(); if (fork() == 0) {{ FILE *f = fopen("{stays}", "w"); '
            'fprintf(f, "%d", (int)getpid()); fclose(f); pause(); } _exit(0); } sleep(1); return 42;'))
        self.assertFalse(pathlib.Path("/proc", stays.read_text()).exists(), "wanted it killed, it still runs")

    def test_check_that_hangs_as_a_whole_is_killed_with_its_children(self):
        put(self.answer, PRELUDE + "int forty_two(void);\nint forty_two(void) { return 42; }\n"
            "__attribute__((constructor)) static void hang(void) { if (fork() == 0) setsid(); pause(); }\n")
        exercise = catalogue.find_one(self.place, ["00.1"], "check")
        report = checking.check(self.place, exercise, self.answer, limit_s=1)
        self.assertEqual(report.kind, findings.TIMEOUT)
        self.assertEqual(running.children(), [])

    def test_compile_error_shows_the_compiler_and_the_file(self):
        self.assert_rejected(function("return 42"), "does not compile", f"{self.answer}:9", "expected")

    def test_warning_is_an_error_as_everywhere_here(self):
        self.assert_rejected(function("int unused; return 42;"), "does not compile", "unused")

    def test_macro_that_a_manual_page_demands_is_no_mistake(self):
        code = function('return memfd_create("", 0) < 0 ? 0 : 42;')
        for macro in ("_GNU_SOURCE", "_GNU_SOURCE 1", "_XOPEN_SOURCE 600"):
            for text in (f"#define {macro}\n#include <sys/mman.h>\n{code}",
                         f"#include <sys/mman.h>\n#define {macro}\n{code}"):
                status, output = self.check(text)
                self.assertEqual(status, 0, f"{macro}: {output}")

    def test_missing_function_is_named(self):
        self.assert_rejected("int other(void);\nint other(void) { return 42; }\n", "does not compile",
                             "forty_two is called, and nothing defines it")

    def test_missing_answer_says_how_to_start(self):
        status, output = self.run_command("check", "00.1")
        self.assertEqual(status, 1)
        self.assertIn("make start EX=00.1", output)

    def test_unknown_exercise_is_a_usage_error(self):
        for name in ("00.9", "seven", ""):
            status, output = self.run_command("check", *([name] if name else []))
            self.assertEqual(status, 2, output)
            self.assertIn("make progress", output)

    def test_check_that_does_not_compile_is_not_the_learners_fault(self):
        put(self.directory / "check.c", "int main(void) { return nothing; }\n")
        self.assert_rejected(function("return 42;"), "00.1: broken", "check.c")

    def test_missing_header_is_a_need(self):
        put(self.directory / "check.c", "#include <not/there.h>\n")
        self.assert_rejected(function("return 42;"), "not/there.h", "make deps", "That is no pass")

    @unittest.skipIf(os.geteuid() != 0, "needs root, to become somebody who is not")
    def test_missing_root_is_said_and_no_pass(self):
        put(self.directory / "check.c", CHECK.replace("NEEDS", "NEED_ROOT"))
        put(self.answer, function("return 42;"))
        self.place.work.parent.chmod(0o755)
        exercise = catalogue.find_one(self.place, ["00.1"], "check")
        builder = building.Builder(self.place, exercise.chapter, building.SANITIZED)
        program = builder.program(exercise, self.answer)
        program.parent.parent.parent.parent.parent.chmod(0o755)
        command = ["setpriv", "--reuid=65534", "--clear-groups", "--", str(program)]
        script = pathlib.Path(program).with_name("as-nobody")
        put(script, "#!/bin/sh\nexec " + " ".join(command) + "\n")
        script.chmod(0o755)
        report = checking.judge(running.run_check(script, self.answer, {}), self.answer)
        self.assertEqual(report.kind, findings.NEED)
        self.assertIn("needs root", report.findings[0].text)
        self.assertEqual(report.findings[1].kind, findings.PASSED)

    def test_observation_is_compared(self):
        self.put_explore()
        observed = self.place.work / "00.2" / "answer.txt"
        put(observed, "# comment\n  kernel :\n")
        self.assertEqual(self.run_command("check", "00.2")[0], 1)
        for text, status, word in (("kernel:\n", 1, "wanted an answer, got none yet"),
                                   ("kernel: Minix\n", 1, 'kernel: wanted what uname prints, got "Minix"'),
                                   ("kernel:   Linux  \n", 0, "00.2 passed")):
            put(observed, text)
            got, output = self.run_command("check", "00.2")
            self.assertEqual(got, status, output)
            self.assertIn(word, output)

    def test_observation_counts_in_any_form_that_says_the_same(self):
        """The check's text is what is wanted, each answer a form of it; one that says something else is rejected."""
        for wanted, same, other in (
                ("3", ("3", "03", "layer 3", "3 LAYERS", "`3`", '"3"', "3 layers"),
                 ("33", "-3", "not 3", "3 4", "3-4", "3x", "layer", "3 or 4")),
                ("8-11", ("8-11", "8 - 11", "8 – 11", "lines 8 to 11", "8..11", "line 8 to line 11"),
                 ("8-12", "811", "8 11", "8", "8-11-12", "8 to", "-8-11")),
                ("0700", ("700", "0700"), ("7000", "070", "7 00")),
                ("401", ("401 Unauthorized", "status 401", "HTTP/1.1 401 Unauthorized"), ("403", "401 401")),
                ("1", ("PID 1", "pid 1", "process 1"), ("PID 11", "pid", "the init", "1 2", "process")),
                ("/srv # where it is", ("/srv # where it is", "/srv  # where it is", '"/srv # where it is"'),
                 ("/srv", "/srv# where it is", "srv # where it is", "'/srv # where it is\"")),
                ("yes", ("Yes", "YES", "'yes'"), ("no", "yes and no", "layer yes"))):
            self.put_explore()
            text = EXPLORE_CHECK.replace("name.sysname", '"' + wanted + '"')
            put(self.place.exercises / "00-fixture" / "2-observe" / "check.c", text)
            for status, answers in ((0, same), (1, other)):
                for answer in answers:
                    put(self.place.work / "00.2" / "answer.txt", f"kernel: {answer}\n")
                    got, output = self.run_command("check", "00.2")
                    self.assertEqual(got, status, f"wanted {wanted}: {output}")

    def test_form_that_is_wanted_is_told(self):
        for wanted, words in (("3", "(write a number)"), ("8-11", "(write it as 2-5)")):
            self.put_explore()
            text = EXPLORE_CHECK.replace("name.sysname", '"' + wanted + '"')
            put(self.place.exercises / "00-fixture" / "2-observe" / "check.c", text)
            for answer, told in (("the third", True), (wanted + "0", False)):
                put(self.place.work / "00.2" / "answer.txt", f"kernel: {answer}\n")
                self.assertEqual(words in self.run_command("check", "00.2")[1], told)


class VerdictTest(unittest.TestCase):
    def test_verdict_that_breaks_off_is_not_complete(self):
        whole = b"tests 1\ntest a 0 1 3 2\nabcde" + b"end\n"
        self.assertTrue(running.parse_verdict(whole)[2])
        for length in range(len(whole)):
            try:
                self.assertFalse(running.parse_verdict(whole[:length])[2], whole[:length])
            except running.Garbled:
                pass

    def test_verdict_with_too_few_tests_is_not_complete(self):
        self.assertFalse(running.parse_verdict(b"tests 2\ntest a 0 1 0 0\nend\n")[2])

    def test_check_without_tests_is_no_pass(self):
        outcome = running.Outcome(0, [], True, 0, "")
        self.assertEqual(checking.judge(outcome, pathlib.Path("answer.c")).kind, checking.BROKEN)
