"""`jsonl`: one finding for each line, for streams and `grep`. `records.py` names the fields."""

from __future__ import annotations

import msgspec

from golint_maps.outcome import Outcome
from golint_maps.report.options import RenderOptions
from golint_maps.report.records import finding_record
from golint_maps.report.selection import reported_with_fingerprints
from golint_maps.report.source_text import SourceFiles


def render(outcome: Outcome, options: RenderOptions) -> str:
    """Return one compact record for each finding, each on a line of its own."""
    sources = SourceFiles(outcome.root)
    names = {rule.id: rule.name for rule in outcome.rules}
    records = (finding_record(finding, name, names, sources) for finding, name in reported_with_fingerprints(outcome, options))
    return msgspec.json.Encoder().encode_lines(records).decode()
