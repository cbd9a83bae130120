"""An outcome as it looks from another folder than its root: paths that lead from where somebody stands."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from golint_maps.builtin_rules import ANALYSIS_INCOMPLETE

if TYPE_CHECKING:
    from collections.abc import Callable

    from golint_maps.findings import Finding, Location
    from golint_maps.outcome import Outcome

    Rebase = Callable[[str], str]


def seen_from(outcome: Outcome, folder: Path) -> Outcome:
    """Return the outcome with `folder` as its root. Where no relative path leads (other drives of Windows), paths stay as they are."""
    if outcome.root == folder:
        return outcome
    try:
        way = os.path.relpath(outcome.root, folder)
    except ValueError:
        return outcome

    @cache
    def rebase(path: str) -> str:
        return os.path.normpath(os.path.join(way, path)).replace(os.sep, "/") if path else ""

    return replace(
        outcome,
        root=folder,
        findings=tuple(_finding(finding, rebase) for finding in outcome.findings),
        notices=tuple(replace(notice, path=rebase(notice.path)) for notice in outcome.notices),
        reading=replace(outcome.reading, passed=tuple((rebase(path), why) for path, why in outcome.reading.passed)),
    )


def _finding(finding: Finding, rebase: Rebase) -> Finding:
    def at(location: Location) -> Location:
        return replace(location, path=rebase(location.path))

    message, path = finding.message, finding.location.path
    if finding.rule == ANALYSIS_INCOMPLETE.id and path and message.startswith(f"{path} "):
        message = rebase(path) + message[len(path) :]
    return replace(
        finding,
        message=message,
        location=at(finding.location),
        traces=tuple(replace(trace, steps=tuple(replace(step, location=at(step.location)) for step in trace.steps)) for trace in finding.traces),
        related=tuple(replace(related, location=at(related.location)) for related in finding.related),
        fixes=tuple(replace(fix, edits=tuple(replace(edit, location=at(edit.location)) for edit in fix.edits)) for fix in finding.fixes),
    )
