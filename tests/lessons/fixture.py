"""A small project in a directory of its own, for the tests of the tools."""

import contextlib
import io
import pathlib
import tempfile
import textwrap
import unittest

SOURCE = '''\
/* Why f is needed. */
static int f(int x)
{
    int a = 1;

    for (int i = 0; i < x; i++) {
        a += i;
    }
    return a;
}

struct f {
    int x;
};

int g(void);
'''


class ProjectTest(unittest.TestCase):
    """Each test has self.root, with chapters/01-one/one.c, and what it writes with put()."""

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = pathlib.Path(directory.name).resolve()
        self.put("chapters/01-one/one.c", SOURCE)
        self.put("chapters/01-one/one.h", "int g(void);\nextern int v;\nstruct s;\n")

    def put(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")

    def get(self, name):
        return (self.root / name).read_text(encoding="utf-8")

    def run_tool(self, function, *arguments):
        """(what it returned, what it printed)"""
        output = io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            result = function(*arguments)
        return result, output.getvalue()
