"""GM506: a fresh sync.Map is assigned over one that is in use."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level
from golint_maps.flow.syncmaps import SyncMapReassigned
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule

RULE = Rule(
    id="GM506",
    name="syncmap-reassigned",
    summary="a fresh sync.Map is assigned over one that other goroutines may be using",
    level=Level.WARNING,
    precision=Precision.MEDIUM,
    cwe=(362,),
    tags=("concurrency",),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the assignments outside of constructors."""
    for fact in program.each(SyncMapReassigned):
        if fact.go >= (1, 23):
            instead = f"`{fact.map.lstrip('*')}.Clear()` empties it and may be called at any time."
        else:
            instead = "Delete all keys inside of `Range`, or hold the map by an `atomic.Pointer` and exchange that. Go 1.23 has `Clear()`."
        yield RULE.finding(
            fact,
            f"`{fact.map}` is overwritten with an empty sync.Map. "
            "The assignment is no atomic step: it replaces the insides, locks included, while other goroutines may be in one of the methods.",
            key=f"reassigned {fact.map}",
            help=instead,
        )
