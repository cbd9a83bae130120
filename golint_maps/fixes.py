"""Applies the fixes that findings carry: the text of a file in, the mended text out."""

from __future__ import annotations

import difflib
from bisect import bisect_left, insort
from typing import TYPE_CHECKING

from golint_maps.findings import Safety

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from golint_maps.findings import Edit, Finding, Fix


def choose(findings: Iterable[Finding], *, unsafe: bool) -> dict[str, tuple[Edit, ...]]:
    """Return the edits to make in each file, sorted and free of overlaps.

    Of each standing finding it takes the first fix that is safe enough (`unsafe` allows those that may change what the program means). A fix is
    made whole or not at all: where it overlaps one that was taken before, it waits for the next run.
    """
    taken: dict[str, list[Edit]] = {}
    for finding in findings:
        fix = next((fix for fix in finding.fixes if _allowed(fix, unsafe=unsafe)), None)
        if fix is None or finding.suppressed is not None:
            continue
        added = [edit for edit in fix.edits if edit not in taken.get(edit.location.path, ())]
        if not any(_overlaps(edit, taken.get(edit.location.path, [])) for edit in added):
            for edit in added:
                insort(taken.setdefault(edit.location.path, []), edit, key=_start)
    return {path: tuple(edits) for path, edits in sorted(taken.items()) if edits}


def applied(data: bytes, edits: Sequence[Edit]) -> bytes:
    """Return the text with the edits made. They are sorted and do not overlap. Raises `ValueError` if one lies outside of the text."""
    pieces, at = [], 0
    for edit in edits:
        if not at <= edit.location.start <= edit.location.end <= len(data):
            raise ValueError(f"edit at {edit.location.start}–{edit.location.end} lies outside of {edit.location.path}")
        pieces += [data[at : edit.location.start], edit.text.encode()]
        at = edit.location.end
    return b"".join([*pieces, data[at:]])


def still_parses(before: bytes, after: bytes) -> bool:
    """Return whether the mended text has no more syntax errors than the text had. No fix is worth a file that does not build."""
    from golint_maps.syntax import extract

    return len(extract(after).errors) <= len(extract(before).errors)


def unified_diff(path: str, before: bytes, after: bytes) -> str:
    """Return the change to one file as `git apply` reads it."""
    old, new = (data.decode(errors="replace").splitlines(keepends=True) for data in (before, after))
    lines = difflib.unified_diff(old, new, f"a/{path}", f"b/{path}")
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _allowed(fix: Fix, *, unsafe: bool) -> bool:
    return fix.safety is Safety.SAFE or (unsafe and fix.safety is Safety.UNSAFE)


def _start(edit: Edit) -> tuple[int, int]:
    return edit.location.start, edit.location.end


def _overlaps(edit: Edit, taken: Sequence[Edit]) -> bool:
    """Return whether an edit touches one of the sorted edits. Two insertions at one place do: their order would be a guess."""
    at = bisect_left(taken, _start(edit), key=_start)
    if at < len(taken) and taken[at].location.start < max(edit.location.end, edit.location.start + 1):
        return True
    return at > 0 and taken[at - 1].location.end > edit.location.start
