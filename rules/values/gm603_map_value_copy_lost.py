"""GM603: a copy of a map value is looked up and changed, and the change is lost."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level, Related
from golint_maps.flow.copies import LostWrite
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule, locate

RULE = Rule(
    id="GM603",
    name="map-value-copy-lost",
    summary="a change to a looked-up copy of a map value is lost",
    level=Level.WARNING,
    precision=Precision.HIGH,
    cwe=(563,),
    tags=("correctness",),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the writes to looked-up values that nobody sees."""
    for fact in program.each(LostWrite):
        if fact.kind != "look-up":
            continue
        what = "array" if fact.array else "struct"
        yield RULE.finding(
            fact,
            f"`{fact.written}` is written in a copy, and the value in `{fact.map}` stays as it was. "
            f"`{fact.variable}` holds a copy of the {what} that was looked up; nothing stores it back or looks at it after the write.",
            key=fact.written,
            related=(Related(locate(fact.copy), f"`{fact.variable}` is copied out of `{fact.map}` here"),),
            help=f"Store the changed copy back, `{fact.map}[{fact.key}] = {fact.variable}`; or keep pointers in the map.",
        )
