"""GM304: a linkname reaches for the functions that maps are made of."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level, Related
from golint_maps.flow.internals.facts import MapLinkname
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule, locate

RULE = Rule(
    id="GM304",
    name="runtime-map-linkname",
    summary="a linkname reaches for functions of the runtime that maps are made of",
    level=Level.WARNING,
    precision=Precision.VERY_HIGH,
    cwe=(695,),
    tags=("portability", "unsafe"),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the linknames: errors where the program cannot be linked, or where the function takes another struct by now."""
    std = any(module.path == "std" for module in program.modules)
    for fact in program.each(MapLinkname):
        if std and "." not in fact.package.partition("/")[0]:
            continue  # the standard library is built with its own runtime
        hard = fact.body or fact.state in ("refused", "absent", "undeclared") or (fact.state == "changed" and fact.structural)
        yield RULE.finding(
            fact,
            f"{_title(fact)} {_now(fact)}{_later(fact)}",
            level=Level.ERROR if hard else Level.WARNING,
            related=(Related(locate(fact.directive), "the linkname"),),
            help=f"Instead: {fact.instead}." if not fact.body else "Count, check or log where the map is used, in a type around it.",
        )


def _title(fact: MapLinkname) -> str:
    if fact.body:
        return f"The body of `{fact.local}` does not take the place of `{fact.symbol}`."
    if fact.evidence:
        return f"`{fact.local}` looks for `{fact.evidence}` among the runtime's types through `{fact.symbol}`."
    return f"`{fact.local}` is `{fact.symbol}`, which the compiler does not check."


def _now(fact: MapLinkname) -> str:
    here = f"Go 1.{fact.go}"
    if fact.body:
        return (
            f"Two functions have that name now, and no version of Go links a program with both (`duplicated definition of symbol {fact.symbol}`). "
            "Compiled code calls variants for each kind of key anyway."
        )
    match fact.state:
        case "refused":
            by = f" (it does since Go 1.{fact.since})" if 0 < fact.since < fact.go else ""
            return f"The linker of {here} refuses it{by}: `invalid reference to {fact.symbol}`, once a program is linked, unless -checklinkname=0."
        case "undeclared":
            return (
                "The package declares no function or variable of that name (a method is none), so it does not build: "
                "`//go:linkname must refer to declared function or variable`."
            )
        case "absent":
            return f"{here} has no such function, so no program with it can be linked."
        case "changed":
            return f"With {here} this does not fit: {fact.changed}."
        case "alias":
            return f"{here} keeps the name for old users only; the function behind it is another."
    if fact.evidence:
        return "That type is gone since Go 1.24, and what is found under its name has changed before; nothing tells when it does."
    if fact.kind == "hash":
        return f"{here} still links it, as a favour to those who use it already; how maps hash is no interface."
    if fact.kind == "random":
        return f"{here} links it."
    return f"{here} still links it, with a signature that only this file claims; the map that it takes is laid out as that release likes."


def _later(fact: MapLinkname) -> str:
    if not fact.later or fact.body:
        return ""
    since = f" From Go 1.{fact.since} on"
    match fact.later:
        case "refused":
            return f"{since} the linker refuses it: `invalid reference to {fact.symbol}`."
        case "absent":
            return f"{since} it is gone."
        case "changed":
            return f"{since} {fact.changed}."
        case _:
            return f"{since} only an alias for old users is left of it."
