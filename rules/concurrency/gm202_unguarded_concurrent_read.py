"""GM202: a map is read without a lock while another goroutine may write it."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule

from ._races import guard_help, racing, replaces

RULE = Rule(
    id="GM202",
    name="unguarded-concurrent-read",
    summary="a map is read without a lock while another goroutine may write it",
    level=Level.ERROR,
    precision=Precision.HIGH,
    cwe=(362, 662),
    security=5.9,
    tags=("concurrency",),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Report reads that race with a write and hold no lock."""
    for verdict in program.verdicts:
        if verdict.kind == "read":
            fatal = "concurrent map iteration and map write" if verdict.access.op in ("range", "walk") else "concurrent map read and map write"
            fatal = f"fatal error, {fatal}"
            if replaces(verdict):
                fatal = "the two race, and the old map may stay in use"
            elif "len" in (verdict.access.op, verdict.other.access.op if verdict.other is not None else ""):
                fatal = "a data race, though `len` itself does not crash"
            title = f"`{verdict.access.map}` is read without a lock while another goroutine may write it: {fatal}."
            yield racing(RULE, program, verdict, title, guard_help(verdict))
