"""GM503: a `sync.Map`, or a value that holds one, is copied."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level
from golint_maps.flow.copies import SyncMapCopied
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule

RULE = Rule(
    id="GM503",
    name="syncmap-copied",
    summary="a sync.Map, or a value that holds one, is copied",
    level=Level.ERROR,
    precision=Precision.MEDIUM,
    cwe=(362,),
    tags=("concurrency", "correctness"),
)

_HOW = {
    "receiver": "each call of the method copies its receiver",
    "param": "each call of the function copies its argument",
    "range": "each turn of the loop copies the element",
    "assignment": "the assignment copies it",
    "return": "the return copies it",
    "interface": "an interface gets a copy of it",
    "element": "what is built here gets a copy of it",
    "send": "the send copies it",
}

_INSTEAD = {
    "receiver": "Give the method a pointer receiver.",
    "param": "Take a pointer.",
    "range": "Range over the index or key only and use the element in place.",
    "return": "Return a pointer; for a snapshot, return a plain map that is filled by `Range`.",
    "interface": "Hand on a pointer.",
}


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the copies."""
    for fact in program.each(SyncMapCopied):
        what = f"`{fact.map}` holds a sync.Map (`{fact.holds}`)" if fact.holds else f"`{fact.map}` is a sync.Map"
        yield RULE.finding(
            fact,
            f"{what} and is copied: {_HOW[fact.kind]}. "
            "A sync.Map must not be copied after first use: what is stored through the one may be seen, lost or corrupted by the other.",
            key=f"{fact.kind} {fact.map}",
            help=_INSTEAD.get(fact.kind, "Use a pointer to it, or fill a plain map by `Range`."),
        )
