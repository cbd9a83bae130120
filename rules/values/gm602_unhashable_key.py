"""GM602: a map is used with a key that cannot be hashed."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level
from golint_maps.flow.hashing import UnhashableKey
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule

RULE = Rule(
    id="GM602",
    name="unhashable-key",
    summary="a slice, map or function in an interface is used as a key, which panics",
    level=Level.ERROR,
    precision=Precision.MEDIUM,
    cwe=(248,),
    tags=("correctness", "panic"),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the uses of keys that cannot be hashed."""
    for fact in program.each(UnhashableKey):
        what = f"holds a value of type {fact.type}" if fact.inside else f"is of type {fact.type}"
        yield RULE.finding(
            fact,
            f'`{fact.map}` cannot be used with the key `{fact.key}`, which {what}: it panics with "hash of unhashable type". '
            f"The compiler accepts it because the key type {fact.key_type} takes an interface; look-ups and deletes panic as stores do, "
            "also on an empty map.",
            key=f"{fact.map} {fact.key}",
            help="Make a key of strings, numbers, arrays or structs of those: join or format the elements, or use a pointer.",
        )
