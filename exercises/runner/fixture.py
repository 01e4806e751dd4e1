"""An exercise of the tests' own, somewhere else: 00.1, whose answer is a function that returns 42."""

import contextlib
import io
import pathlib
import shutil
import tempfile
import unittest

import main
from place import Place

README = """\
# 00.1 The answer

easy · 5 minutes · implement · begins at `is_42`

Return 42.
"""
CHECK = """\
#include "exercise.h"
int forty_two(void);
START_TEST(is_42)
{
    want_int(forty_two(), 42);
}
START_TEST(is_42_again)
{
    want_int(forty_two() + 0 * forty_two(), 42);
}
int main(void)
{
    static struct test tests[2];
    tests[0] = (struct test){ is_42, NEEDS, 1 };
    tests[1] = (struct test){ is_42_again, 0, 1 };
    return RUN_EXERCISE(tests);
}
"""
EXPLORE_README = README.replace("00.1", "00.2").replace("implement", "explore").replace("is_42", "names_the_kernel")
EXPLORE_CHECK = """\
#include "exercise.h"
#include <sys/utsname.h>
START_TEST(names_the_kernel)
{
    struct utsname name;
    uname(&name);
    want_answer("kernel", name.sysname, "what uname prints");
}
int main(void)
{
    const struct test tests[] = { { names_the_kernel, 0, 0 } };
    return RUN_EXERCISE(tests);
}
"""
PRELUDE = "#include <signal.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <unistd.h>\n"


def function(body):
    """An answer whose function has this body."""
    return f"{PRELUDE}int forty_two(void);\nint forty_two(void)\n{{\n    {body}\n}}\n"


def put(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


class Case(unittest.TestCase):
    """A test with the exercise 00.1. What was built for the class's other tests is used again."""

    @classmethod
    def setUpClass(cls):
        cls.root = pathlib.Path(tempfile.mkdtemp(prefix="gocker-runner-"))
        cls.addClassCleanup(shutil.rmtree, cls.root)

    def setUp(self):
        root = self.root
        for name in ("exercises", "work"):
            shutil.rmtree(root / name, ignore_errors=True)
        self.place = Place(root / "exercises", root / "work", root / "build")
        self.directory = root / "exercises" / "00-fixture" / "1-answer"
        self.answer = root / "work" / "00.1" / "answer.c"
        put(self.directory / "README.md", README)
        put(self.directory / "check.c", CHECK.replace("NEEDS", "0"))
        put(self.directory / "starter.c", function("return 0;"))
        put(self.directory / "solution.c", function("return 42;"))
        for number in (1, 2, 3):
            put(self.directory / "hints" / f"{number}.md", "It is a number. " * number + "\n")
        for name, value in (("small", 41), ("large", 43)):
            put(self.directory / "wrong" / f"{name}.c",
                f"/* Mistake: it is too {name}. Rejected by is_42. */\n" + function(f"return {value};"))

    def put_explore(self):
        """The exercise 00.2, whose answer is an observation."""
        directory = self.place.exercises / "00-fixture" / "2-observe"
        put(directory / "README.md", EXPLORE_README)
        put(directory / "check.c", EXPLORE_CHECK)
        put(directory / "starter.txt", "# What does uname print?\nkernel:\n")
        put(directory / "solution.txt", "kernel: Linux\n")

    def run_command(self, *arguments):
        """What the runner returns and prints, as make would call it."""
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            status = main.main(list(arguments), self.place)
        return status, out.getvalue()

    def check(self, answer):
        put(self.answer, answer)
        return self.run_command("check", "00.1")
