"""`make watch`: what counts as saving, with inotify and without."""

import os
import select
import subprocess
import time

import watching
from fixture import Case, put


class WatchTest(Case):
    def start(self, *options):
        put(self.place.work / "00.1" / "answer.c", "old\n")
        process = subprocess.Popen([watching.watcher(self.place), *options, self.place.work],
                                   stdout=subprocess.PIPE, bufsize=0)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        time.sleep(0.7)
        return process

    def assert_tells(self, process, wanted):
        ready, _, _ = select.select([process.stdout], [], [], 10)
        self.assertTrue(ready, f"wanted {wanted!r} within 10 s, got nothing")
        self.assertEqual(process.stdout.readline().decode(), wanted + "\n")

    def save_by_rename(self, path):
        put(path.with_name("answer.tmp"), "new\n")
        os.replace(path.with_name("answer.tmp"), path)

    def test_written_file_is_told(self):
        process = self.start()
        put(self.answer, "new\n")
        self.assert_tells(process, "00.1/answer.c")

    def test_file_moved_into_its_place_is_told(self):
        process = self.start()
        self.save_by_rename(self.answer)
        self.assert_tells(process, "00.1/answer.tmp")
        self.assert_tells(process, "00.1/answer.c")

    def test_directory_that_comes_later_is_watched(self):
        process = self.start()
        (self.place.work / "00.2").mkdir()
        time.sleep(0.3)
        put(self.place.work / "00.2" / "answer.txt", "new\n")
        self.assert_tells(process, "00.2/answer.txt")

    def test_polling_tells_too(self):
        process = self.start("--poll")
        put(self.answer, "new\n")
        self.assert_tells(process, "00.1/answer.c")
        time.sleep(0.7)
        self.save_by_rename(self.answer)
        self.assert_tells(process, "00.1/answer.c")

    def test_watcher_ends_when_nobody_reads(self):
        for options in ((), ("--poll",)):
            process = self.start(*options)
            process.stdout.close()
            self.assertEqual(process.wait(10), 0)

    def test_missing_directory_is_an_error_that_names_it(self):
        done = subprocess.run([watching.watcher(self.place), self.place.work / "none"], stderr=subprocess.PIPE,
                              check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"none", done.stderr)

    def test_only_answers_are_checked(self):
        for name, wanted in (("00.1/answer.c\n", "00.1"), ("10.2/answer.txt\n", "10.2"),
                             ("00.1/.answer.c.swp\n", None), ("00.1/answer.c~\n", None), ("00.1/4913\n", None)):
            self.assertEqual(watching.saved_exercise(name), wanted)
