"""`gitlab`: a code quality report, which GitLab shows in merge requests."""

from __future__ import annotations

import msgspec

from golint_maps.findings import Level
from golint_maps.outcome import Outcome
from golint_maps.report.options import RenderOptions
from golint_maps.report.selection import rebased, reported_with_fingerprints, repository_prefix
from golint_maps.report.source_text import SourceFiles
from golint_maps.report.wording import encodable, printable

_SEVERITIES = {Level.ERROR: "critical", Level.WARNING: "major", Level.NOTE: "info"}


def render(outcome: Outcome, options: RenderOptions) -> str:
    """Return a JSON array with one issue for each finding."""
    sources = SourceFiles(outcome.root)
    prefix = repository_prefix(outcome, options.source_root)
    issues = []
    for finding, fingerprint in reported_with_fingerprints(outcome, options):
        at = sources[finding.location.path].position(finding.location.start)
        issues.append(
            {
                "description": f"{finding.rule}: {printable(finding.message)}",
                "check_name": finding.rule,
                "fingerprint": fingerprint,
                "severity": _SEVERITIES[finding.level],
                # An issue without a path is refused; the root stands for what concerns no single file.
                "location": {"path": encodable(rebased(finding.location.path or ".", prefix)), "lines": {"begin": at.line}},
            }
        )
    return msgspec.json.format(msgspec.json.encode(issues), indent=2).decode() + "\n"
