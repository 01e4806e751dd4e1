"""Where things are defined in a C source: functions, types, variables, macros, found by name.

No compiler: our sources are formatted, and a small scanner is enough once comments and strings, which may hold
any brace, are blanked out. Line numbers count from 1.
"""

import dataclasses
import re

COMMENT_OR_STRING = re.compile(
    r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)
DIRECTIVE = re.compile(r"^[ \t]*#[^\n]*?(?:\\\n[^\n]*?)*$", re.MULTILINE)
OPENING, CLOSING = "({[", ")}]"


@dataclasses.dataclass
class Definition:
    name: str
    kind: str  # function, struct, union, enum, typedef, variable, macro; declaration when it is defined elsewhere
    first: int  # its lines
    last: int
    comment: int  # the first line of the comment right above; `first` where there is none


def blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def definitions(text):
    """All of a C source or header, in order."""
    code = COMMENT_OR_STRING.sub(blank, text)
    found = [(macro_name(match), "macro", match.start(), match.end())
             for match in DIRECTIVE.finditer(code) if macro_name(match)]
    # Check's END_TEST has no semicolon: it would seem to belong to what follows.
    code = re.sub(r"^END_TEST$", blank, DIRECTIVE.sub(blank, code), flags=re.MULTILINE)
    for start, end in items(code):
        kind, name = describe(code[start:end])
        if name:
            found.append((name, kind, start, end))
    placed = [place(text, *one) for one in found]
    return sorted(placed, key=lambda one: one.first)


def public_functions(text):
    """What a header declares for others to call."""
    lines = text.splitlines()
    return [one for one in definitions(text) if one.kind == "declaration"
            and not re.match(r"extern\b|(struct|union|enum) \w+;", lines[one.first - 1])]


def macro_name(match):
    found = re.match(r"\s*#\s*define\s+(\w+)", match.group())
    return found and found.group(1)


def items(code):
    """(start, end) of what stands at the outermost level: each ends with a semicolon or a function's brace."""
    start, depth = None, 0
    for at, character in enumerate(code):
        if start is None:
            if character.isspace() or character == ";":
                continue
            start = at
        if character in OPENING:
            depth += 1
        elif character in CLOSING:
            depth -= 1
        if depth > 0:
            continue
        if character == ";" or (character == "}" and is_function(code[start:at])):
            yield start, at + 1
            start = None


def is_function(code):
    """Is CODE, up to a brace that closes, a function and no type and no initialiser?"""
    head = outline(code).split("{", 1)[0].rstrip()
    return head.endswith(")") and "=" not in head


def outline(code):
    """CODE with nothing left between brackets, and without attributes."""
    kept, depth = [], 0
    for character in code:
        if character in CLOSING:
            depth -= 1
        if depth == 0:
            kept.append(character)
        if character in OPENING:
            depth += 1
    return re.sub(r"__attribute__\s*\(\)?", "", "".join(kept)).strip()


def describe(code):
    """(kind, name) of an item; the name is None where we have no use for it."""
    test = re.match(r"START_TEST\((\w+)\)", code)
    if test:
        return "function", test.group(1)
    text = outline(code).rstrip(";").strip()
    head = text.split("=", 1)[0].strip()
    if text.startswith("typedef"):
        return "typedef", group(re.search(r"(\w+)\s*(?:\(\)|\[\])?$", head))
    type_only = re.fullmatch(r"(struct|union|enum)\s+(\w+)\s*(\{\})?", head)
    if type_only:
        return (type_only.group(1) if type_only.group(3) else "declaration"), type_only.group(2)
    call = re.search(r"(\w+)\s*\(\)", head)
    if call:
        return ("function" if text.endswith("}") else "declaration"), call.group(1)
    kind = "declaration" if head.startswith("extern") else "variable"
    return kind, group(re.search(r"(\w+)\s*(?:\[\]\s*)*$", head))


def group(match):
    return match and match.group(1)


def place(text, name, kind, start, end):
    """The lines of the item between two positions, and of the comment above it."""
    first, last = line_of(text, start), line_of(text, end - 1)
    lines = text.splitlines()
    above = {}  # the comments that stand alone: their first lines by their last
    for match in COMMENT_OR_STRING.finditer(text):
        begins, ends = line_of(text, match.start()), line_of(text, match.end())
        if lines[begins - 1].lstrip().startswith(match.group()[:2]) and match.group().startswith("/"):
            above[ends] = begins
        elif begins == last:  # it begins behind the item, and belongs to it
            last = ends
    if lines[last:last + 1] == ["END_TEST"]:
        last += 1
    comment = first
    while comment - 1 in above:
        comment = above[comment - 1]
    return Definition(name, kind, first, last, comment)
