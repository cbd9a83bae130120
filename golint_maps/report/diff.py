"""Fixes as small diffs of whole lines."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from golint_maps.findings import Edit, Fix
from golint_maps.report.ansi import Paint
from golint_maps.report.display import displayed
from golint_maps.report.excerpt import Frame
from golint_maps.report.source_text import SourceFiles, SourceText
from golint_maps.report.wording import printable


def changes(fix: Fix, sources: SourceFiles, frame: Frame) -> Iterator[str]:
    """Yield the lines that the fix takes away (`-`, with their numbers) and puts in (`+`), file by file, with those between them."""
    files = sorted({edit.location.path for edit in fix.edits})
    for path in files:
        edits = sorted((edit for edit in fix.edits if edit.location.path == path), key=lambda edit: edit.location)
        source = sources[path]
        if len(files) > 1:
            yield f"{' ' * frame.gutter}{frame.paint('frame', ':::')} {printable(path)}"
        if all(source.holds(edit.location) for edit in edits):
            for start, end, text in _hunks(source, edits):
                yield from _hunk(source.text(start, end), text, source.position(start).line, frame)


def _hunks(source: SourceText, edits: list[Edit]) -> Iterator[tuple[int, int, str]]:
    """Yield stretches of whole lines (byte offsets) with their new text; edits in the same or the next line share a stretch."""
    group: list[Edit] = []
    for edit in edits:
        if group and source.position(edit.location.start).line > source.position(group[-1].location.end).line + 1:
            yield _applied(source, group)
            group = []
        group.append(edit)
    if group:
        yield _applied(source, group)


def _applied(source: SourceText, edits: list[Edit]) -> tuple[int, int, str]:
    start = source.line_start(source.position(edits[0].location.start).line)
    end = source.line_end(source.position(max(edit.location.end for edit in edits)).line)
    pieces, at = [], start
    for edit in edits:
        pieces += [source.text(at, edit.location.start), edit.text]
        at = max(at, edit.location.end)
    return start, end, "".join((*pieces, source.text(at, end)))


def _hunk(old: str, new: str, line: int, frame: Frame) -> Iterator[str]:
    before, after = old.splitlines(), new.splitlines()
    for tag, first, last, first_new, last_new in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        for number, text in enumerate(before[first:last], line + first):
            sign, style = (" ", "") if tag == "equal" else ("-", "removed")
            yield _row(frame.rule(number), f"{sign} {_shown(text)}", style, frame.paint)
        for text in after[first_new:last_new] if tag != "equal" else ():
            yield _row(frame.rule(), f"+ {_shown(text)}", "added", frame.paint)


def _row(left: str, text: str, style: str, paint: Paint) -> str:
    return f"{left} {paint(style, text.rstrip()) if style else text}".rstrip()


def _shown(line: str) -> str:
    return "".join(displayed(line).pieces)
