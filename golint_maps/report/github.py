"""`github`: workflow commands, which a GitHub Actions job turns into annotations of the pull request."""

from __future__ import annotations

from golint_maps.findings import Finding, Level
from golint_maps.outcome import Outcome
from golint_maps.report.concise import spot, suppression
from golint_maps.report.options import RenderOptions
from golint_maps.report.selection import rebased, reported, repository_prefix
from golint_maps.report.source_text import SourceFiles
from golint_maps.report.wording import encodable, printable

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}


def render(outcome: Outcome, options: RenderOptions) -> str:
    """Return one command for each finding, the worst first: only the first ten of a level become annotations of a step."""
    sources = SourceFiles(outcome.root)
    names = {rule.id: rule.name for rule in outcome.rules}
    prefix = repository_prefix(outcome, options.source_root)
    findings = sorted(reported(outcome, options), key=lambda finding: finding.level.rank)
    return "".join(f"{_command(finding, names.get(finding.rule, ''), prefix, sources)}\n" for finding in findings)


def _command(finding: Finding, name: str, prefix: str, sources: SourceFiles) -> str:
    location = finding.location
    properties = {"title": f"{finding.rule} {name}".rstrip()}
    if location.path:
        source = sources[location.path]
        start = source.position(location.start)
        end = source.position(source.on_one_line(location)[1]) if source.holds(location) else start
        properties |= {
            "file": encodable(rebased(location.path, prefix)),
            "line": str(start.line),
            "col": str(start.column),
            "endLine": str(end.line),
            "endColumn": str(end.column),
        }
    listed = ",".join(f"{key}={_escaped(value).replace(':', '%3A').replace(',', '%2C')}" for key, value in properties.items())
    # The log of the job shows the text only, so the text says the place as well.
    place = spot(location.path, location.start, sources)
    text = f"{place}: {finding.rule} " if place else f"{finding.rule} "
    return f"::{_COMMANDS[finding.level]} {listed}::{_escaped(text + printable(finding.message) + suppression(finding))}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
