"""`json`: one document with everything, for programs. `records.py` names the fields."""

from __future__ import annotations

import msgspec

from golint_maps.outcome import Outcome
from golint_maps.report.options import TOOL, RenderOptions
from golint_maps.report.records import finding_record, notice_record, totals_record
from golint_maps.report.selection import reported_with_fingerprints
from golint_maps.report.source_text import SourceFiles

FORMAT_VERSION = 1
"""Goes up when a field changes its meaning or goes away; a new field does not raise it."""


def render(outcome: Outcome, options: RenderOptions) -> str:
    """Return `{version, tool, findings, notices, totals}`."""
    sources = SourceFiles(outcome.root)
    names = {rule.id: rule.name for rule in outcome.rules}
    document = {
        "version": FORMAT_VERSION,
        "tool": {"name": TOOL, "version": options.version},
        "findings": [finding_record(finding, name, names, sources) for finding, name in reported_with_fingerprints(outcome, options)],
        "notices": [notice_record(notice) for notice in outcome.notices],
        "totals": totals_record(outcome),
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"
