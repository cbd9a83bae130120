"""`concise`: one line for each finding, `path:line:col: GM103 message`. The column counts code points.

The level is the colour of the rule's id, where there are colours; the format itself has none, so that tools which read it keep working.
"""

from __future__ import annotations

from golint_maps.findings import Finding
from golint_maps.outcome import Outcome
from golint_maps.report.ansi import Paint
from golint_maps.report.options import RenderOptions
from golint_maps.report.selection import reported
from golint_maps.report.source_text import SourceFiles
from golint_maps.report.wording import printable


def render(outcome: Outcome, options: RenderOptions) -> str:
    """Return one line for each finding; nothing when there is none."""
    sources = SourceFiles(outcome.root)
    paint = Paint(options.color)
    return "".join(f"{_line(finding, sources, paint)}\n" for finding in reported(outcome, options))


def _line(finding: Finding, sources: SourceFiles, paint: Paint) -> str:
    text = f"{paint(finding.level, finding.rule)} {printable(finding.message)}{suppression(finding)}"
    place = spot(finding.location.path, finding.location.start, sources)
    return f"{place}: {text}" if place else text


def spot(path: str, offset: int, sources: SourceFiles) -> str:
    """Return `path:line:column` as shown to people, or nothing for a finding that is about no file."""
    if not path:
        return ""
    at = sources[path].position(offset)
    return f"{printable(path)}:{at.line}:{at.column}"


def suppression(finding: Finding) -> str:
    """Return ` (suppressed: reason)`, or nothing for a finding that stands."""
    if finding.suppressed is None:
        return ""
    return f" (suppressed: {printable(finding.suppressed)})" if finding.suppressed else " (suppressed)"
