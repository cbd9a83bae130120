"""`junit`: JUnit XML, for CI systems that know nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from golint_maps.findings import Finding
from golint_maps.outcome import Outcome
from golint_maps.report.concise import spot
from golint_maps.report.options import TOOL, RenderOptions
from golint_maps.report.selection import reported
from golint_maps.report.source_text import SourceFiles
from golint_maps.report.wording import encodable, printable


def render(outcome: Outcome, options: RenderOptions) -> str:
    """Return a suite for each file with findings, in it a failed (when suppressed, skipped) case for each; one passed case when there is none."""
    sources = SourceFiles(outcome.root)
    findings = sorted(reported(outcome, options), key=lambda finding: finding.location)
    return "\n".join(('<?xml version="1.0" encoding="UTF-8"?>', *_suites(findings, sources), ""))


def _suites(findings: list[Finding], sources: SourceFiles) -> Iterator[str]:
    yield f'<testsuites name="{TOOL}" {_counts(findings)}>'
    # Many readers take a report without a single case for a job that did not run.
    if not findings:
        yield f'  <testsuite name="{TOOL}" tests="1" failures="0" skipped="0">'
        yield f'    <testcase name="no findings" classname="{TOOL}" time="0"/>'
        yield "  </testsuite>"
    for path, group in groupby(findings, key=lambda finding: finding.location.path):
        in_file = list(group)
        name = _attribute(path or TOOL)
        yield f"  <testsuite name={name} {_counts(in_file)}>"
        for finding in in_file:
            yield from _case(finding, name, sources)
        yield "  </testsuite>"
    yield "</testsuites>"


def _counts(findings: list[Finding]) -> str:
    skipped = sum(finding.suppressed is not None for finding in findings)
    return f'tests="{len(findings) or 1}" failures="{len(findings) - skipped}" skipped="{skipped}"'


def _case(finding: Finding, classname: str, sources: SourceFiles) -> Iterator[str]:
    location = finding.location
    line = sources[location.path].position(location.start).line
    place = encodable(spot(location.path, location.start, sources))
    message = encodable(printable(finding.message))
    yield f'    <testcase name={_attribute(f"{finding.rule} at line {line}")} classname={classname} file={classname} line="{line}" time="0">'
    if finding.suppressed is None:
        yield f'      <failure type="{finding.level}" message={_attribute(message)}>{escape(f"{place}: {finding.rule} {message}")}</failure>'
    else:
        yield f"      <skipped message={_attribute(finding.suppressed or 'suppressed')}/>"
    yield "    </testcase>"


def _attribute(text: str) -> str:
    return quoteattr(encodable(printable(text)))
