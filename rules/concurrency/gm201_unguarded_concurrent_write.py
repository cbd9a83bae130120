"""GM201: a map is written without a lock while another goroutine may use it."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule

from ._races import guard_help, racing, replaces

RULE = Rule(
    id="GM201",
    name="unguarded-concurrent-write",
    summary="a map is written without a lock while another goroutine may use it",
    level=Level.ERROR,
    precision=Precision.HIGH,
    cwe=(362, 662),
    security=5.9,
    tags=("concurrency",),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Report writes that race with another access and hold no lock."""
    for verdict in (*program.verdicts, *program.requests):
        if verdict.kind == "write":
            what = "a data race, and what goes into the old map is lost" if replaces(verdict) else "fatal error, concurrent map writes"
            title = f"`{verdict.access.map}` is written without a lock while another goroutine may use it: {what}."
            yield racing(RULE, program, verdict, title, guard_help(verdict))
