"""Excerpts of source with line numbers and underlined spans, as compilers show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from golint_maps.findings import Level, Location
from golint_maps.report.ansi import Paint
from golint_maps.report.display import displayed, windowed
from golint_maps.report.source_text import SourceText
from golint_maps.report.wording import printable, wrapped

_CONTEXT = 1
"""Lines shown before and after a primary span."""

_WHOLE_SPAN = 3
"""A span of up to so many lines is underlined throughout; of a longer one, the first and the last line are shown."""


_LABEL_ROOM = 30
"""Columns that a label which has to be wrapped gets at least."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A span to underline: with `^` in the colour of its level, or with `-` when it has none. `label` stands after or below it."""

    location: Location
    label: str = ""
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class _Underline:
    start: int
    end: int
    label: str
    level: Level | None

    def drawn(self) -> str:
        return ("-" if self.level is None else "^") * (self.end - self.start)

    @property
    def style(self) -> str:
        return "frame" if self.level is None else self.level


@dataclass(frozen=True, slots=True)
class Frame:
    """How excerpts of one finding are set: `gutter` is the width of the line numbers, `width` that of the terminal."""

    paint: Paint
    gutter: int
    width: int

    def rule(self, number: int | str = "") -> str:
        """Return the left edge of a line, with its number when it is a line of source."""
        return self.paint("frame", f"{number:>{self.gutter}} |")


def last_line(source: SourceText, marks: Iterable[Mark]) -> int:
    """Return a line number that no excerpt with these marks goes beyond."""
    return min(max(source.position(mark.location.end).line + _CONTEXT * (mark.level is not None) for mark in marks), source.line_count)


def excerpt(source: SourceText, marks: Sequence[Mark], frame: Frame) -> list[str]:
    """Return the lines of an excerpt that shows all marks of one file; stretches that overlap or nearly touch are one.

    Marks that are not in the text are left out.
    """
    spans: defaultdict[int, list[tuple[int, int, Mark, bool]]] = defaultdict(list)
    for mark in marks:
        if source.holds(mark.location):
            _mark_lines(source, mark, spans)
    if not spans:
        return []
    rows = [frame.rule()]
    previous = 0
    for number in _shown_lines(spans, source):
        if previous and number > previous + 1:
            rows.append(frame.paint("frame", "..."))
        rows.extend(_numbered(source, number, spans.get(number, []), frame))
        previous = number
    rows.append(frame.rule())
    return rows


def _mark_lines(source: SourceText, mark: Mark, spans: defaultdict[int, list[tuple[int, int, Mark, bool]]]) -> None:
    """Add the code point columns (0-based) that the mark covers in each line that it is drawn in, and whether that is its last line."""
    start, end = source.position(mark.location.start), source.position(mark.location.end)
    # A span that ends right after a line feed ends, for a reader, with the line before.
    last = end.line - 1 if end.column == 1 and end.line > start.line else end.line
    lines = range(start.line, last + 1)
    for number in lines if len(lines) <= _WHOLE_SPAN else (start.line, last):
        text = source.line(number)
        first_column = start.column - 1 if number == start.line else len(text) - len(text.lstrip())
        last_column = end.column - 1 if number == end.line else len(text.rstrip())
        if last_column > first_column or len(lines) == 1:
            spans[number].append((first_column, last_column, mark, number == last))


def _shown_lines(spans: Mapping[int, list[tuple[int, int, Mark, bool]]], source: SourceText) -> list[int]:
    """Return the numbers of the marked lines, and of the lines around what is primary; the others speak for themselves."""
    wanted = set(spans)
    for line, in_line in spans.items():
        if any(mark.level is not None for _, _, mark, _ in in_line):
            around = range(max(line - _CONTEXT, 1), min(line + _CONTEXT, source.line_count) + 1)
            wanted |= {near for near in around if source.line(near).strip()}
    # The dots for a gap of one line would take as much room as the line.
    return sorted(wanted | {line + 1 for line in wanted if line + 2 in wanted})


def _numbered(source: SourceText, number: int, spans: list[tuple[int, int, Mark, bool]], frame: Frame) -> list[str]:
    line = displayed(source.line(number))
    # Primary spans first: they decide which part of a long line is shown, and they are drawn over the others.
    spans = sorted(spans, key=lambda span: (span[2].level is None, span[0]))
    focus = line.cells(spans[0][0], spans[0][1])[0] if spans else 0
    window = windowed(line, focus, max(frame.width - frame.gutter - 3, 20))
    underlines = []
    for first, last, mark, final in spans:
        cells = window.move(line.cells(first, last))
        if cells:
            underlines.append(_Underline(*cells, printable(mark.label) if final else "", mark.level))
    left = frame.rule(number)
    rows = [f"{left} {window.text}" if window.text else left]
    rows.extend(f"{frame.rule()} {row}" for row in _underlined(underlines, frame.paint, max(frame.width - frame.gutter - 3, 20)))
    return rows


def _underlined(underlines: list[_Underline], paint: Paint, width: int) -> list[str]:
    """Return the rows below a line of source: underlines with the label of the rightmost, then the other labels, each under its span.

    A label for which there is no room beside its span stands below it, in as many rows as it needs, and further to the left where it needs many.
    """
    if not underlines:
        return []
    labelled = sorted((mark for mark in underlines if mark.label), key=lambda mark: mark.start)
    end = max(mark.end for mark in underlines)
    fits = labelled and labelled[-1].end == end and end + 1 + len(labelled[-1].label) <= width
    beside = labelled.pop() if fits else None
    cells = [(" ", "")] * end
    for mark in reversed(underlines):
        cells[mark.start : mark.end] = [(character, mark.style) for character in mark.drawn()]
    row = _painted(cells, paint)
    rows = [f"{row} {paint(beside.style, beside.label)}" if beside else row]
    while labelled:
        mark = labelled.pop()
        start = max(min(mark.start, width - _LABEL_ROOM), 0) if mark.start + len(mark.label) > width else mark.start
        bars = [(" ", "")] * start
        for other in labelled:
            if other.start < start:
                bars[other.start] = ("|", other.style)
        rows.extend(_painted(bars, paint) + paint(mark.style, line) for line in wrapped(mark.label, width - start, "", ""))
    return rows


def _painted(cells: list[tuple[str, str]], paint: Paint) -> str:
    pieces, at = [], 0
    while at < len(cells):
        style, end = cells[at][1], at
        while end < len(cells) and cells[end][1] == style:
            end += 1
        text = "".join(character for character, _ in cells[at:end])
        pieces.append(paint(style, text) if style else text)
        at = end
    return "".join(pieces)
