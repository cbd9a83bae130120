"""Findings as plain records: what `json` and `jsonl` write. Keys are part of the contract and keep their order.

Lines and columns are 1-based, columns count code points, `end` is the place after the last character.

A finding: `rule`, `name`, `level` (`error`, `warning`, `note`), `message`, `path`, `start`, `end` (each `line` and `column`), `map`, `function`,
`package`, `help`, `traces` (each `name` and `steps`), `related`, `fixes` (each `message`, `safety` and `edits`), `fingerprint`, `suppressed` (the
reason, or null when the finding stands). A step and a related place have `path`, `start`, `end`, `message`; an edit has `text` for `message`.
"""

from __future__ import annotations

from collections.abc import Mapping

from golint_maps.findings import Finding, Level, Location
from golint_maps.outcome import Notice, Outcome
from golint_maps.report.source_text import Position, SourceFiles
from golint_maps.report.wording import encodable

Record = dict[str, object]


def finding_record(finding: Finding, fingerprint: str, names: Mapping[str, str], sources: SourceFiles) -> Record:
    """Return the record of a finding. `names` maps rule ids to rule names."""
    return {
        "rule": finding.rule,
        "name": names.get(finding.rule, ""),
        "level": finding.level.value,
        "message": encodable(finding.message),
        **_place(finding.location, sources),
        "map": encodable(finding.map),
        "function": encodable(finding.function),
        "package": encodable(finding.package),
        "help": encodable(finding.help),
        "traces": [
            {"name": encodable(trace.name), "steps": [_annotated(step.location, step.message, sources) for step in trace.steps]}
            for trace in finding.traces
        ],
        "related": [_annotated(related.location, related.message, sources) for related in finding.related],
        "fixes": [
            {
                "message": encodable(fix.message),
                "safety": fix.safety.value,
                "edits": [{**_place(edit.location, sources), "text": encodable(edit.text)} for edit in fix.edits],
            }
            for fix in finding.fixes
        ],
        "fingerprint": fingerprint,
        "suppressed": None if finding.suppressed is None else encodable(finding.suppressed),
    }


def notice_record(notice: Notice) -> Record:
    """Return the record of a notice: `path` (possibly empty), `line`, `message`, `internal`."""
    return {"path": encodable(notice.path), "line": notice.line, "message": encodable(notice.message), "internal": notice.internal}


def totals_record(outcome: Outcome) -> Record:
    """Return counts: `packages`, `files`, `lines`, then findings that stand by level, then `suppressed`. No time: equal runs, equal bytes."""
    standing = [finding.level for finding in outcome.findings if finding.suppressed is None]
    totals = outcome.totals
    return {
        "packages": totals.packages,
        "files": totals.files,
        "lines": totals.lines,
        "errors": standing.count(Level.ERROR),
        "warnings": standing.count(Level.WARNING),
        "notes": standing.count(Level.NOTE),
        "suppressed": len(outcome.findings) - len(standing),
    }


def _annotated(location: Location, message: str, sources: SourceFiles) -> Record:
    return {**_place(location, sources), "message": encodable(message)}


def _place(location: Location, sources: SourceFiles) -> Record:
    source = sources[location.path]
    start = source.position(location.start)
    end = source.position(location.end) if source.holds(location) else start
    return {"path": encodable(location.path), "start": _point(start), "end": _point(end)}


def _point(position: Position) -> Record:
    return {"line": position.line, "column": position.column}
