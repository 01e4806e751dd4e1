"""Links and make targets in Markdown: what is broken is found, what is not is left in peace."""

import unittest

import links
from fixture import ProjectTest


class Links(ProjectTest):
    def setUp(self):
        super().setUp()
        links.targets.cache_clear()
        links.project_files.cache_clear()
        self.put("Makefile", "all:\ntest-01:\nsync: x = 1\nbuild/bin/%:\n\ttrue\n")
        self.put("chapters/01-one/README.md", "# One: the `first` thing\n\n## Twice\n\n## Twice\n")

    def problems(self, text):
        self.put("README.md", text)
        links.project_files.cache_clear()
        return links.check_file(self.root, "README.md")

    def assert_broken(self, text, *wanted):
        found = "\n".join(self.problems(text))
        for part in wanted:
            self.assertIn(part, found)

    def test_links_that_lead_somewhere_pass(self):
        self.assertEqual(self.problems(
            "# Top\n[a](chapters/01-one/README.md) [b](chapters/01-one) [c](chapters/01-one/one.c \"title\")\n"
            "[d](chapters/01-one/README.md#one-the-first-thing) [e](chapters/01-one/README.md#twice-1) [f](#top)\n"
            "<https://example.org/a_(b)> [g](https://example.org/a_(b)) [h](mailto:a@example.org)\n"
            "<a id=\"here\"></a> [i](#here)\n\n[ref]: chapters\n"), [])

    def test_missing_file_is_found(self):
        self.assert_broken("\n[a](chapters/02-two/README.md)\n", "README.md:2: ", "does not exist")

    def test_missing_picture_is_found(self):
        self.assert_broken("![a](a.svg) <img src=\"b.svg\">\n", "a.svg: does not exist", "b.svg: does not exist")

    def test_missing_heading_is_found(self):
        self.assert_broken("[a](chapters/01-one/README.md#three)\n", "has no heading #three")

    def test_absolute_path_is_found(self):
        self.assert_broken("[a](/etc/passwd)\n", "is an absolute path")

    def test_way_out_is_found(self):
        self.assert_broken("[a](../other/README.md)\n", "leads out of the repository")

    def test_line_of_a_source_is_found(self):
        self.assert_broken("[a](chapters/01-one/one.c#L3)\n", "goes stale")

    def test_malformed_address_is_found(self):
        self.assert_broken("[a](http:///x) [b](https://[::1/) [c](file:///etc/passwd)\n",
                           "http:///x: names no host", "https://[::1/: ", "the scheme file:")

    def test_link_in_code_is_no_link(self):
        self.assertEqual(self.problems("`[a](b)`\n```\n[a](b)\n```\n"), [])

    def test_make_targets_that_exist_pass(self):
        self.assertEqual(self.problems(
            "`make`, `make -j2 all`, `make sync EX=07.1 test-01`, `make TARGET`\n\n    make all && sudo make sync    does it all\n"
            "```console\n$ make test-01; make all\n```\n"
            "Words make sense outside of code.\n```c\nmake nothing\n```\n"), [])

    def test_make_target_that_is_not_there_is_found(self):
        self.assert_broken("`make snyc`\n", "README.md:1: make snyc")
        self.assert_broken("So:\n\n    make snyc\n", "make snyc")
        self.assert_broken("```console\n$ make all && make snyc\n```\n", "README.md:2: make snyc")

    def test_every_file_is_a_test(self):
        self.put("README.md", "[a](b)\n")
        status, output = self.run_tool(links.check, self.root)
        self.assertEqual((status, output.splitlines()[-1]), (1, "links: 1 passed, 1 failed, 0 skipped"))


if __name__ == "__main__":
    unittest.main()
