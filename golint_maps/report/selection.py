"""Which findings a report shows, and the paths it gives them."""

from __future__ import annotations

import os
from pathlib import Path

from golint_maps.findings import Finding
from golint_maps.outcome import Outcome
from golint_maps.report.fingerprints import stable_fingerprints
from golint_maps.report.options import RenderOptions


def reported(outcome: Outcome, options: RenderOptions) -> list[Finding]:
    """Return the findings to show: those that stand, and the suppressed ones when they are asked for."""
    return [finding for finding in outcome.findings if options.show_suppressed or finding.suppressed is None]


def reported_with_fingerprints(outcome: Outcome, options: RenderOptions) -> list[tuple[Finding, str]]:
    """Return the findings to show, each with its `golintMaps/v1` fingerprint."""
    pairs = zip(outcome.findings, stable_fingerprints(outcome.findings), strict=True)
    return [(finding, name) for finding, name in pairs if options.show_suppressed or finding.suppressed is None]


def repository_prefix(outcome: Outcome, source_root: Path | None) -> str:
    """Return what to put before a path of the run to make it relative to the source root: empty, or a directory with a final `/`."""
    if source_root is None:
        return ""
    root, base = outcome.root.resolve(), source_root.resolve()
    if root == base or not root.is_relative_to(base):
        return ""
    return root.relative_to(base).as_posix() + "/"


def rebased(path: str, prefix: str) -> str:
    """Return the path below the prefix, without `.` and `..` parts."""
    return os.path.normpath(prefix + path).replace(os.sep, "/") if prefix or "./" in path else path
