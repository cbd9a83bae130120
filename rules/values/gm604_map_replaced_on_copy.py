"""GM604: a map field of a by-value receiver or parameter is replaced, and the caller keeps the old map."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level
from golint_maps.flow.copies import MapReplacedOnCopy
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule

RULE = Rule(
    id="GM604",
    name="map-replaced-on-copy",
    summary="a map field is replaced in a by-value receiver or parameter, and the caller keeps the old map",
    level=Level.WARNING,
    precision=Precision.HIGH,
    cwe=(563,),
    tags=("correctness",),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the replaced maps that nobody sees."""
    for fact in program.each(MapReplacedOnCopy):
        what = "The receiver" if fact.kind == "receiver" else "The parameter"
        yield RULE.finding(
            fact,
            f"`{fact.map}` is replaced in a copy, and the caller keeps the old map. "
            f"{what} `{fact.variable}` is a `{fact.held_type}` by value; the map that it gets here is gone when the function returns.",
            help=f"Take a pointer, `{fact.variable} *{fact.held_type}`, or return the changed `{fact.variable}`.",
        )
