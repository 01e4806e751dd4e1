"""What is on a screen after a program printed to it: progress bars draw over what they drew before."""

import re

PIECE = re.compile(r"\x1b\[([0-9;?]*)[ -/]*([@-~])|\x1b[@-Z\\^_]|[\r\n\b\t]|[^\x1b\r\n\b\t]+|\x1b")


class Screen:
    """As high as it needs to be, and as wide: nothing scrolls away."""

    def __init__(self):
        self.lines, self.row, self.column = [""], 0, 0

    def show(self, text):
        for match in PIECE.finditer(text):
            piece, number, command = match.group(), match.group(1), match.group(2)
            if command:
                self.obey(command, number)
            elif piece == "\n":
                self.row, self.column = self.row + 1, 0
            elif piece == "\r":
                self.column = 0
            elif piece == "\b":
                self.column = max(0, self.column - 1)
            elif piece == "\t":
                self.write(" " * (8 - self.column % 8))
            elif not piece.startswith("\x1b"):
                self.write(piece)
            while self.row >= len(self.lines):
                self.lines.append("")

    def write(self, text):
        line = self.lines[self.row].ljust(self.column)
        self.lines[self.row] = line[:self.column] + text + line[self.column + len(text):]
        self.column += len(text)

    def obey(self, command, number):
        """Cursor up, down, right, left; erase the line, the screen below. Colours are not seen here."""
        count = int(number) if number.isdigit() else 0
        step = max(1, count)
        if command in "AB":
            self.row = max(0, self.row + (step if command == "B" else -step))
        elif command in "CD":
            self.column = max(0, self.column + (step if command == "C" else -step))
        elif command == "K":
            self.lines[self.row] = "" if count == 2 else self.lines[self.row][:self.column]
        elif command == "J" and count == 0:
            self.lines[self.row:] = [self.lines[self.row][:self.column]]
        elif command == "J":
            self.lines, self.row, self.column = [""], 0, 0


def as_seen(output):
    """Bytes that a program printed, as lines: without white space at their ends, which nobody sees."""
    screen = Screen()
    screen.show(output.decode("utf-8", "replace"))
    lines = [line.rstrip() for line in screen.lines]
    return lines if lines[-1] else lines[:-1]
