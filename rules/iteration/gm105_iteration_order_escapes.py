"""GM105: the order of iteration over a map reaches an ordered result."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level, Related
from golint_maps.flow.ranges import OrderEscape
from golint_maps.program import Program
from golint_maps.rule import Precision, Profile, Rule, locate

RULE = Rule(
    id="GM105",
    name="iteration-order-escapes",
    summary="the order of iteration over a map reaches an ordered result",
    level=Level.NOTE,
    precision=Precision.MEDIUM,
    profile=Profile.STRICT,
    tags=("iteration",),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Report statements that let the order of iteration show."""
    for fact in program.each(OrderEscape):
        yield RULE.finding(
            fact,
            f"{_what(fact)} The order is new in every run.",
            key=f"{fact.kind} {fact.target}",
            related=(Related(locate(fact.loop), f"the loop over {fact.over}"),),
            help=_help(fact),
        )


def _what(fact: OrderEscape) -> str:
    match fact.kind:
        case "append":
            return f"`{fact.target}` is filled in the order in which the loop over `{fact.over}` happens to run, and is {fact.use} unsorted."
        case "collect":
            return f"`{fact.target}` lists `{fact.over}` in the order in which the iteration happens to run, and is {fact.use} unsorted."
        case "text":
            return f"`{fact.target}` is put together in the order in which the loop over `{fact.over}` happens to run."
        case "float":
            return (
                f"`{fact.target}` adds up floats in the order in which the loop over `{fact.over}` happens to run, and each order rounds differently."
            )
        case "draw":
            return (
                f"`{fact.target}` draws random numbers in the order in which the loop over `{fact.over}` happens to run: no seed gives the same ones."
            )
        case "write":
            to = f"`{fact.target}`" if fact.target else "the output"
            return f"The loop over `{fact.over}` writes to {to} in the order in which it happens to run."
    return f"The first entry that the loop over `{fact.over}` happens to see is {fact.use}, where several may fit."


def _help(fact: OrderEscape) -> str:
    match fact.kind:
        case "append":
            return f"Sort `{fact.target}` after the loop, or loop over sorted keys: `slices.Sorted(maps.Keys({fact.over}))` (Go 1.23)."
        case "collect":
            if fact.target.endswith(".MapKeys()"):
                return "Sort the slice by what is in the values, or print the map with package fmt, which sorts."
            return f"Sort the slice: `slices.Sorted(maps.Keys({fact.over}))` (Go 1.23), or `slices.Sort` after it."
        case "choice":
            return "Keep the entries in a slice in the order that is to win, or compare all that fit and take the best."
    return f"Loop over sorted keys: `slices.Sorted(maps.Keys({fact.over}))` (Go 1.23), or collect the keys and sort them."
