"""GM509: CompareAndSwap or CompareAndDelete with an old value that cannot be compared."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level
from golint_maps.flow.syncmaps import SyncMapComparison
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule

RULE = Rule(
    id="GM509",
    name="syncmap-incomparable-old",
    summary="CompareAndSwap or CompareAndDelete compares values that cannot be compared, and panics",
    level=Level.ERROR,
    precision=Precision.MEDIUM,
    cwe=(248,),
    tags=("correctness", "panic"),
)

_WHOSE = {
    "old": "The old value is of type {type}",
    "new": "The old value comes out of the map, into which this call puts values of type {type}",
    "stored": "The old value comes out of the map, into which the package puts values of type {type}",
}


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the calls that panic as soon as they find the key."""
    for fact in program.each(SyncMapComparison):
        holds = "" if fact.part == fact.type else f", which holds a {fact.part}"
        yield RULE.finding(
            fact,
            f"`{fact.map}.{fact.method}` panics when it finds the key: the old value cannot be compared with `==`. "
            f"{_WHOSE[fact.side].format(type=fact.type)}{holds}.",
            key=f"{fact.method} {fact.map}",
            help="Store pointers, or a comparable value (a version number, a struct of strings and numbers), and compare those.",
        )
