"""GM303: addresses within a map's memory are computed."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level
from golint_maps.flow.internals.facts import MapMemoryArithmetic
from golint_maps.flow.internals.tables import FIRST_SWISS
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule

RULE = Rule(
    id="GM303",
    name="map-memory-arithmetic",
    summary="addresses within a map's header or buckets are computed by hand",
    level=Level.ERROR,
    precision=Precision.HIGH,
    cwe=(468, 119),
    security=7.0,
    tags=("correctness", "unsafe"),
)

_TITLES = {
    "add": "An address within the memory of {map} is computed by hand.",
    "slice": "The memory of {map} is taken for a slice of a length that nothing proves.",
    "array": "The memory of {map} is taken for a `{what}`, whose length nothing proves.",
    "cast": "What a field in the header of {map} leads to is taken for a `{what}`.",
}


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the places where an address is computed."""
    for fact in program.each(MapMemoryArithmetic):
        title = _TITLES[fact.how].format(map=f"`{fact.map}`" if fact.map else "a map", what=fact.what)
        yield RULE.finding(
            fact,
            f"{title} {_layout(fact)}",
            key=f"{fact.how} {fact.map}",
            level=Level.WARNING if fact.agrees else Level.ERROR,
            help="Walk over the map with `range`, `maps.All` or `reflect.MapIter`; they know where entries lie, also while the map grows.",
        )


def _layout(fact: MapMemoryArithmetic) -> str:
    if fact.part == "header":
        at = f" At offset {fact.offset} lies {fact.then}." if fact.then else ""
        if fact.then and fact.now and fact.now != fact.then:
            at = f" At offset {fact.offset} lies {fact.then}; with Go 1.{fact.newest} {fact.now}."
        kind = "a Swiss table's header" if fact.go >= FIRST_SWISS else "an hmap"
        return f"In Go 1.{fact.go} it is {kind}, whose fields move from release to release without notice.{at}"
    swiss = (
        "Swiss tables have no buckets: a small map is one group of eight control bytes and slots with key beside value, a larger one a directory "
        "of pointers to tables"
    )
    if fact.agrees:
        return (
            f"The header is what Go 1.{fact.go} has, but how directories, tables and groups lie behind it is private, and no check notices when the "
            "next release moves them; Go 1.27 can lay keys and values of a group out apart from each other."
        )
    if fact.go >= FIRST_SWISS:
        return f"Go 1.{fact.go} has no array of buckets there. {swiss}; Go 1.27 can lay keys and values out apart from each other."
    classic = "Buckets hold eight marks, then eight keys, then eight values; while the map grows half of the entries are elsewhere."
    return f"{classic} Since Go 1.24 there are none: {swiss}." if fact.newest >= FIRST_SWISS else classic
