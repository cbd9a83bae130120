"""GM508: a sync.Map that lives as long as the process gets entries without end, and loses none."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule

from ..retention._growing import only_grows  # noqa: TID252 - the same in a checkout and in a wheel

RULE = Rule(
    id="GM508",
    name="syncmap-only-grows",
    summary="a sync.Map that lives as long as the process gets entries without end, and loses none",
    level=Level.WARNING,
    precision=Precision.MEDIUM,
    cwe=(401, 770),
    security=4.3,
    tags=("sync-map", "retention"),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Report each sync.Map that only grows, at its declaration."""
    yield from only_grows(program, RULE, sync=True)
