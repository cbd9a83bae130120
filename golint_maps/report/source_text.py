"""Source files as reports need them: byte offsets become lines and columns, in the unit that each format asks for.

A line ends at LF; a CR before it belongs to the line end. A byte order mark is no part of line 1. Bytes that are no UTF-8 count as one U+FFFD for
each maximal ill-formed part, as in every editor.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple

from golint_maps.findings import Location

_LINE_FEED = re.compile(b"\n")


class Position(NamedTuple):
    """A place between two characters. Everything is 1-based; `column` counts code points, `utf16` UTF-16 code units, `byte` bytes of UTF-8."""

    line: int
    column: int
    utf16: int
    byte: int


_START = Position(1, 1, 1, 1)


class SourceText:
    """The bytes of one file and where its lines start."""

    __slots__ = ("_starts", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data
        first = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
        self._starts = [first, *(match.end() for match in _LINE_FEED.finditer(data))]

    @property
    def line_count(self) -> int:
        """Return the number of lines; text after the last LF, even none, is one."""
        return len(self._starts)

    def holds(self, location: Location) -> bool:
        """Say whether the location lies in this text: not so when the file changed after the analysis."""
        return 0 <= location.start <= location.end <= len(self.data)

    def position(self, offset: int) -> Position:
        """Return where the byte offset is; the start of the file when it is not in this text. Inside a character, the character's start."""
        if not 0 <= offset <= len(self.data):
            return _START
        line = self.line_of(offset)
        start = self._starts[line - 1]
        head = self.data[start : self._character_start(start, offset)]
        if head.isascii():
            return Position(line, len(head) + 1, len(head) + 1, len(head) + 1)
        text = head.decode(errors="replace")
        # Only four-byte forms (lead byte F0 and up, all valid at this point) are outside the BMP and take two units.
        astral = sum(character > "\uffff" for character in text)
        return Position(line, len(text) + 1, len(text) + astral + 1, len(head) + 1)

    def positions(self, first: int, last: int) -> tuple[Position, Position]:
        """Return where both ends of a stretch of the text are; cheaper than asking twice, since most stretches are a few ASCII characters."""
        start = self.position(first)
        stretch = self.data[first:last]
        if not stretch.isascii() or b"\n" in stretch or start.byte != first - self._starts[start.line - 1] + 1:
            return start, self.position(last)
        length = last - first
        return start, Position(start.line, start.column + length, start.utf16 + length, start.byte + length)

    def line_of(self, offset: int) -> int:
        """Return the 1-based line of a byte offset in this text."""
        return bisect_right(self._starts, offset) or 1

    def _character_start(self, floor: int, offset: int) -> int:
        if offset >= len(self.data) or self.data[offset] & 0xC0 != 0x80:
            return max(offset, floor)
        for lead in range(offset - 1, max(floor, offset - 3) - 1, -1):
            if self.data[lead] & 0xC0 == 0x80:
                continue
            length = 2 + (self.data[lead] >= 0xE0) + (self.data[lead] >= 0xF0)
            return lead if lead + length > offset and _is_character(self.data[lead : lead + length]) else offset
        return offset

    def line_start(self, line: int) -> int:
        """Return the byte offset at which the 1-based line starts."""
        return self._starts[line - 1]

    def line_end(self, line: int) -> int:
        """Return the byte offset after the last character of the 1-based line, before its CR LF or LF."""
        if line >= len(self._starts):
            return len(self.data)
        end = self._starts[line] - 1
        return end - 1 if end > self._starts[line - 1] and self.data[end - 1] == 0x0D else end

    def line(self, line: int) -> str:
        """Return the text of the 1-based line without its line end."""
        return self.text(self._starts[line - 1], self.line_end(line))

    def text(self, start: int, end: int) -> str:
        """Return the text between two byte offsets."""
        return self.data[start:end].decode(errors="replace")

    def on_one_line(self, location: Location) -> tuple[int, int]:
        """Clip the location to its first line, and widen an empty one to a character where there is one. Returns byte offsets."""
        start = location.start
        last = self.line_end(self.line_of(start))
        end = min(location.end, last)
        if end > start:
            return start, end
        if start >= last:
            return start, max(start, end)
        width = len(self.data[start : start + 4].decode(errors="ignore")[:1].encode()) or 1
        return start, min(start + width, last)


def _is_character(data: bytes) -> bool:
    try:
        return len(data.decode()) == 1
    except UnicodeDecodeError:
        return False


class SourceFiles:
    """The files of a run, each read once, when it is first asked for."""

    __slots__ = ("_root", "_texts")

    def __init__(self, root: Path) -> None:
        self._root = root
        self._texts: dict[str, SourceText] = {}

    def __getitem__(self, path: str) -> SourceText:
        """Return the text of a path relative to the root; an empty text when there is no such file any more, or it is no regular file."""
        text = self._texts.get(path)
        if text is None:
            text = self._texts[path] = SourceText(_bytes_of(self._root / path) if path else b"")
        return text


def _bytes_of(path: Path) -> bytes:
    try:
        # Opening a FIFO would block for ever, and a path may have become one since the analysis.
        return path.read_bytes() if S_ISREG(path.stat().st_mode) else b""
    except (OSError, ValueError):
        return b""
