"""Snippets: what a comment may ask for, what is refused, and what `make sync` writes."""

import unittest

import coverage
import sync
from fixture import ProjectTest

LESSON = "chapters/01-one/README.md"


class Sync(ProjectTest):
    def lesson(self, comment, fence="```\n```\n"):
        self.put(LESSON, f"# One\n\n{comment}\n{fence}after\n")

    def synced(self, what):
        """The fence's content after `make sync`, for a comment that asks for WHAT."""
        self.lesson(f"<!-- snip: {what} -->")
        status, output = self.run_tool(sync.main, [], self.root)
        self.assertEqual((status, output), (0, f"{LESSON}: rewritten\n"))
        self.assertEqual(self.run_tool(sync.main, ["--check"], self.root)[0], 0)
        before, fence, after = self.get(LESSON).split("```")
        self.assertTrue(before.startswith("# One\n") and after == "\nafter\n", self.get(LESSON))
        self.assertTrue(fence.startswith("c\n"), fence)
        return fence[2:]

    def refused(self, comment, fence="```c\n```\n"):
        """What both commands say of the comment, having changed nothing."""
        self.lesson(comment, fence)
        before = self.get(LESSON)
        status, checked = self.run_tool(sync.main, ["--check"], self.root)
        self.assertEqual(status, 1, checked)
        status, rewritten = self.run_tool(sync.main, [], self.root)
        self.assertEqual((status, self.get(LESSON)), (1, before), rewritten)
        self.assertIn(f"{LESSON}:3: ", checked)
        self.assertIn(f"{LESSON}:3: ", rewritten)
        return checked

    def test_function_comes_without_its_comment(self):
        self.assertEqual(self.synced("chapters/01-one/one.c#f").splitlines()[0], "static int f(int x)")

    def test_comment_comes_when_asked_for(self):
        lines = self.synced("chapters/01-one/one.c#f with comment").splitlines()
        self.assertEqual((lines[0], lines[-1]), ("/* Why f is needed. */", "}"))

    def test_struct_is_asked_for_by_its_keyword(self):
        self.assertEqual(self.synced("chapters/01-one/one.c#struct f"), "struct f {\n    int x;\n};\n")

    def test_empty_line_parts_several_names(self):
        text = self.synced("chapters/01-one/one.c#struct f, g")
        self.assertEqual(text, "struct f {\n    int x;\n};\n\nint g(void);\n")

    def test_lines_of_neighbours_stay_together(self):
        self.assertEqual(self.synced("chapters/01-one/one.h#g,v"), "int g(void);\nextern int v;\n")

    def test_no_name_means_the_whole_file(self):
        self.assertEqual(self.synced("chapters/01-one/one.h"), self.get("chapters/01-one/one.h"))

    def test_cut_leaves_dots_as_deep_as_what_was_there(self):
        text = self.synced('chapters/01-one/one.c#f cut "int a = 1" to "a += i" cut "return"')
        self.assertEqual(text, "static int f(int x)\n{\n    /* … */\n    }\n    /* … */\n}\n")

    def test_from_shows_only_these_lines(self):
        text = self.synced('chapters/01-one/one.c#f from "for (" to "}"')
        self.assertEqual(text, "/* … */\nfor (int i = 0; i < x; i++) {\n    a += i;\n}\n/* … */\n")

    def test_anchor_may_hold_quotes(self):
        self.put("chapters/01-one/one.c", 'int f(void)\n{\n    a("x");\n    b();\n}\n')
        text = self.synced(r'chapters/01-one/one.c#f cut "a(\"x\")"')
        self.assertEqual(text, "int f(void)\n{\n    /* … */\n    b();\n}\n")

    def test_code_with_backticks_stands_between_more_of_them(self):
        self.put("chapters/01-one/one.h", "/*\n```\n*/\n")
        self.lesson("<!-- snip: chapters/01-one/one.h -->")
        self.run_tool(sync.main, [], self.root)
        self.assertIn("````c\n/*\n```\n*/\n````\nafter\n", self.get(LESSON))
        self.assertEqual(self.run_tool(sync.main, ["--check"], self.root)[0], 0)

    def test_stale_fence_fails_with_a_diff(self):
        self.lesson("<!-- snip: chapters/01-one/one.h#g -->", "```c\nint g(int);\n```\n")
        status, output = self.run_tool(sync.main, ["--check"], self.root)
        self.assertEqual(status, 1)
        for text in (f"{LESSON}:3: differs from the source (run make sync)", "-int g(int);", "+int g(void);"):
            self.assertIn(text, output)

    def test_fence_in_another_language_is_stale(self):
        self.lesson("<!-- snip: chapters/01-one/one.h#g -->", "```\nint g(void);\n```\n")
        self.assertEqual(self.run_tool(sync.main, ["--check"], self.root)[0], 1)

    def test_unknown_name_fails_with_what_was_meant(self):
        self.put("chapters/01-one/one.c", "int enter_chroot(void)\n{\n}\n")
        self.assertIn("one.c defines no enter_chrot (did you mean enter_chroot?)",
                      self.refused("<!-- snip: chapters/01-one/one.c#enter_chrot -->"))

    def test_ambiguous_name_fails_with_the_lines(self):
        self.put("chapters/01-one/one.c", "#if A\nint f(void)\n{\n}\n#else\nint f(void)\n{\n}\n#endif\n")
        self.assertIn("one.c defines f more than once: in lines 2 and 6",
                      self.refused("<!-- snip: chapters/01-one/one.c#f -->"))

    def test_missing_file_fails(self):
        self.assertIn("chapters/01-one/two.c: No such file", self.refused("<!-- snip: chapters/01-one/two.c#f -->"))

    def test_comment_without_fence_fails(self):
        self.assertIn("no fence", self.refused("<!-- snip: chapters/01-one/one.c#f -->", "\n```c\n```\n"))

    def test_fence_that_does_not_end_fails(self):
        self.assertIn("no fence", self.refused("<!-- snip: chapters/01-one/one.c#f -->", "```c\n"))

    def test_comment_with_an_unknown_clause_fails(self):
        self.assertIn("the form is", self.refused("<!-- snip: chapters/01-one/one.c#f form \"x\" -->"))

    def test_anchor_that_is_not_there_fails(self):
        self.assertIn('no line holds "while"',
                      self.refused('<!-- snip: chapters/01-one/one.c#f cut "while" -->'))

    def test_anchor_on_two_lines_fails(self):
        self.assertIn('more than one line holds "int "',
                      self.refused('<!-- snip: chapters/01-one/one.c#f from "int " to "return" -->'))

    def test_end_before_the_beginning_fails(self):
        self.assertIn('no line holds "int a" after the one with "return"',
                      self.refused('<!-- snip: chapters/01-one/one.c#f from "return" to "int a" -->'))

    def test_form_inside_a_fence_is_left_alone(self):
        text = "```markdown\n<!-- snip: chapters/01-one/none.c#f -->\n```\n"
        self.put(LESSON, text)
        self.assertEqual(self.run_tool(sync.main, [], self.root), (0, ""))
        self.assertEqual(self.get(LESSON), text)

    def test_several_snippets_of_a_file_are_all_written(self):
        one = "<!-- snip: chapters/01-one/one.h#g -->\n```\n```\n"
        self.put(LESSON, one + "between\n" + one.replace("#g", "#v"))
        self.run_tool(sync.main, [], self.root)
        self.assertEqual(self.get(LESSON), "<!-- snip: chapters/01-one/one.h#g -->\n```c\nint g(void);\n```\nbetween\n"
                         "<!-- snip: chapters/01-one/one.h#v -->\n```c\nextern int v;\n```\n")


class Coverage(ProjectTest):
    def covered(self, lesson):
        self.put(LESSON, lesson)
        return self.run_tool(coverage.check, self.root)

    def test_function_in_backticks_is_taught(self):
        self.assertEqual(self.covered("Then `g()` is called.\n"), (0, "taught: 1 passed, 0 failed, 0 skipped\n"))

    def test_function_of_a_snippet_is_taught(self):
        self.assertEqual(self.covered("<!-- snip: chapters/01-one/one.h#g -->\n```c\n```\n")[0], 0)

    def test_function_of_a_file_shown_whole_is_taught(self):
        self.assertEqual(self.covered("<!-- snip: chapters/01-one/one.h -->\n```c\n```\n")[0], 0)

    def test_function_that_is_nowhere_fails(self):
        status, output = self.covered("A g without backticks, and `gg`.\n")
        self.assertEqual(status, 1)
        self.assertIn("chapters/01-one/one.h:1: g is neither shown nor named", output)

    def test_missing_lesson_fails(self):
        status, output = self.run_tool(coverage.check, self.root)
        self.assertEqual((status, "01-one has no README.md" in output), (1, True), output)


if __name__ == "__main__":
    unittest.main()
