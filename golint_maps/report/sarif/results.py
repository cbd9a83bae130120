"""One finding as one result."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sarif_om import (
    ArtifactChange,
    ArtifactContent,
    CodeFlow,
    Fix,
    Location,
    LogicalLocation,
    Message,
    Replacement,
    Result,
    Suppression,
    ThreadFlow,
    ThreadFlowLocation,
)

from golint_maps import findings
from golint_maps.findings import Finding, Related, Safety, Trace
from golint_maps.report.sarif.limits import LOCATIONS, shortened
from golint_maps.report.sarif.places import Places
from golint_maps.report.wording import encodable

_LINKED = 20
"""Related places beyond so many stay in the result but are not linked from the message, which has to be read."""

_CODE = re.compile(r"(`[^`\n]+`)")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~])")


def result(finding: Finding, fingerprint: str, rule_index: int, places: Places, *, baseline: bool) -> Result:
    """Return the result of a finding that has a place in a file."""
    related = finding.related[: LOCATIONS - 1]
    traces = shortened(finding.traces)
    return Result(
        message=_message(finding.message, related),
        rule_id=finding.rule,
        rule_index=rule_index,
        level=finding.level.value,
        locations=[Location(physical_location=places.primary(finding.location), logical_locations=_logical(finding))],
        related_locations=[
            Location(id=number, physical_location=places.step(place.location), message=Message(text=_escaped(place.message)))
            for number, place in enumerate(related, 1)
        ],
        code_flows=[CodeFlow(thread_flows=[_thread_flow(trace, places) for trace in traces])] if traces else None,
        partial_fingerprints={"primaryLocationLineHash": places.line_hash(finding.location), "golintMaps/v1": fingerprint},
        fixes=_fixes(finding.fixes, places),
        baseline_state="new" if baseline else None,
        suppressions=None if finding.suppressed is None else [_suppression(finding.suppressed)],
    )


def _message(text: str, related: Sequence[Related]) -> Message:
    plain = _escaped(text)
    if not related:
        return Message(text=plain)
    # Only linked places are shown; what the reader needs to see has to be named in the message.
    linked = related[:_LINKED]
    return Message(
        text=f"{plain} {_see([f'[{_escaped(place.message)}]({number})' for number, place in enumerate(linked, 1)])}",
        markdown=f"{_markdown(text)} {_see([f'[{_markdown(place.message)}]({number})' for number, place in enumerate(linked, 1)])}",
    )


def _see(links: list[str]) -> str:
    return f"See {links[0]}." if len(links) == 1 else f"See {', '.join(links[:-1])} and {links[-1]}."


def _escaped(text: str) -> str:
    """Escape what would open a link in a message of plain text."""
    return encodable(text).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _markdown(text: str) -> str:
    """Escape what Markdown would take for markup, except the backticks around names: they are meant to show as code, where nothing is escaped."""
    pieces = _CODE.split(encodable(text))
    return "".join(piece if number % 2 else _MARKDOWN.sub(r"\\\1", piece) for number, piece in enumerate(pieces))


def _logical(finding: Finding) -> list[LogicalLocation]:
    named = ((finding.function, "function"), (finding.map, "variable"))
    return [LogicalLocation(name=_last_part(name), fully_qualified_name=encodable(name), kind=kind) for name, kind in named if name]


def _last_part(qualified: str) -> str:
    return encodable(qualified.rsplit(".", 1)[-1]) or encodable(qualified)


def _thread_flow(trace: Trace, places: Places) -> ThreadFlow:
    return ThreadFlow(
        message=Message(text=_escaped(trace.name)) if trace.name else None,
        locations=[
            ThreadFlowLocation(location=Location(physical_location=places.step(step.location), message=Message(text=_escaped(step.message))))
            for step in trace.steps
        ],
    )


def _fixes(fixes: Sequence[findings.Fix], places: Places) -> list[Fix]:
    """Return the fixes that a program could apply: those that only show what to do, and those that change nothing, are left out."""
    applicable = []
    for fix in fixes:
        changes = list(_changes(fix, places)) if fix.safety is not Safety.DISPLAY else []
        if changes:
            applicable.append(Fix(description=Message(text=_escaped(fix.message)), artifact_changes=changes))
    return applicable


def _changes(fix: findings.Fix, places: Places) -> Iterator[ArtifactChange]:
    replacements: dict[str, list[Replacement]] = {}
    for edit in sorted(fix.edits, key=lambda edit: edit.location):
        region = places.replaced(edit.location)
        if region is None:
            return
        if edit.text != places.text(edit.location):
            inserted = ArtifactContent(text=encodable(edit.text))
            replacements.setdefault(edit.location.path, []).append(Replacement(deleted_region=region, inserted_content=inserted))
    for path, in_file in replacements.items():
        yield ArtifactChange(artifact_location=places.artifact(path), replacements=in_file)


def _suppression(reason: str) -> Suppression:
    return Suppression(kind="inSource", justification=encodable(reason) or None)
