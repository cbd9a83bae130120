"""GM108: a field of a range loop's copy of a map value is written, and the write is lost."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level, Related
from golint_maps.flow.copies import LostWrite
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule, locate

RULE = Rule(
    id="GM108",
    name="write-to-range-copy",
    summary="a write to the loop's own copy of a map value is lost",
    level=Level.WARNING,
    precision=Precision.MEDIUM,
    cwe=(563,),
    tags=("correctness", "iteration"),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the writes to range variables that nobody sees."""
    for fact in program.each(LostWrite):
        if fact.kind != "range":
            continue
        key = fact.key or "key"
        also = "" if fact.key else f", with the key named in the loop: `for {key}, {fact.variable} := range {fact.map}`"
        yield RULE.finding(
            fact,
            f"`{fact.written}` is written in a copy of the value of `{fact.map}`, and the write is lost. "
            f"`{fact.variable}` is a copy of one value for one turn of the loop; nothing stores it back or looks at it before it is dropped.",
            key=fact.written,
            related=(Related(locate(fact.copy), f"`{fact.variable}` is copied here in each turn"),),
            help=f"Store the changed copy back, `{fact.map}[{key}] = {fact.variable}`{also}; or keep pointers in the map.",
        )
