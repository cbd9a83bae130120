"""Comments that ask for silence, in the three spellings Go programmers know, and the lines each of them covers.

    //nolint:GM201,GM203 // why      golangci-lint's: at the end of a line for that line; alone on a line for the statement or declaration below
    //lint:ignore GM201 why          staticcheck's: its own line or the one below
    //lint:file-ignore GM201 why     staticcheck's: the whole file
    //golint-maps:ignore GM201 why   ours: as //nolint

Missed on purpose: block comments, and staticcheck's reading that an ignore belongs to a syntax node (here it is the line below).
"""

from __future__ import annotations

import difflib
import re
from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from golint_maps.syntax import ir

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

EVERYTHING: Final = ""
"""The name in a directive that stands for every rule of every linter: a bare `//nolint`, `//nolint:all`."""

_REST_OF_FILE: Final = 1 << 30
# golangci-lint trims slashes and blanks before it looks, so `// nolint` counts as well; `//nolinting` does not.
_NOLINT: Final = re.compile(r"//[/ ]*nolint(?::(?P<listed>.*)|(?P<why>\s.*)?)", re.DOTALL)
_STATICCHECK: Final = re.compile(r"//lint:(?P<kind>ignore|file-ignore)\s+(?P<listed>\S+)(?P<why>.*)", re.DOTALL)
_STATICCHECK_LIKE: Final = re.compile(r"//lint:(?P<verb>[\w-]+)\s+\S*\bGM\d.*", re.DOTALL)
_GOLINT_MAPS_LIKE: Final = re.compile(r"//\s*(?P<linter>golint[-_]?maps):(?P<verb>[\w-]+).*", re.DOTALL)
_GOLINT_MAPS: Final = re.compile(r"//\s*golint-maps:ignore(?:\s+(?P<listed>[^\s/]\S*))?(?P<why>(?:\s.*)?)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Directive:
    """One comment that silences findings.

    `names` are what it lists, as written, or `EVERYTHING`. `first` and `last` are the lines it covers (1-based); `trailing` says that it stands
    behind code. `start` and `end` are the byte offsets of the comment. `own` marks our own spelling, whose names can only be ours;
    `needs_reason` marks spellings that do nothing without a reason. `mistake` says what is wrong with a comment that was to be a directive, and
    covers nothing: `//golint-maps:ingore GM201`.
    """

    names: tuple[str, ...]
    reason: str
    start: int
    end: int
    first: int = 0
    last: int = 0
    trailing: bool = False
    own: bool = False
    needs_reason: bool = False
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class FileDirectives:
    """The directives of one file and the offsets at which its lines start."""

    directives: tuple[Directive, ...] = ()
    line_starts: tuple[int, ...] = (0,)

    def line(self, offset: int) -> int:
        """Return the 1-based line of a byte offset."""
        return bisect_right(self.line_starts, offset)


def directives_of(facts: ir.FileFacts, data: bytes) -> FileDirectives:
    """Return the directives among the comments of a file. `data` is the text that was lowered into `facts`."""
    parsed = [(comment, directive) for comment in facts.comments if (directive := _parse(comment)) is not None]
    if not parsed:
        return FileDirectives()
    lines = _Lines(data)
    ends: dict[int, int] = {}
    for start, end in _extents(facts):
        line = lines.at(start)
        ends[line] = max(ends.get(line, line), lines.at(max(end - 1, start)))
    placed = tuple(_placed(comment, directive, lines, ends) for comment, directive in parsed)
    return FileDirectives(placed, lines.starts)


def _parse(comment: ir.Comment) -> Directive | None:
    text = comment.text.rstrip()
    start, end = comment.pos, comment.pos + len(text.encode(errors="surrogateescape"))
    if match := _NOLINT.fullmatch(text):
        if match["listed"] is None:
            return Directive((EVERYTHING,), _reason(match["why"] or ""), start, end)
        listed, _, why = match["listed"].partition("//")
        *names, last = (name.strip() for name in listed.split(","))
        # `//nolint:GM201 mu is held` has its reason behind a blank: golangci-lint would not read it, people write it.
        last, _, rest = last.partition(" ")
        names = [name for name in (*names, last) if name]
        everything = not names or any(name.lower() == "all" for name in names)
        return Directive((EVERYTHING,) if everything else tuple(names), _reason(why) or rest.strip(), start, end)
    if match := _STATICCHECK.fullmatch(text):
        return Directive(_names(match["listed"]), _reason(match["why"]), start, end, needs_reason=True)
    if match := _GOLINT_MAPS.fullmatch(text):
        return Directive(_names(match["listed"] or "golint-maps"), _reason(match["why"]), start, end, own=True)
    if match := _GOLINT_MAPS_LIKE.fullmatch(text):
        written = f"//{match['linter']}:{match['verb']}"
        return Directive((), "", start, end, mistake=f"`{written}` is no directive; did you mean `//golint-maps:ignore`?")
    if match := _STATICCHECK_LIKE.fullmatch(text):
        nearest = difflib.get_close_matches(match["verb"], ("ignore", "file-ignore"), n=1, cutoff=0.0)[0]
        return Directive((), "", start, end, mistake=f"`//lint:{match['verb']}` is no directive; did you mean `//lint:{nearest}`?")
    return None


def _names(listed: str) -> tuple[str, ...]:
    return tuple(name for name in listed.split(",") if name)


def _reason(text: str) -> str:
    return text.strip().removeprefix("//").strip()


class _Lines:
    """The lines of a text, 1-based."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.starts = (0, *(match.end() for match in re.finditer(rb"\n", data)))

    def at(self, offset: int) -> int:
        return bisect_right(self.starts, offset)

    def text(self, line: int) -> bytes:
        """Return a line without the blanks around it; nothing beyond the last."""
        if line > len(self.starts):
            return b""
        end = self.starts[line] if line < len(self.starts) else len(self.data)
        return self.data[self.starts[line - 1] : end].strip()

    def code_below(self, line: int) -> int:
        """Return the first line below that is no comment, or just the next one where a blank line comes before it."""
        below = line + 1
        while self.text(below).startswith(b"//"):
            below += 1
        return below if self.text(below) else line + 1

    def closing(self, line: int) -> int:
        """Return the line of the parenthesis that closes a group of declarations; gofmt puts it first on its line."""
        return next((each for each in range(line, len(self.starts) + 1) if self.text(each).startswith(b")")), line)


def _placed(comment: ir.Comment, directive: Directive, lines: _Lines, ends: Mapping[int, int]) -> Directive:
    """Return the directive with the lines that it covers. `ends` has for each line the last line of what begins there."""
    line = lines.at(comment.pos)
    if comment.text.startswith("//lint:file-ignore"):
        return replace(directive, first=1, last=_REST_OF_FILE)
    if not comment.own_line:
        return replace(directive, first=line, last=line, trailing=True)
    below = lines.code_below(line)
    code = lines.text(below)
    if comment.text.startswith("//lint:"):
        last = below
    elif code.startswith(b"package "):
        return replace(directive, first=1, last=_REST_OF_FILE)
    elif re.match(rb"(?:var|const|type|import)\s*\(", code):
        last = lines.closing(below)
    else:
        last = ends.get(below, below)
    return replace(directive, first=line, last=last)


def _extents(facts: ir.FileFacts) -> Iterator[tuple[int, int]]:
    """Yield start and end of each declaration and each statement."""
    yield from ((function.pos, function.end) for function in facts.functions)
    yield from ((declared.pos, declared.end) for declared in facts.types)
    for variable in facts.variables:
        if variable.value is not None:
            yield variable.pos, getattr(variable.value, "end", variable.pos)
    for function in facts.functions:
        yield from _statement_extents(function.body or ())


def _statement_extents(body: Iterable[ir.Stmt]) -> Iterator[tuple[int, int]]:
    for statement in body:
        node = statement.x if isinstance(statement, ir.Do) else statement
        start, end = getattr(node, "pos", None), getattr(node, "end", None)
        if start is not None and end is not None:
            yield start, end
        match statement:
            case ir.If(then=then, orelse=orelse):
                yield from _statement_extents((*then, *orelse))
            case ir.Block(body=inner) | ir.For(body=inner) | ir.Range(body=inner):
                yield from _statement_extents(inner)
            case ir.Switch(cases=cases) | ir.TypeSwitch(cases=cases) | ir.Select(cases=cases):
                for case in cases:
                    yield from _statement_extents(case.body)
