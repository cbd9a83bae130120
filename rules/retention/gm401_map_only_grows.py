"""GM401: a map that lives as long as the process gets entries without end, and loses none."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule, locate

from ._growing import keeps, only_grows

RULE = Rule(
    id="GM401",
    name="map-only-grows",
    summary="a map that lives as long as the process gets entries without end, and loses none",
    level=Level.WARNING,
    precision=Precision.MEDIUM,
    cwe=(401, 770),
    security=4.3,
    tags=("retention",),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Report each map that only grows, or that keeps what it should lose, at its declaration."""
    seen = set()
    for finding in only_grows(program, RULE, sync=False):
        seen.add(finding.location)
        yield finding
    for kept in program.kept_entries:
        if locate(kept.declared) not in seen:
            yield keeps(RULE, kept)
