"""Definitions are found by name, whatever comments and strings hold."""

import textwrap
import unittest

import c_source
import script_source


def c_names(text):
    return {one.name: one for one in c_source.definitions(textwrap.dedent(text))}


def lines_of(text, one):
    return textwrap.dedent(text).splitlines()[one.first - 1:one.last]


FUNCTION = '''\
    /* A } in a comment, and a { too. */
    static int f(const char *text)
    {
        if (*text == '{' || strcmp(text, "}\\"{") == 0)
            return 1;
        return 0;
    }

    int g(void) { return 2; }
    '''


class CSource(unittest.TestCase):
    def test_braces_in_comments_and_strings_end_nothing(self):
        found = c_names(FUNCTION)
        self.assertEqual((found["f"].first, found["f"].last, found["f"].comment), (2, 7, 1))
        self.assertEqual((found["g"].first, found["g"].last), (9, 9))

    def test_comment_behind_code_is_not_the_next_ones(self):
        found = c_names("int a; /* of a */\nint b;\n")
        self.assertEqual(found["b"].comment, 2)

    def test_comment_behind_a_declaration_belongs_to_it(self):
        found = c_names("void f(void); /* one\n               * two */\nint b;\n")
        self.assertEqual((found["f"].first, found["f"].last, found["b"].comment), (1, 2, 3))

    def test_kinds_are_told_apart(self):
        found = c_names('''\
            struct a { int x; };
            enum b { B };
            union c;
            typedef int d(struct a *, int (*)(void));
            extern const struct a e;
            int f(void) __attribute__((format(printf, 1, 2)));
            static const struct a *const g[] = { &e, (struct a *){ 0 }, };
            static const struct { int x; } h[2][3] = { { { 1 } } };
            #define I(x) \\
                do_it(x)
            struct a j(void) { return e; }
            int k;
            ''')
        kinds = {name: one.kind for name, one in found.items()}
        self.assertEqual(kinds, {"a": "struct", "b": "enum", "c": "declaration", "d": "typedef",
                                 "e": "declaration", "f": "declaration", "g": "variable", "h": "variable",
                                 "I": "macro", "j": "function", "k": "variable"})
        self.assertEqual((found["I"].first, found["I"].last), (9, 10))

    def test_function_in_two_lines_begins_at_the_first(self):
        found = c_names("#include <x.h>\nstatic int\nf(int a,\n  int b)\n{\n}\n")
        self.assertEqual((found["f"].first, found["f"].last), (2, 6))

    def test_attribute_is_not_the_name(self):
        found = c_names("__attribute__((noreturn)) static void f(int x)\n{\n}\n")
        self.assertEqual(list(found), ["f"])

    def test_check_test_ends_with_its_macro(self):
        found = c_names("START_TEST(one)\n{\n}\nEND_TEST\n\nSTART_TEST(two)\n{\n}\nEND_TEST\n")
        self.assertEqual([(one.first, one.last) for one in found.values()], [(1, 4), (6, 9)])

    def test_brace_below_a_condition_ends_with_the_function(self):
        found = c_names("int f(void)\n{\n#ifdef X\n    if (x) {\n    }\n#endif\n}\nint g;\n")
        self.assertEqual((found["f"].last, found["g"].first), (7, 8))


class ScriptSource(unittest.TestCase):
    def test_make_rule_has_its_recipe(self):
        text = "# why\na: b \\\n   c\n\t@one\n\ttwo\n\nX := 1 \\\n   2\ndefine D\nz\nendef\n"
        found = {one.name: (one.comment, one.first, one.last) for one in script_source.make_definitions(text)}
        self.assertEqual(found, {"a": (1, 2, 5), "X": (7, 7, 8), "D": (9, 9, 11)})

    def test_shell_function_ends_at_its_brace(self):
        text = "#!/bin/sh\n# why\nf() {\n    g() { x; }\n}\nf\n"
        found = {one.name: (one.comment, one.first, one.last) for one in script_source.shell_definitions(text)}
        self.assertEqual(found, {"f": (2, 3, 5)})

    def test_python_function_has_its_decorator(self):
        text = "import a\n\n\n# why\n@a.b\ndef f():\n    return '}'\n\n\nX = {\n}\n"
        found = {one.name: (one.comment, one.first, one.last) for one in script_source.python_definitions(text)}
        self.assertEqual(found, {"f": (4, 5, 7), "X": (10, 10, 11)})


if __name__ == "__main__":
    unittest.main()
