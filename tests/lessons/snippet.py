"""Code in Markdown, taken from the sources by name.

A comment that stands alone on its line, right above a fence:

    <!-- snip: chapters/04-chroot/chroot.c#enter_chroot -->

Other forms of what stands between "snip:" and the end:

    PATH                                     the whole file
    PATH#NAME,NAME                           several definitions, an empty line between them
    PATH#struct NAME                         the type, where a function has the same name
    PATH#NAME with comment                   and the comment above the definition
    PATH#NAME from "TEXT" to "TEXT"          only the lines from the one that holds the first text to the next
                                             one that holds the second
    PATH#NAME cut "TEXT" to "TEXT"           all but these lines; may be repeated

Without `to`, the one line is meant. The first TEXT must be on one line only. Where lines are left out, a line
with nothing but a comment of three dots stands for them.
"""

import dataclasses
import difflib
import functools
import pathlib
import re
import textwrap

import c_source
import script_source
from markdown import fences, read_lines

TEXT = r'"((?:[^"\\]|\\.)*)"'
CLAUSE = rf"\s+(from|cut)\s+{TEXT}(?:\s+to\s+{TEXT})?"
NAMES = r"(?:(?:struct|union|enum)\s+)?[\w./%-]+"
COMMENT = re.compile(rf"<!-- snip: (?P<path>[^\s#]+)(?:#(?P<names>{NAMES}(?:,\s*{NAMES})*))?"
                     rf"(?P<comment> with comment)?(?P<clauses>(?:{CLAUSE})*) -->")
LIKE_COMMENT = re.compile(r" {0,3}<!--\s*snip")

# The language of a file, as a fence names it: how its definitions are found, and how it writes three dots.
LANGUAGES = {
    "c": (c_source.definitions, "/* … */"),
    "make": (script_source.make_definitions, "# …"),
    "sh": (script_source.shell_definitions, "# …"),
    "python": (script_source.python_definitions, "# …"),
}
SUFFIXES = {".c": "c", ".h": "c", ".mk": "make", ".sh": "sh", ".py": "python", ".json": "json", ".md": "markdown"}
TAGS = ("struct", "union", "enum")


class SnippetError(Exception):
    """What is wrong with a snip comment, for its author."""


@dataclasses.dataclass
class Snippet:
    line: int  # of the comment
    path: str
    names: list  # empty: the whole file
    comment: bool
    clauses: list  # (from or cut, TEXT, TEXT or "")


def parse(line, number):
    """The snippet that a line of Markdown asks for, or None where it asks for none."""
    if not LIKE_COMMENT.match(line):
        return None
    match = COMMENT.fullmatch(line)
    if not match:
        raise SnippetError(f"cannot read {line.strip()!r}; the form is "
                           "<!-- snip: PATH#NAME[,NAME] [with comment] [from|cut \"TEXT\" [to \"TEXT\"]] -->")
    names = re.split(r",\s*", match["names"]) if match["names"] else []
    clauses = [(what, unescape(first), unescape(last))
               for what, first, last in re.findall(CLAUSE, match["clauses"])]
    return Snippet(number, match["path"], names, bool(match["comment"]), clauses)


def unescape(text):
    return re.sub(r"\\(.)", r"\1", text)


def language(path, text):
    """What a fence calls the language of a file."""
    name = pathlib.PurePath(path).name
    if name in ("Makefile", "Dockerfile"):
        return {"Makefile": "make", "Dockerfile": "dockerfile"}[name]
    script = re.match(r"#!.*?\b(python3?|bash|sh)\b", text)
    if script:
        return "python" if script.group(1).startswith("python") else "sh"
    return SUFFIXES.get(pathlib.PurePath(path).suffix, "text")


@functools.cache
def load(root, path):
    """(text, language, definitions) of a source."""
    try:
        text = (root / path).read_text(encoding="utf-8")
    except OSError as error:
        raise SnippetError(f"{path}: {error.strerror}") from error
    name = language(path, text)
    find = LANGUAGES.get(name, (None,))[0]
    return text, name, find(text) if find else []


def find(path, found, name):
    """The one definition that NAME means. As in C, a struct's name is no rival to a function's."""
    tag, _, bare = name.rpartition(" ")
    same = [one for one in found if one.name == bare and (not tag or one.kind == tag)]
    same = [one for one in same if one.kind != "declaration"] or same
    same = [one for one in same if one.kind not in TAGS] or same
    if not same:
        near = difflib.get_close_matches(bare, sorted({one.name for one in found}), 1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        raise SnippetError(f"{path} defines no {name}{hint}")
    if len(same) > 1:
        lines = " and ".join(str(one.first) for one in same)
        raise SnippetError(f"{path} defines {name} more than once: in lines {lines}")
    return same[0]


def named_lines(snippet, text, found):
    """The lines of the definitions, an empty line between those that do not follow each other at once."""
    lines, chosen, before = text.splitlines(), [], None
    for name in snippet.names:
        one = find(snippet.path, found, name)
        first = one.comment if snippet.comment else one.first
        if before is not None and before != one.comment - 1:
            chosen.append("")
        chosen += lines[first - 1:one.last]
        before = one.last
    return chosen if snippet.names else lines


def span(lines, first_text, last_text):
    """The range of LINES from the one that holds FIRST_TEXT to the next one that holds LAST_TEXT."""
    starts = [at for at, line in enumerate(lines) if first_text in line]
    if len(starts) != 1:
        raise SnippetError(f'{"no line holds" if not starts else "more than one line holds"} "{first_text}"')
    if not last_text:
        return range(starts[0], starts[0] + 1)
    ends = [at for at in range(starts[0], len(lines)) if last_text in lines[at]]
    if not ends:
        raise SnippetError(f'no line holds "{last_text}" after the one with "{first_text}"')
    return range(starts[0], ends[0] + 1)


def apply(clauses, lines, dots):
    """LINES after the from and cut CLAUSES; DOTS stand for what is left out."""
    keep, excerpt = [True] * len(lines), False
    for what, first, last in clauses:
        chosen = span(lines, first, last)
        excerpt = excerpt or what == "from"
        for at in range(len(lines)):
            if (at in chosen) == (what == "cut"):
                keep[at] = False
    kept = []
    for at, line in enumerate(lines):
        if keep[at]:
            kept.append(line)
        elif at == 0 or keep[at - 1]:
            kept.append(indent(lines, keep, at) + dots)
    return textwrap.dedent("\n".join(kept)).split("\n") if excerpt else kept


def indent(lines, keep, at):
    """The white space for the dots that stand for the lines left out from AT on: as deep as these, or as all
    that stays where that is deeper."""
    end = at
    while end < len(lines) and not keep[end]:
        end += 1
    kept = [line for line, stays in zip(lines, keep) if stays]
    return max(least_indent(lines[at:end]), least_indent(kept), key=len)


def least_indent(lines):
    return min((re.match(r"\s*", line).group() for line in lines if line.strip()), key=len, default="")


def render(root, snippet):
    """(lines, language) of the fence below SNIPPET's comment."""
    text, name, found = load(root, snippet.path)
    if snippet.names and name not in LANGUAGES:
        raise SnippetError(f"{snippet.path}: nothing can be found by name in {name}; leave out the #")
    lines = named_lines(snippet, text, found)
    dots = LANGUAGES.get(name, (None, "…"))[1]
    return apply(snippet.clauses, lines, dots), name


def of_file(path):
    """The snippets that a Markdown file asks for, each with its fence or None, and what cannot be read:
    ([(Snippet, Fence)], [(line, message)])."""
    lines = read_lines(path)
    blocks = {fence.line: fence for fence in fences(lines)}
    inside = {number for fence in blocks.values() for number in range(fence.line, fence.end or len(lines) + 1)}
    found, wrong = [], []
    for number, line in enumerate(lines, 1):
        if number in inside:
            continue
        try:
            snippet = parse(line, number)
        except SnippetError as error:
            wrong.append((number, str(error)))
            continue
        if snippet:
            found.append((snippet, blocks.get(number + 1)))
    return found, wrong
