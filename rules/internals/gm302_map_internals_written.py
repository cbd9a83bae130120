"""GM302: the runtime's own state of a map is written."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level
from golint_maps.flow.internals.facts import MapInternalsWritten
from golint_maps.flow.internals.tables import FIRST_SWISS
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule

RULE = Rule(
    id="GM302",
    name="map-internals-written",
    summary="the runtime's own state of a map is written through unsafe memory",
    level=Level.ERROR,
    precision=Precision.HIGH,
    cwe=(787,),
    security=8.0,
    tags=("correctness", "unsafe"),
)

_EFFECTS = {
    "count": "The tables keep their entries, only `len` lies.",
    "used": "The tables keep their entries, only `len` lies.",
    "flags": "The mark of a running write is lost or made up: the next access dies of `concurrent map writes`, or a real race goes unnoticed.",
    "writing": "The mark of a running write is lost or made up: the next access dies of `concurrent map writes`, or a real race goes unnoticed.",
    "hash0": "Keys that are in the map already can no longer be found.",
    "seed": "Keys that are in the map already can no longer be found.",
    "B": "Keys are looked for in other buckets than they lie in.",
    "tophash": "The slot's key can no longer be found, while the map still counts it; an impossible mark makes the next growth throw.",
    "overflow": "Entries behind it are lost, or the collector follows a bad pointer.",
}


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the writes, with what lies there in the file's version of Go and in the newest."""
    for fact in program.each(MapInternalsWritten):
        through = " atomically, which changes nothing about that," if fact.atomic else ""
        of = f" of `{fact.map}`" if fact.map else ""
        yield RULE.finding(
            fact,
            f"`{fact.target}` is written{through} behind the runtime's back: it is state{of} that only the runtime may change. {_effect(fact)}",
            key=fact.target,
            help="Change the map through the language only: `m[k] = v`, `delete`, `clear`, or a fresh `make`.",
        )


def _effect(fact: MapInternalsWritten) -> str:
    if fact.short:
        return "One indirection is missing, so this overwrites the map's pointer, or the variable beside it."
    parts = []
    if fact.then:
        parts.append(f"With Go 1.{fact.go} this is {fact.then}.")
    if fact.now and fact.now != fact.then:
        parts.append(f"With Go 1.{fact.newest} it is {fact.now}.")
    if fact.go < FIRST_SWISS or not fact.then:
        parts.append(_EFFECTS.get(fact.field, ""))
    elif "seed" in fact.then:
        parts.append(_EFFECTS["seed"])
    elif fact.field in ("used", "writing"):
        parts.append(_EFFECTS[fact.field])
    parts.append("The runtime's detection of concurrent writes does not see it, and nothing recovers from the damage.")
    return " ".join(part for part in parts if part)
