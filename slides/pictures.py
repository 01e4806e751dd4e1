#!/usr/bin/env -S python3 -B
"""Make the SVG pictures of lessons and slides from drawings in text.

    pictures.py            write chapters/…/NAME.svg beside each NAME.drawing (make pictures)
    pictures.py --check    change nothing; fail where one is not what its drawing says

A drawing is what you would put into a comment: boxes and lines out of the characters for them, and text.

    # title: Two boxes
    # text: A client asks, a server answers. (For those who cannot see it; any number of lines.)
    ┌────────┐  request   ╔════════╗
    │ client │───────────▶║ server ║
    └────────┘            ╚════════╝

    ┌─┐ a box   ╔═╗ the box that matters   ╭─╮ a box with round corners
    ─ │ ├ ┤ ┬ ┴ ┼ lines   ┄ ┆ dashed lines   ▶ ◀ ▲ ▼ heads of arrows

A text ends where two blanks follow. Text in a box that matters is bold; so is `*text*` anywhere. The colours follow the
page: dark where that is dark.
"""

import pathlib
import re
import sys
from xml.sax.saxutils import escape

ROOT = pathlib.Path(__file__).resolve().parents[1]
WIDTH, HEIGHT = 10, 20  # of a character
MARGIN = 8

LEFT, RIGHT, UP, DOWN = (-1, 0), (1, 0), (0, -1), (0, 1)
# Where each character's strokes lead from its middle.
STROKES = {
    "─": (LEFT, RIGHT), "│": (UP, DOWN), "┌": (RIGHT, DOWN), "┐": (LEFT, DOWN), "└": (RIGHT, UP), "┘": (LEFT, UP),
    "├": (UP, DOWN, RIGHT), "┤": (UP, DOWN, LEFT), "┬": (LEFT, RIGHT, DOWN), "┴": (LEFT, RIGHT, UP),
    "┼": (LEFT, RIGHT, UP, DOWN), "┄": (LEFT, RIGHT), "┆": (UP, DOWN),
}
DASHED = "┄┆"
HEADS = {"▶": RIGHT, "◀": LEFT, "▲": UP, "▼": DOWN}
CORNERS = {"┌": "┐└┘", "╔": "╗╚╝", "╭": "╮╰╯"}
KINDS = {"┌": "box", "╔": "box main", "╭": "box round"}
TOP = "─═┬┴┼╤╧▲▼"
SIDE = "│║├┤┼╟╢◀▶"

LIGHT = "--p-paper: #ffffff; --p-ink: #16202c; --p-line: #5d6b7a; --p-box: #f1f4f8; --p-main: #cfe6f7;"
DARK = "--p-paper: #11171e; --p-ink: #e9eef4; --p-line: #93a3b4; --p-box: #1c2530; --p-main: #123d5c;"
FONT = '16.5px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace'
STYLE = f"""
.picture {{ {LIGHT} }}
@media (prefers-color-scheme: dark) {{ .picture {{ {DARK} }} }}
:root[data-theme="light"] .picture {{ {LIGHT} }}
:root[data-theme="dark"] .picture {{ {DARK} }}
@media print {{ .picture, :root[data-theme] .picture {{ {LIGHT} }} }}
.picture .paper {{ fill: var(--p-paper); }}
.picture text {{ fill: var(--p-ink); font: {FONT}; white-space: pre; }}
.picture .bold {{ font-weight: bold; }}
.picture .line {{ stroke: var(--p-line); stroke-width: 2; fill: none; }}
.picture .dashed {{ stroke-dasharray: 5 4; }}
.picture .head {{ fill: var(--p-line); }}
.picture .box {{ fill: var(--p-box); stroke: var(--p-line); stroke-width: 2; }}
.picture .main {{ fill: var(--p-main); }}
"""


class DrawingError(Exception):
    """What is wrong with a drawing, for its author."""


class Grid:
    """The drawing's characters by column and row."""

    def __init__(self, rows):
        self.rows = rows
        self.taken = set()  # places whose character is drawn already

    def at(self, column, row):
        inside = 0 <= row < len(self.rows) and 0 <= column < len(self.rows[row])
        return self.rows[row][column] if inside else " "

    def places(self):
        return [(column, row) for row, line in enumerate(self.rows) for column in range(len(line))]


def middle(column, row):
    return column * WIDTH + WIDTH / 2, row * HEIGHT + HEIGHT / 2


def number(value):
    return f"{value:g}"


def find_box(grid, column, row):
    """(right column, bottom row) of the box whose upper left corner is at COLUMN, ROW, or None."""
    upper_right, lower_left, lower_right = CORNERS[grid.at(column, row)]
    right, bottom = column + 1, row + 1
    while grid.at(right, row) in TOP:
        right += 1
    while grid.at(column, bottom) in SIDE:
        bottom += 1
    closed = (grid.at(right, row) == upper_right and grid.at(column, bottom) == lower_left
              and grid.at(right, bottom) == lower_right
              and all(grid.at(at, bottom) in TOP for at in range(column + 1, right))
              and all(grid.at(right, at) in SIDE for at in range(row + 1, bottom)))
    return (right, bottom) if closed else None


def boxes(grid):
    """The boxes, outer ones first: (kind, left, top, right, bottom)."""
    found = []
    for column, row in grid.places():
        corner = grid.at(column, row)
        if corner in CORNERS:
            end = find_box(grid, column, row)
            if end:
                found.append((KINDS[corner], column, row, *end))
            elif corner != "┌":
                raise DrawingError(f"line {row + 1}, column {column + 1}: the box is not closed")
    return sorted(found, key=lambda box: -(box[3] - box[1]) * (box[4] - box[2]))


def draw_box(grid, box):
    kind, left, top, right, bottom = box
    for column in range(left, right + 1):
        grid.taken.update({(column, top), (column, bottom)})
    for row in range(top, bottom + 1):
        grid.taken.update({(left, row), (right, row)})
    x, y = middle(left, top)
    width, height = (right - left) * WIDTH, (bottom - top) * HEIGHT
    radius = 10 if "round" in kind else 3
    return f'<rect class="{kind}" x="{number(x)}" y="{number(y)}" width="{width}" height="{height}" rx="{radius}"/>'


def draw_strokes(grid, column, row):
    """The strokes of a line's character; those that a box's edge has already are left out by being below it."""
    x, y = middle(column, row)
    dashed = " dashed" if grid.at(column, row) in DASHED else ""
    parts = []
    for step_x, step_y in STROKES[grid.at(column, row)]:
        # Up to the neighbour's middle where that is a box's edge: lines end at the box, not before it.
        reach = 2 if (column + step_x, row + step_y) in grid.taken else 1
        to_x, to_y = x + step_x * WIDTH / 2 * reach, y + step_y * HEIGHT / 2 * reach
        parts.append(f"M{number(x)} {number(y)}L{number(to_x)} {number(to_y)}")
    return f'<path class="line{dashed}" d="{"".join(parts)}"/>'


def draw_head(grid, column, row):
    """An arrow's head. Its tip touches what it points at; the line comes from the other side."""
    x, y = middle(column, row)
    step_x, step_y = HEADS[grid.at(column, row)]
    target = (column + step_x, row + step_y)
    reach = 2 if target in grid.taken or grid.at(*target) in STROKES else 1
    tip_x, tip_y = x + step_x * WIDTH / 2 * reach, y + step_y * HEIGHT / 2 * reach
    base_x, base_y = tip_x - step_x * 11, tip_y - step_y * 11
    tail_x, tail_y = x - step_x * WIDTH / 2, y - step_y * HEIGHT / 2
    points = [(tip_x, tip_y), (base_x + step_y * 6, base_y + step_x * 6), (base_x - step_y * 6, base_y - step_x * 6)]
    line = f'<path class="line" d="M{number(tail_x)} {number(tail_y)}L{number(base_x)} {number(base_y)}"/>'
    return line + '<path class="head" d="M' + "L".join(f"{number(a)} {number(b)}" for a, b in points) + 'Z"/>'


def inside_main(found, column, row):
    return any("main" in kind and left < column < right and top < row < bottom
               for kind, left, top, right, bottom in found)


def draw_texts(grid, found):
    special = set(STROKES) | set(HEADS)
    for row, line in enumerate(grid.rows):
        plain = "".join(" " if (column, row) in grid.taken or character in special else character
                        for column, character in enumerate(line))
        for match in re.finditer(r"\S+(?: \S+)*", plain):
            text, column = match.group(), match.start()
            bold = inside_main(found, column, row)
            if re.fullmatch(r"\*[^*]+\*", text):
                text, column, bold = text[1:-1], column + 1, True
            style = ' class="bold"' if bold else ""
            yield (f'<text{style} x="{column * WIDTH}" y="{row * HEIGHT + 15}" textLength="{len(text) * WIDTH}" '
                   f'lengthAdjust="spacingAndGlyphs">{escape(text)}</text>')


def read_drawing(text):
    """(title, description, rows) of a drawing."""
    head = {"title": "", "text": ""}
    rows = []
    for line in text.splitlines():
        field = re.match(r"# (title|text): (.*)", line)
        if field:
            head[field[1]] = (head[field[1]] + " " + field[2].strip()).strip()
        else:
            rows.append(line.rstrip())
    if not head["title"] or not head["text"]:
        raise DrawingError("begins with `# title: …` and `# text: …`, for those who cannot see it")
    while rows and not rows[0]:
        rows.pop(0)
    while rows and not rows[-1]:
        rows.pop()
    return head["title"], head["text"], rows


def render(text, source):
    """The SVG of a drawing."""
    title, description, rows = read_drawing(text)
    grid = Grid(rows)
    found = boxes(grid)
    parts = [draw_box(grid, box) for box in found]
    for column, row in grid.places():
        character = grid.at(column, row)
        if (column, row) not in grid.taken and character in STROKES:
            parts.append(draw_strokes(grid, column, row))
        elif character in HEADS:
            parts.append(draw_head(grid, column, row))
    parts += draw_texts(grid, found)
    width, height = max(map(len, rows), default=0) * WIDTH + 2 * MARGIN, len(rows) * HEIGHT + 2 * MARGIN
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" class="picture" viewBox="{-MARGIN} {-MARGIN} {width} {height}" '
        f'width="{width}" height="{height}" role="img">',
        f"<!-- Made from {source} by make pictures: edit that. -->",
        f"<title>{escape(title)}</title>", f"<desc>{escape(description)}</desc>",
        f"<style>{STYLE}</style>",
        # Paper of its own: the page below may be dark where the reader's system is light.
        f'<rect class="paper" x="{-MARGIN}" y="{-MARGIN}" width="{width}" height="{height}"/>', *parts, "</svg>", ""])


def main(arguments):
    if arguments not in ([], ["--check"]):
        sys.exit(__doc__)
    counts, status = {"passed": 0, "failed": 0}, 0
    for drawing in sorted((ROOT / "chapters").rglob("*.drawing")):
        name = drawing.relative_to(ROOT)
        picture = drawing.with_suffix(".svg")
        try:
            wanted = render(drawing.read_text(encoding="utf-8"), drawing.name)
        except DrawingError as error:
            print(f"pictures: FAILED {name}: {error}")
            counts["failed"] += 1
            continue
        there = picture.read_text(encoding="utf-8") if picture.exists() else None
        if there == wanted or not arguments:
            counts["passed"] += 1
        else:
            print(f"pictures: FAILED {name}: {picture.name} is not what the drawing says; run make pictures")
            counts["failed"] += 1
        if not arguments and there != wanted:
            picture.write_text(wanted, encoding="utf-8")
            print(f"{picture.relative_to(ROOT)}: written")
    status = 1 if counts["failed"] else 0
    if arguments:
        print(f"pictures: {counts['passed']} passed, {counts['failed']} failed, 0 skipped")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
