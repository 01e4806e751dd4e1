"""Where things are defined in a makefile, a shell script or a Python file. Line numbers count from 1."""

import ast
import re

from c_source import Definition


def with_comment(name, kind, first, last, lines):
    """The definition, with the lines of # right above it as its comment."""
    comment = first
    while comment > 1 and lines[comment - 2].startswith("#") and not lines[comment - 2].startswith("#!"):
        comment -= 1
    return Definition(name, kind, first, last, comment)


def make_definitions(text):
    """Rules with their recipes, variables, and `define` blocks."""
    lines, found = text.splitlines(), []
    for number, line in enumerate(lines, 1):
        block = re.match(r"define\s+(\w+)", line)
        rule = re.match(r"([\w./%-]+)\s*:(?![:=])", line)
        variable = re.match(r"([\w./-]+)\s*(?:[:?+]|::)?=", line)
        if block:
            last = next(at for at in range(number, len(lines) + 1) if lines[at - 1].startswith("endef"))
            found.append(with_comment(block.group(1), "macro", number, last, lines))
        elif rule or variable:
            last = number
            while last < len(lines) and (lines[last - 1].endswith("\\") or lines[last].startswith("\t")):
                last += 1
            found.append(with_comment((rule or variable).group(1), "rule", number, last, lines))
    return found


def shell_definitions(text):
    """Functions whose braces stand at the beginning of a line, as all of ours do."""
    lines, found = text.splitlines(), []
    for number, line in enumerate(lines, 1):
        start = re.match(r"(\w+)\(\) *\{$", line)
        if start and "}" in lines[number:]:
            last = lines.index("}", number) + 1
            found.append(with_comment(start.group(1), "function", number, last, lines))
    return found


def python_definitions(text):
    """Functions, classes and variables of a module."""
    lines, found = text.splitlines(), []
    for node in ast.parse(text).body:
        names = [target.id for target in getattr(node, "targets", []) if isinstance(target, ast.Name)]
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names = [node.name]
        decorators = [one.lineno for one in getattr(node, "decorator_list", [])]
        first = min([node.lineno, *decorators])
        found += [with_comment(name, "function", first, node.end_lineno, lines) for name in names]
    return found
