"""GM306: a struct is declared like one of the runtime's map structures."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level
from golint_maps.flow.internals.facts import MapMemoryArithmetic, MapReinterpreted, RuntimeStructMirrored
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule

RULE = Rule(
    id="GM306",
    name="runtime-struct-mirrored",
    summary="a struct type copies a map structure of the runtime",
    level=Level.WARNING,
    precision=Precision.HIGH,
    cwe=(1102,),
    tags=("portability", "unsafe"),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the copies, with the release from which on they are copies no longer."""
    taken = {fact.type for fact in program.each(MapReinterpreted)} | {fact.type for fact in program.each(MapMemoryArithmetic)}
    for fact in program.each(RuntimeStructMirrored):
        # Without unsafe in its package, a struct like the runtime's is a table of its own, unless another package lays it over a map.
        if not fact.reachable and fact.type not in taken:
            continue
        yield RULE.finding(fact, f"`{fact.struct}` copies `{fact.original}` of the runtime. {_since(fact)}", help=fact.instead)


def _since(fact: RuntimeStructMirrored) -> str:
    names = f"Its fields {_listed(fact.matching)} are that struct's" if len(fact.matching) > 1 else f"Its field `{fact.matching[0]}` is that struct's"
    if not fact.until:
        return f"{names}, as Go 1.{fact.since} and newer have it so far; it is private, and the next release may have another."
    gone = f"{names} up to Go 1.{fact.until}."
    missing = "there is no such struct"
    if fact.successor == fact.original:
        missing = "that struct has other fields"
    elif fact.successor:
        missing += f" (`{fact.successor}` took its place)"
    if fact.go > fact.until:
        read = "what is read through the copy means something else"
        if fact.kept:
            read = f"only {_listed(fact.kept)} {'lies' if len(fact.kept) == 1 else 'lie'} where {'it' if len(fact.kept) == 1 else 'they'} did"
        return f"{gone} In Go 1.{fact.go}, which this file is for, {missing}: {read}."
    if fact.newest > fact.until:
        return f"{gone} Since Go 1.{fact.until + 1} {missing}, and the copy compiles as before."
    return gone


def _listed(names: tuple[str, ...]) -> str:
    shown = [f"`{name}`" for name in names[:5]] + (["…"] if len(names) > 5 else [])
    return ", ".join(shown)
