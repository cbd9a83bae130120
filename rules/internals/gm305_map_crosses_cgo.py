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
    summary="a map, or a Go pointer that a map holds, is handed to C or kept in memory of C",
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
    match fact.how:
        case "stored":
            return (
                f"A Go pointer is stored in memory of C: {what}. `{fact.target}` lies where the garbage collector does not look, so what it refers "
                "to is freed while C still has it, and cgo's rules forbid it."
            )
        case "held":
            return (
                f"A struct of C's is given a Go pointer: {what}. Once the struct goes to C, cgo panics at the call (`{_panic(fact.go)}`), and "
                "nothing that C copies out of it keeps the map alive."
            )
        case "callback":
            return (
                f"The exported function `{fact.target}` makes a map of an address that C gives it. Whatever C kept is no reference that the garbage "
                "collector knows, and the map's tables move with any write."
            )
        case "result":
            return (
                f"The exported function `{fact.target}` returns a Go pointer to C: {what}. cgo panics at the return "
                f"(`{_RESULT[fact.go >= _REWORDED]}`), and with cgocheck=0 C keeps an address that the garbage collector does not know of."
            )
    if fact.what == "value":
        return (
            f"`{fact.target}` is given a pointer to Go memory that holds Go pointers: {what}. cgo panics at the call "
            f"(`{_panic(fact.go)}`), and with cgocheck=0 C reads what the collector may free."
        )
    return (
        f"`{fact.target}` is given a map: {what}. A map is made of Go pointers to memory that any write may replace; cgo panics at the call "
        f"(`{_panic(fact.go)}`), and with cgocheck=0 C sees tables that move away."
    )


_REWORDED = 26
"""The release that words cgo's panics anew."""

_RESULT = (
    "cgo result is unpinned Go pointer or points to unpinned Go pointer",
    "result of Go function … is unpinned Go pointer or points to unpinned Go pointer",
)


def _panic(go: int) -> str:
    """Return the text of the panic in a release."""
    if go < 21:
        return "cgo argument has Go pointer to Go pointer"
    return f"{'argument of cgo function' if go >= _REWORDED else 'cgo argument'} has Go pointer to unpinned Go pointer"


def _help(fact: MapCrossesCgo) -> str:
    if fact.how in ("stored", "held"):
        return "Keep the map on the Go side, in a table from an id to it, and store the id, or a runtime/cgo.Handle, in the memory of C."
    if fact.how == "result":
        return "Return a runtime/cgo.Handle, which C gives back to ask for entries, or copy the entries into memory from C.malloc."
    return "Give C a runtime/cgo.Handle and exchange it for the map in the callback, or copy the entries into an array of plain values for the call."
