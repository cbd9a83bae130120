"""The log: one run with its tool, rules, results and what went wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sarif_om import (
    ArtifactLocation,
    Invocation,
    Location,
    Message,
    Notification,
    PhysicalLocation,
    Region,
    Run,
    RunAutomationDetails,
    SarifLog,
    Tool,
    ToolComponent,
    ToolComponentReference,
    VersionControlDetails,
)

from golint_maps.outcome import Notice, Outcome
from golint_maps.report.options import TOOL, RenderOptions
from golint_maps.report.sarif.limits import RESULTS, by_importance, results_that_fit
from golint_maps.report.sarif.places import SOURCE_ROOT, Places
from golint_maps.report.sarif.plain import plain
from golint_maps.report.sarif.results import result
from golint_maps.report.sarif.rules import rule_descriptor, taxonomies
from golint_maps.report.selection import reported_with_fingerprints, repository_prefix
from golint_maps.report.source_text import SourceFiles
from golint_maps.report.wording import encodable

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render(outcome: Outcome, options: RenderOptions) -> str:
    """Return a compact SARIF log within GitHub's limits, the most important results first."""
    places = Places(SourceFiles(outcome.root), repository_prefix(outcome, options.source_root))
    rules = sorted(outcome.rules, key=lambda rule: rule.id)
    ids = {rule.id: index for index, rule in enumerate(rules)}
    # A result needs a file. What concerns none (a broken setting, say) is a notice, too, and comes as a notification.
    findings = [pair for pair in reported_with_fingerprints(outcome, options) if pair[0].location.path]
    findings = by_importance(findings, {rule.id: rule for rule in rules})
    results = [plain(result(finding, name, ids.get(finding.rule, -1), places, baseline=options.baseline)) for finding, name in findings[:RESULTS]]
    kept = len(results)
    while True:
        log = _log(_run(outcome, options, places, left_out=len(findings) - kept), results[:kept])
        encoded = msgspec.json.encode(log)
        fitting = results_that_fit(encoded, kept)
        if fitting == kept:
            return encoded.decode() + "\n"
        kept = fitting


def _log(run: Run, results: list[Any]) -> dict[str, Any]:
    log = plain(SarifLog(runs=[run], version="2.1.0", schema_uri=SCHEMA))
    log["runs"][0]["results"] = results
    # Readers that look at the first bytes only want to meet these two there.
    return {"$schema": log.pop("$schema"), "version": log.pop("version"), **log}


def _run(outcome: Outcome, options: RenderOptions, places: Places, *, left_out: int) -> Run:
    rules = sorted(outcome.rules, key=lambda rule: rule.id)
    weaknesses = taxonomies(rules)
    return Run(
        tool=Tool(
            driver=ToolComponent(
                name=TOOL,
                semantic_version=options.version,
                information_uri=options.homepage,
                rules=[rule_descriptor(rule, options) for rule in rules],
                supported_taxonomies=[ToolComponentReference(name=weakness.name, index=index) for index, weakness in enumerate(weaknesses)],
            )
        ),
        invocations=[_invocation(outcome, options, places, left_out)],
        results=[],
        column_kind="utf16CodeUnits",
        original_uri_base_ids={SOURCE_ROOT: plain(_source_root(outcome, options))},
        automation_details=RunAutomationDetails(id=options.category.rstrip("/") + "/") if options.category else None,
        version_control_provenance=_version_control(options),
        taxonomies=weaknesses,
    )


def _source_root(outcome: Outcome, options: RenderOptions) -> ArtifactLocation:
    uri = (options.source_root or outcome.root).resolve().as_uri() + "/" if options.provenance else None
    return ArtifactLocation(description=Message(text="The root of the repository."), uri=uri)


def _version_control(options: RenderOptions) -> list[VersionControlDetails] | None:
    repository = options.repository
    if repository is None:
        return None
    return [
        VersionControlDetails(
            repository_uri=repository.uri,
            revision_id=repository.revision or None,
            branch=encodable(repository.branch) or None,
            mapped_to=ArtifactLocation(uri_base_id=SOURCE_ROOT),
        )
    ]


def _invocation(outcome: Outcome, options: RenderOptions, places: Places, left_out: int) -> Invocation:
    notifications = [_notification(notice, places) for notice in outcome.notices]
    if left_out:
        text = f"{left_out:,} results of the least severe were left out: code scanning takes {RESULTS:,} results and 10 MB in a file."
        notifications.append(Notification(message=Message(text=text), level="warning"))
    invocation = Invocation(
        execution_successful=not any(notice.internal for notice in outcome.notices),
        tool_execution_notifications=notifications,
    )
    if options.provenance:
        ended = datetime.now(UTC)
        invocation.start_time_utc = _timestamp(ended - timedelta(seconds=outcome.totals.seconds))
        invocation.end_time_utc = _timestamp(ended)
        invocation.arguments = [encodable(argument) for argument in options.arguments]
        invocation.working_directory = ArtifactLocation(uri=outcome.root.resolve().as_uri() + "/")
    return invocation


def _timestamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _notification(notice: Notice, places: Places) -> Notification:
    location = Location(physical_location=PhysicalLocation(artifact_location=places.artifact(notice.path), region=Region(start_line=notice.line)))
    return Notification(
        message=Message(text=encodable(notice.message)),
        level="error" if notice.internal else "warning",
        locations=[location] if notice.path else None,
    )
