"""GM506: a fresh sync.Map is assigned over one that is in use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from golint_maps.findings import Edit, Finding, Fix, Level, Safety
from golint_maps.flow.lifetime import MapDeclared
from golint_maps.flow.syncmaps import SyncMapReassigned
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule, locate

RULE = Rule(
    id="GM506",
    name="syncmap-reassigned",
    summary="a fresh sync.Map is assigned over one that other goroutines may be using",
    level=Level.WARNING,
    precision=Precision.MEDIUM,
    cwe=(362,),
    tags=("concurrency",),
    fixes=(Safety.SAFE,),
)


_NAMED: Final = re.compile(r"\*?(\w+(?:\.\w+)*)")
"""What can be addressed for sure, as an element of a map cannot."""


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the assignments outside of constructors."""
    declared = {(fact.identity, fact.place.path) for fact in program.each(MapDeclared)}
    for fact in program.each(SyncMapReassigned):
        if fact.go >= (1, 23):
            instead = f"`{fact.map.lstrip('*')}.Clear()` empties it and may be called at any time."
        else:
            instead = "Delete all keys inside of `Range`, or hold the map by an `atomic.Pointer` and exchange that. Go 1.23 has `Clear()`."
        yield RULE.finding(
            fact,
            f"`{fact.map}` is overwritten with an empty sync.Map. "
            "The assignment is no atomic step: it replaces the insides, locks included, while other goroutines may be in one of the methods.",
            key=f"reassigned {fact.map}",
            fixes=_fixes(fact) if (fact.identity, fact.place.path) in declared else (),
            help=instead,
        )


def _fixes(fact: SyncMapReassigned) -> tuple[Fix, ...]:
    """Return the call of `Clear`, for a map that is declared in the same file: elsewhere the assignment may be all that the import of sync is for."""
    target = _NAMED.fullmatch(fact.map)
    # Of `a, m = 1, sync.Map{}` more is in between.
    alone = fact.place.end - fact.place.start == len(f"{fact.map} = sync.Map{{}}".encode())
    if fact.go < (1, 23) or target is None or not alone:
        return ()
    call = f"{target[1]}.Clear()"
    return (Fix(f"Call `{call}` instead", (Edit(locate(fact.place), call),), Safety.SAFE),)
