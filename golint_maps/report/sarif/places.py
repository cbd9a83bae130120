"""Where things are, in SARIF's terms: percent-encoded paths below `%SRCROOT%`, regions in UTF-16 code units, line hashes."""

from __future__ import annotations

from urllib.parse import quote

from sarif_om import ArtifactContent, ArtifactLocation, PhysicalLocation, Region

from golint_maps.findings import Location
from golint_maps.report.fingerprints import line_hashes
from golint_maps.report.selection import rebased
from golint_maps.report.source_text import SourceFiles

SOURCE_ROOT = "%SRCROOT%"


def artifact_uri(path: str) -> str:
    """Return the path as a relative URI reference: every byte but letters, digits and `-._~/` percent-encoded."""
    return quote(path.encode(errors="surrogateescape"))


class Places:
    """Turns locations of a run into SARIF. `prefix` leads from the repository's root to the root of the run."""

    def __init__(self, sources: SourceFiles, prefix: str) -> None:
        self._sources = sources
        self._prefix = prefix
        self._artifacts: dict[str, ArtifactLocation] = {}
        self._hashes: dict[str, list[str]] = {}

    def artifact(self, path: str) -> ArtifactLocation:
        """Return the reference to a file, one object for each."""
        artifact = self._artifacts.get(path)
        if artifact is None:
            artifact = ArtifactLocation(uri=artifact_uri(rebased(path, self._prefix)), uri_base_id=SOURCE_ROOT)
            self._artifacts[path] = artifact
        return artifact

    def physical(self, location: Location, *, snippet: bool = False) -> PhysicalLocation:
        """Return the place on one line: a longer span ends with its first line, so that pull requests show what they can."""
        source = self._sources[location.path]
        if not source.holds(location):
            return PhysicalLocation(
                artifact_location=self.artifact(location.path), region=Region(start_line=1, start_column=1, end_line=1, end_column=1)
            )
        first, last = source.on_one_line(location)
        text = ArtifactContent(text=source.text(first, last)) if snippet else None
        return PhysicalLocation(artifact_location=self.artifact(location.path), region=self._region(location.path, first, last, text))

    def replaced(self, location: Location) -> Region | None:
        """Return the whole region of an edit, or None when the file does not hold it any more."""
        if not self._sources[location.path].holds(location):
            return None
        return self._region(location.path, location.start, location.end, None)

    def text(self, location: Location) -> str:
        """Return the text of the place."""
        return self._sources[location.path].text(location.start, location.end)

    def line_hash(self, location: Location) -> str:
        """Return code scanning's own fingerprint of the line that the place starts on."""
        hashes = self._hashes.get(location.path)
        source = self._sources[location.path]
        if hashes is None:
            hashes = self._hashes[location.path] = line_hashes(source.data)
        line = source.position(location.start).line if source.holds(location) else 1
        return hashes[line - 1]

    def _region(self, path: str, first: int, last: int, snippet: ArtifactContent | None) -> Region:
        source = self._sources[path]
        start, end = source.position(first), source.position(last)
        return Region(start_line=start.line, start_column=start.utf16, end_line=end.line, end_column=end.utf16, snippet=snippet)
