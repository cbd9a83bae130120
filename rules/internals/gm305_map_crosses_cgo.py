"""GM305: a map, or a pointer that a map holds, goes to C."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level
from golint_maps.flow.internals.facts import MapCrossesCgo
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule

RULE = Rule(
    id="GM305",
    name="map-crosses-cgo",
    summary="A map, or a Go pointer that a map holds, is handed to C or kept in memory of C",
    level=Level.ERROR,
    precision=Precision.HIGH,
    cwe=(825,),
    security=7.5,
    tags=("correctness", "unsafe", "cgo"),
)

_WHAT = {
    "map": "`{map}` is a map",
    "pointer": "this is the address of the map `{map}`",
    "holder": "the memory behind it holds the map `{map}`",
    "value": "this is a Go pointer out of the map `{map}`",
}


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the calls and stores that take a map to C, and the callbacks that take one back."""
    for fact in program.each(MapCrossesCgo):
        yield RULE.finding(fact, _message(fact), help=_help(fact))


def _message(fact: MapCrossesCgo) -> str:
    what = _WHAT[fact.what].format(map=fact.map)
    if fact.how == "stored":
        return (
            f"A Go pointer is stored in memory of C: {what}. `{fact.target}` lies where the garbage collector does not look, so the map is freed "
            "while C memory still refers to it, and cgo's rules forbid it."
        )
    if fact.how == "callback":
        return (
            f"The exported function `{fact.target}` makes a map of an address that C gives it. Whatever C kept is no reference that the garbage "
            "collector knows, and the map's tables move with any write."
        )
    if fact.what == "value":
        return (
            f"`{fact.target}` is given a pointer to Go memory that holds Go pointers: {what}. cgo panics at the call "
            "(`cgo argument has Go pointer to unpinned Go pointer`), and with cgocheck=0 C reads what the collector may free."
        )
    return (
        f"`{fact.target}` is given a map: {what}. A map is made of Go pointers to memory that any write may replace; cgo panics at the call "
        "(`cgo argument has Go pointer to unpinned Go pointer`), and with cgocheck=0 C sees tables that move away."
    )


def _help(fact: MapCrossesCgo) -> str:
    if fact.how == "stored":
        return "Keep the map on the Go side, in a table from an id to it, and store the id, or a runtime/cgo.Handle, in the memory of C."
    return "Give C a runtime/cgo.Handle and exchange it for the map in the callback, or copy the entries into an array of plain values for the call."
