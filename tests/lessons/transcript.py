"""Console blocks: commands as one types them, each with the output one sees.

    $ build/bin/01-parse expand '$a' a=1 \
    > b=2
    1
    ...

A line that begins with "$ " is a command, one with "> " goes on with it; the others are its output. A line of
three dots stands for any lines, or none; three dots inside a line for any text.
"""

import dataclasses
import difflib
import functools
import re

DOTS = "..."
# What a block's info string may say behind "console".
OPTION = re.compile(r"\s+(?:(pty|root|registry|lab)|skip=\"([^\"]+)\"|seconds=(\d+))(?=\s|$)")
SECONDS = 60


class TranscriptError(Exception):
    """What is wrong with a block, for its author."""


@dataclasses.dataclass
class Command:
    line: int  # in the file
    text: str  # may be several lines
    expected: list  # lines
    first: int  # the index of expected[0] in the block's content


@dataclasses.dataclass
class Block:
    line: int
    commands: list
    pty: bool = False
    root: bool = False
    registry: bool = False
    lab: bool = False
    skip: str = ""
    seconds: int = SECONDS


def parse_block(fence):
    """The block of a fence whose info string begins with "console"."""
    block = Block(fence.line, [])
    rest = fence.info[len("console"):]
    while rest:
        option = OPTION.match(rest)
        if not option:
            raise TranscriptError(f"cannot read {rest.strip()!r} in the info string; it may hold "
                                  'pty, root, registry, lab, seconds=N, skip="REASON"')
        if option[1]:
            setattr(block, option[1], True)
        block.skip, block.seconds = option[2] or block.skip, int(option[3] or block.seconds)
        rest = rest[option.end():]
    block.commands = parse_commands(fence.content, fence.line + 1)
    return block


def parse_commands(content, first_line):
    found = []
    for at, line in enumerate(content):
        if line.startswith("$ "):
            found.append(Command(first_line + at, line[2:], [], at + 1))
        elif not found:
            raise TranscriptError("begins with no command ($ ...)")
        elif line.startswith("> ") and not found[-1].expected:
            found[-1].text += "\n" + line[2:]
            found[-1].first += 1
        else:
            found[-1].expected.append(line.rstrip())
    if not found:
        raise TranscriptError("holds no command ($ ...)")
    return found


@functools.cache
def pattern(line):
    return re.compile(".*".join(re.escape(part) for part in line.split(DOTS)))


def line_matches(expected, got):
    return expected == got or (DOTS in expected and pattern(expected).fullmatch(got) is not None)


def matches(expected, got):
    """Do the lines GOT agree with all that is EXPECTED? A line of dots takes as few as it can; when what follows
    does not fit, the last such line takes one more (as * does in a file name: no earlier one need change)."""
    at = here = 0
    dots = dots_took = None
    while here < len(got):
        if at < len(expected) and expected[at] == DOTS:
            dots, dots_took = at, here
            at += 1
        elif at < len(expected) and line_matches(expected[at], got[here]):
            at, here = at + 1, here + 1
        elif dots is not None:
            dots_took += 1
            at, here = dots + 1, dots_took
        else:
            return False
    return all(line == DOTS for line in expected[at:])


def difference(expected, got):
    """A diff in which lines that agree are shown as they were expected."""
    shown = merge(expected, got)
    return list(difflib.unified_diff(expected, shown, "expected", "printed", lineterm=""))[2:]


def merge(expected, got):
    """The lines GOT as an author would have them: with the dots of those EXPECTED that still fit. A line of dots
    stays where what stood before it and after it is still there."""
    if matches(expected, got):
        return list(expected)
    plain = [at for at, line in enumerate(expected) if line != DOTS]
    pairs = common_lines([expected[at] for at in plain], got)
    places = {-1: -1, len(expected): len(got), **{plain[one]: other for one, other in pairs}}
    replaced = {other: [expected[plain[one]]] for one, other in pairs}
    for at, line in enumerate(expected):
        if line == DOTS and at - 1 in places and at + 1 in places:
            left_out = range(places[at - 1] + 1, places[at + 1])
            for number in left_out:
                replaced[number] = []
            if left_out:
                replaced[left_out[0]] = [DOTS]
    return [line for at, one in enumerate(got) for line in replaced.get(at, [one])]


def common_lines(expected, got):
    """The longest row of pairs (index in EXPECTED, index in GOT) of lines that agree, in order."""
    best = [[0] * (len(got) + 1) for _ in range(len(expected) + 1)]
    for one in reversed(range(len(expected))):
        for other in reversed(range(len(got))):
            best[one][other] = max(best[one + 1][other], best[one][other + 1],
                                   line_matches(expected[one], got[other]) + best[one + 1][other + 1])
    pairs, one, other = [], 0, 0
    while one < len(expected) and other < len(got):
        if best[one][other] == best[one + 1][other]:
            one += 1
        elif best[one][other] == best[one][other + 1]:
            other += 1
        else:
            pairs.append((one, other))
            one, other = one + 1, other + 1
    return pairs
