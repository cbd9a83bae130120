"""Where things are, in SARIF's terms: percent-encoded paths below `%SRCROOT%`, regions in UTF-16 code units, line hashes.

Many results share files and places (the loop, the `go` statement), so these are made plain here, once.
"""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import quote

from sarif_om import ArtifactContent, ArtifactLocation, PhysicalLocation, Region

from golint_maps.findings import Location
from golint_maps.report.fingerprints import line_hashes
from golint_maps.report.sarif.plain import plain
from golint_maps.report.selection import rebased
from golint_maps.report.source_text import SourceFiles

Plain = dict[str, Any]

SOURCE_ROOT = "%SRCROOT%"

_CONTEXT = 2
"""Lines of context before and after a result."""

_CONTEXT_BYTES = 2_000
"""More context than this (generated code with lines without end) is left out."""


def artifact_uri(path: str) -> str:
    """Return the path as a relative URI reference: every byte but letters, digits and `-._~/` percent-encoded."""
    return quote(path.encode(errors="surrogateescape"))


class Places:
    """Turns locations of a run into SARIF. `prefix` leads from the repository's root to the root of the run."""

    def __init__(self, sources: SourceFiles, prefix: str) -> None:
        self._sources = sources
        self._prefix = prefix
        self._artifacts: dict[str, Plain] = {}
        self._steps: dict[Location, Plain] = {}
        self._hashes: dict[str, list[str]] = {}

    def artifact(self, path: str) -> Plain:
        """Return the reference to a file (`ArtifactLocation`)."""
        artifact = self._artifacts.get(path)
        if artifact is None:
            artifact = plain(ArtifactLocation(uri=artifact_uri(rebased(path, self._prefix)), uri_base_id=SOURCE_ROOT))
            self._artifacts[path] = artifact
        return artifact

    def step(self, location: Location) -> Plain:
        """Return a place to step through or to link to (`PhysicalLocation`): its first line, without text."""
        step = self._steps.get(location)
        if step is None:
            step = self._steps[location] = plain(self._physical(location, quoted=False))
        return step

    def primary(self, location: Location) -> Plain:
        """Return where a result stands (`PhysicalLocation`), with its text and the lines around it for viewers that do not have the source.

        A longer span ends with its first line: pull requests show only results all lines of which they touch.
        """
        return cast("Plain", plain(self._physical(location, quoted=True)))

    def _physical(self, location: Location, *, quoted: bool) -> PhysicalLocation:
        source = self._sources[location.path]
        if not source.holds(location):
            return PhysicalLocation(
                artifact_location=self.artifact(location.path), region=Region(start_line=1, start_column=1, end_line=1, end_column=1)
            )
        first, last = source.on_one_line(location)
        return PhysicalLocation(
            artifact_location=self.artifact(location.path),
            region=self._region(location.path, first, last, quoted=quoted),
            context_region=self._context(location.path, first) if quoted else None,
        )

    def _context(self, path: str, offset: int) -> Region | None:
        source = self._sources[path]
        line = source.line_of(offset)
        last = min(line + _CONTEXT, source.line_count)
        # The empty line after the last line feed is none that an editor would show.
        last -= last > line and source.line_start(last) == len(source.data)
        start, end = source.line_start(max(line - _CONTEXT, 1)), source.line_end(last)
        return self._region(path, start, end, quoted=True) if end - start <= _CONTEXT_BYTES else None

    def replaced(self, location: Location) -> Region | None:
        """Return the whole region of an edit, or None when the file does not hold it any more."""
        if not self._sources[location.path].holds(location):
            return None
        return self._region(location.path, location.start, location.end)

    def text(self, location: Location) -> str:
        """Return the text of the place."""
        return self._sources[location.path].text(location.start, location.end)

    def line_hash(self, location: Location) -> str:
        """Return code scanning's own fingerprint of the line that the place starts on."""
        hashes = self._hashes.get(location.path)
        source = self._sources[location.path]
        if hashes is None:
            hashes = self._hashes[location.path] = line_hashes(source.data)
        line = source.line_of(location.start) if source.holds(location) else 1
        return hashes[line - 1]

    def _region(self, path: str, first: int, last: int, *, quoted: bool = False) -> Region:
        source = self._sources[path]
        start, end = source.positions(first, last)
        snippet = ArtifactContent(text=source.text(first, last)) if quoted else None
        return Region(start_line=start.line, start_column=start.utf16, end_line=end.line, end_column=end.utf16, snippet=snippet)
