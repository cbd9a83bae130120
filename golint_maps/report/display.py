"""Lines of source on a grid of terminal cells: tabs, wide and combining characters, controls, and lines too long for the terminal."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from golint_maps.report.wording import printable

TAB = 4


@dataclass(frozen=True, slots=True)
class DisplayLine:
    """One line of source as shown. `edges[i]` is the cell at which code point `i` starts; the last entry is the width of the line."""

    pieces: tuple[str, ...]
    edges: tuple[int, ...]

    def cells(self, first: int, last: int) -> tuple[int, int]:
        """Return the cells from code point `first` up to `last` (both 0-based), at least one cell."""
        end = len(self.edges) - 1
        start = self.edges[min(first, end)]
        return start, max(self.edges[min(last, end)], start + 1)


def displayed(line: str) -> DisplayLine:
    """Lay out a line of source."""
    if line.isascii() and line.isprintable():
        return DisplayLine(tuple(line), tuple(range(len(line) + 1)))
    pieces, edges, cell = [], [0], 0
    for character in line:
        piece = " " * (TAB - cell % TAB) if character == "\t" else printable(character)
        pieces.append(piece)
        cell += _width(piece)
        edges.append(cell)
    return DisplayLine(tuple(pieces), tuple(edges))


def _width(piece: str) -> int:
    if piece.isascii():
        return len(piece)
    if unicodedata.category(piece) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(piece) in "WF" else 1


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a line that fits: its text with `…` for what was cut, and how to move a cell of the line into it."""

    text: str
    left: int
    width: int

    def move(self, cells: tuple[int, int]) -> tuple[int, int] | None:
        """Return the cells inside the window, or None when they were cut."""
        start, end = max(cells[0] - self.left, 0), min(cells[1] - self.left, self.width)
        return (start, end) if start < end else None


def windowed(line: DisplayLine, focus: int, room: int) -> Window:
    """Return the `room` cells of the line around the cell `focus`, or the whole line when it fits."""
    if line.edges[-1] <= room:
        return Window("".join(line.pieces).rstrip(), 0, line.edges[-1] + 1)
    left = 0 if focus < room * 3 // 4 else focus - room // 3
    first = next((i for i, edge in enumerate(line.edges) if edge >= left + (left > 0)), 0)
    last = max((i for i, edge in enumerate(line.edges) if edge <= left + room - 1), default=first)
    head = "…" if left else ""
    tail = "…" if last < len(line.pieces) else ""
    # A wide character may straddle the cut; a blank takes the cell that it leaves.
    pad = " " * (line.edges[first] - left - len(head)) if left else ""
    return Window(head + pad + "".join(line.pieces[first:last]) + tail, left, room)
