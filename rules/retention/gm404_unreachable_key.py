"""GM404: an entry is stored under a key that cannot be found again."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level, Related
from golint_maps.flow.hashing import UnreachableKey
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule, locate

RULE = Rule(
    id="GM404",
    name="unreachable-key",
    summary="an entry is stored under a key that cannot be found again",
    level=Level.WARNING,
    precision=Precision.MEDIUM,
    cwe=(401,),
    tags=("memory", "correctness"),
)

_MESSAGES = {
    "nan": "The key `{key}` of `{map}` may be NaN, which is not equal to itself: `{source}` can give it. "
    "Each NaN is an entry of its own that no look-up finds and no delete removes; only `clear` or a new map gets rid of it.",
    "time": "The key `{key}` of `{map}` is a time that still has the monotonic reading of `{source}`. "
    "`==` compares that reading and the location as well, so no other time is equal to it, whatever its clock shows.",
    "pointer": "The key `{key}` of `{map}` is the address of a new object that nobody keeps. "
    "No other pointer is equal to it, so the entry is never found and never removed.",
    "clock": "The key `{key}` of `{map}` is a reading of the clock, used as a unique id. "
    "Two events may read the same time, for clocks advance in steps, and then the second takes the first one's place.",
}

_INSTEAD = {
    "nan": "Turn NaN away before (`math.IsNaN`), or use a whole number as key.",
    "time": "Use a number (`t.UnixNano()`), or bring all keys to one form: `t.UTC()` strips the monotonic reading, `t.UTC().Truncate(d)` rounds too.",
    "pointer": "Use the value itself as key, or keep the pointer where the entry is looked up later.",
    "clock": "Count: an `atomic.Int64` is unique within the process; random or combined ids are beyond it.",
}


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the inserts under such keys."""
    for fact in program.each(UnreachableKey):
        related = (Related(locate(fact.origin), "what makes the key"),) if fact.origin != fact.place and fact.key != fact.source else ()
        yield RULE.finding(
            fact,
            _MESSAGES[_kind(fact)].format(key=fact.key, map=fact.map, source=fact.source),
            level=Level.NOTE if fact.kind in ("clock", "text") else None,
            key=f"{fact.kind} {fact.map} {fact.key}",
            related=related,
            help=_INSTEAD[_kind(fact)],
        )


def _kind(fact: UnreachableKey) -> str:
    return "nan" if fact.kind == "text" else fact.kind
