"""Which findings are of a change: those on its lines, and races of which one side is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from golint_maps.builtin_rules import ANALYSIS_INCOMPLETE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from golint_maps.findings import Finding, Location
    from golint_maps.git import ChangedLines


def of_change(findings: Iterable[Finding], changed: Mapping[str, ChangedLines], root: Path) -> tuple[Finding, ...]:
    """Return the findings with a place on a changed line, and those about files that could not be analysed.

    The places of a finding are its own and the end of each of its traces: whoever adds the second side of a race has made the race. `root` is
    what the paths of the findings are relative to.
    """
    texts: dict[str, bytes] = {}

    def touched(place: Location) -> bool:
        lines = changed.get(place.path)
        if lines is None or lines.everything:
            return lines is not None
        if place.path not in texts:
            try:
                texts[place.path] = (root / place.path).read_bytes()
            except OSError:  # gone since it was analysed: nobody can say which line it was
                texts[place.path] = b""
        first = texts[place.path].count(b"\n", 0, place.start) + 1
        last = first + texts[place.path].count(b"\n", place.start, place.end)
        return any(line in lines for line in range(first, last + 1))

    return tuple(finding for finding in findings if finding.rule == ANALYSIS_INCOMPLETE.id or any(touched(place) for place in _places(finding)))


def _places(finding: Finding) -> Iterator[Location]:
    yield finding.location
    for trace in finding.traces:
        if trace.steps:
            yield trace.steps[-1].location
