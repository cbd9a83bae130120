"""GM601: a map is written that is nil."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from golint_maps.findings import Finding, Level, Related
from golint_maps.flow.nilness import NilWrite, ZeroValueCall, ZeroValueWrite
from golint_maps.flow.support import serves_tests
from golint_maps.program import Place, Program
from golint_maps.rule import Precision, Rule, locate

RULE = Rule(
    id="GM601",
    name="nil-map-write",
    summary="a map is written that is nil on every path, or on some",
    level=Level.ERROR,
    precision=Precision.MEDIUM,
    cwe=(476,),
    tags=("correctness", "panic"),
)

_WHY = {
    "declared": "`var {subject}` declares a map and does not make one",
    "result": "the named result `{subject}` starts as nil, and naming it does not make it",
    "assigned": "it was set to nil",
    "cleared": "`{subject}` sets it to nil",
    "literal": "the value was built without it, so it is the zero value",
    "inner": "the outer map was made, but nothing stored a map under this key",
    "element": "the slice was made, but nothing stored a map in its elements",
    "missing": "the look-up found nothing, so it is the zero value",
    "asserted": "what is asserted is no such map, and then it is the zero value",
    "compared": "the condition has just found it nil",
    "decoded": "`{subject}` leaves it nil when the text is `null`, also when it was made before",
    "stored": "`{subject}` leaves it nil when the text is `null`, also when it was made before",
    "absent": "`{subject}` leaves it nil when the text has no such member, or `null` for it",
    "returned": "`{subject}` always returns nil",
    "sometimes": "`{subject}` returns nil, and no error, when what it is given is empty",
    "handed": "a caller hands in `{subject}`, whose map was never made",
    "field": "nothing in the package ever makes the field `{subject}`: no assignment, no composite literal",
    "failed": "`{subject}` returned an error, and then the map beside it is nil",
    "ignored": "`{subject}` makes it, unless it returns an error, which nobody looks at here",
    "empty": "`{subject}` is empty here, and a nil map is empty too",
    "unfound": "`{subject}` has not got this key, and a nil map has none; who hands it in need not have made it",
    "cloned": "a clone of a nil map is nil, and who hands in `{subject}` need not have made it",
    "checked": "a condition below asks whether it is nil, after it was stored to",
    "reset": "`{subject}` sets it to nil, and nothing asks for that after the lock is taken here",
    "taken": "`{subject}` leaves nil in its place, and nothing makes another one",
    "optional": "nothing in the package ever makes the exported field `{subject}`, so it is nil unless another package sets it",
    "late": "`{subject}` makes it where it is nil before it stores to it, and this function does not",
    "reflected": "`{subject}` is what a caller's pointer leads to, and nothing here asks whether that map is nil",
    "variable": "nothing in the package ever assigns a map to the variable `{subject}`",
}

_WHERE = {
    "declared": "declared here",
    "result": "the named result",
    "assigned": "set to nil here",
    "cleared": "set to nil by this call",
    "literal": "built here",
    "inner": "the map without elements",
    "element": "the slice of nil maps",
    "missing": "the look-up that found nothing",
    "asserted": "the assertion",
    "compared": "found nil here",
    "decoded": "decoded here",
    "stored": "decoded here",
    "absent": "decoded here",
    "returned": "returned by this call",
    "sometimes": "returned by this call",
    "failed": "the call that may fail",
    "ignored": "the call whose error is ignored",
    "empty": "found empty here",
    "unfound": "looked up here",
    "cloned": "cloned here",
    "checked": "asked here",
    "handed": "handed in here",
}

_MADE_ELSEWHERE = frozenset(("empty", "unfound", "cloned"))
"""Causes that tell of a field which the package of its struct may well make."""


_LEFT_TO_OTHERS = frozenset(("stored", "reset", "cloned", "unfound"))
"""Causes that leave it to others whether the map has been made."""


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the writes to nil maps: an error where every path to the write leaves the map nil, else a warning."""
    handed: set[Place] = set()
    for fact in (*program.each(NilWrite), *_on_zero_values(program)):
        if fact.cause == "handed":
            if fact.place in handed:
                continue  # one caller is enough
            handed.add(fact.place)
        if fact.cause in _MADE_ELSEWHERE and program.makes(fact.owner):
            continue  # whoever has such a struct has got it from there
        if fact.source and program.gives(fact.source, fact.package):
            continue  # another package does what this one leaves to others
        why = _WHY[fact.cause].format(subject=fact.subject)
        state = "is nil here, and" if fact.sure else "may be nil here, and then"
        does = (
            "the write panics"
            if not fact.call
            else f"`{fact.call}` panics"
            if fact.always
            else f"`{fact.call}` panics when there is anything to copy"
        )
        path = "" if fact.sure else "on some path "
        message = f"`{fact.map}` {state} {does}: {path}{why}."
        related = (Related(locate(fact.origin), _WHERE[fact.cause]),) if fact.cause in _WHERE else ()
        yield RULE.finding(
            fact,
            message + " Reading, ranging over and deleting from a nil map are fine; storing is not.",
            level=Level.ERROR if fact.sure and fact.always else Level.NOTE if _may_be_made(fact) else Level.WARNING,
            related=related,
            help=_help(fact),
        )


def _on_zero_values(program: Program) -> Iterator[NilWrite]:
    """Yield the writes of methods that another package calls on a zero value."""
    writes: dict[str, list[NilWrite]] = {}
    for fact in program.each(ZeroValueWrite):
        writes.setdefault(fact.id, []).append(fact.write)
    for call in program.each(ZeroValueCall):
        for write in writes.get(call.id, ()):
            yield structs.replace(write, cause="handed", subject=call.subject, origin=call.place)


def _may_be_made(fact: NilWrite) -> bool:
    """Tell whether others may well have made the map, or keep `null` out of a text: one that is read from a stream comes from outside, as a rule.

    What serves tests stops one at worst, on data that the test has chosen.
    """
    kept = fact.cause in ("decoded", "absent") and not fact.subject.endswith("Decode")
    return kept or serves_tests(fact.package) or fact.cause in _LEFT_TO_OTHERS


def _help(fact: NilWrite) -> str:
    if fact.cause in ("inner", "missing") or "[" in fact.map:
        return f"Make the inner map when there is none: `if {fact.map} == nil {{ {fact.map} = make(…) }}`."
    if fact.cause in ("field", "handed"):
        return f"Make it in the constructor, or before the write: `if {fact.map} == nil {{ {fact.map} = make(…) }}`."
    if fact.cause in ("decoded", "stored", "absent"):
        return f"After decoding: `if {fact.map} == nil {{ {fact.map} = make(…) }}`."
    return f"Make the map before the first write: `{fact.map} = make(…)`."
