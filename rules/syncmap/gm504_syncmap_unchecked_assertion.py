"""GM504: a value of a sync.Map is asserted without knowing that there is one, or that it has this type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from msgspec import structs

from golint_maps.findings import Finding, Level, Related
from golint_maps.flow.syncmaps import SyncMapAssertion, SyncMapPut
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule, locate

RULE = Rule(
    id="GM504",
    name="syncmap-unchecked-assertion",
    summary="a value of a sync.Map is asserted to a type without knowing that it is there and has that type",
    level=Level.WARNING,
    precision=Precision.MEDIUM,
    cwe=(476, 704),
    tags=("correctness", "panic"),
)

_GIVES_BACK: Final = re.compile(r"R?[Uu]n[Ll]ock|[Uu]nlockR|[Rr]elease|[Ll]eave")
"""Names of functions that give back what another one, which stores, has taken before: who has not taken it makes a mistake."""


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the assertions that a miss, or every hit, makes panic."""
    put = _put_in(program)
    for fact in program.each(SyncMapAssertion):
        if fact.reason == "elsewhere":
            types = put.get(fact.identity, set())
            if not types or "" in types or fact.wanted in types or fact.place.path.endswith("_test.go"):
                continue
            fact = structs.replace(fact, stored=tuple(sorted(types)))
        if fact.reason != "unchecked":
            message = (
                f"The assertion to {fact.wanted} panics on every value of `{fact.map}`: "
                f"all that is put into that map is of type {' or '.join(fact.stored)}."
            )
            instead = f"Assert the type that is stored, or store {fact.wanted}."
        else:
            message = (
                f"The assertion to {fact.wanted} panics when `{fact.map}` has no such key: `{fact.method}` then gives a nil interface, "
                "and nothing has tested for that here."
            )
            instead = "Test the second result first, or use the two-value form of the assertion: `x, ok := v.(T)` is false for a miss."
        yield RULE.finding(
            fact,
            message,
            level=Level.NOTE if fact.reason == "unchecked" and _is_there(program, fact) else None,
            key=f"{fact.reason} {fact.map} {fact.wanted}",
            related=(Related(locate(fact.origin), "where the value comes from"),),
            help=instead,
        )


def _put_in(program: Program) -> dict[str, set[str]]:
    """Return the types that all packages together put into the maps that they share; an empty one stands for what is not known.

    What the package that declares a map puts in is not known if it is no part of the program.
    """
    found: dict[str, set[str]] = {}
    paths = {package.path for package in program.packages}
    for fact in program.each(SyncMapPut):
        declares = fact.identity[1:].rsplit(".", 2 if fact.identity[0] == "f" else 1)[0] in paths
        found.setdefault(fact.identity, set()).add(fact.type if declares else "")
    return found


def _is_there(program: Program, fact: SyncMapAssertion) -> bool:
    """Tell whether the key is there by all signs: a test says so itself when it is not, callers have looked it up or stored it before."""
    if _GIVES_BACK.match(fact.function.rpartition(".")[2]) is not None:
        return True
    return fact.place.path.endswith("_test.go") or program.syncmap_callers.looked_up(fact.id, fact.origin)
