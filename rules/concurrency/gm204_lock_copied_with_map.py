"""GM204: a mutex is copied together with the map that it guards."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level
from golint_maps.flow.lock_copies import LockCopied
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule

RULE = Rule(
    id="GM204",
    name="lock-copied-with-map",
    summary="a mutex is copied together with the map that it guards",
    level=Level.ERROR,
    precision=Precision.MEDIUM,
    cwe=(362, 662),
    security=5.9,
    tags=("concurrency",),
)

_COPIES = {
    "receiver": "The receiver `{variable} {held_type}` is a copy in each call",
    "param": "The parameter `{variable} {held_type}` is a copy in each call",
    "range": "The range variable `{variable}` is a copy in each turn of the loop",
    "assignment": "`{variable}` is a copy",
    "field": "`{variable}` is a copy",
}
_INSTEAD = {
    "receiver": "Declare the method with a pointer receiver, `{variable} *{held_type}`.",
    "param": "Take a pointer, `{variable} *{held_type}`.",
    "range": "Range over the index and take the address of the element, or keep pointers in the container.",
    "assignment": "Take a pointer instead of a copy; for a snapshot make a new struct, with a clone of the map.",
    "field": "Keep a pointer in the field, `*{held_type}`.",
}


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Report copies of a lock and its map, where somebody changes the map."""
    for fact in program.each(LockCopied):
        if not any(program.guarding.written(identity) for identity in fact.maps):
            continue
        words = {"variable": fact.variable, "held_type": fact.held_type}
        what = (
            f"What locks `{fact.lock}` here excludes nobody else, so accesses to the map race."
            if fact.locked
            else "The map is used through the copy without the lock that the others hold, so accesses to it race."
        )
        yield RULE.finding(
            fact,
            f"`{fact.lock}` is copied together with `{fact.map}`, so it no longer guards it. {_COPIES[fact.kind].format(**words)}: it has a mutex of "
            f"its own, but the same map as the original. {what}",
            key=f"{fact.kind} {fact.variable}",
            help=_INSTEAD[fact.kind].format(**words),
        )
