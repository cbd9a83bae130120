"""GM403: entries of a map, or references to those, share one variable of a loop."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level, Related
from golint_maps.flow.loopvars import MODULES, LoopVariableStored
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule, locate

RULE = Rule(
    id="GM403",
    name="loop-variable-address-stored",
    summary="map entries, or references to them, share one variable of a loop",
    level=Level.ERROR,
    precision=Precision.MEDIUM,
    cwe=(825,),
    tags=("correctness", "memory"),
)

_FORM = {
    "address": "holds the address of `{variable}`",
    "slice": "is a slice of the array in `{variable}`",
    "closure": "is a function that looks at `{variable}`",
    "method": "is a method bound to the address of `{variable}`",
}


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the stores of references to shared loop variables."""
    for fact in program.each(LoopVariableStored):
        before_modules = fact.go < MODULES and not fact.outer
        if fact.outer:
            why = f"`{fact.variable}` is declared before the loop, so that there is only one on any version of Go"
        elif before_modules:
            why = (
                f"this tree has no go.mod and looks older than modules; up to Go 1.21 a loop has one `{fact.variable}` for all its turns "
                "(Go 1.22 gives each turn its own)"
            )
        else:
            version = f"{fact.go[0]}.{fact.go[1]}"
            why = f"this file is Go {version}, where a loop has one `{fact.variable}` for all its turns (Go 1.22 gives each turn its own)"
        holds = _FORM[fact.form].format(variable=fact.variable)
        what = f"Each entry of `{fact.map}` that this loop stores {holds}"
        if fact.into:
            what = f"Each element of `{fact.into}` that the loop over `{fact.map}` stores {holds}"
        yield RULE.finding(
            fact,
            f"{what}, the same variable in every turn. All of them end up with its last value: {why}.",
            # Nobody says which Go compiles a tree without go.mod.
            level=Level.WARNING if before_modules else Level.ERROR,
            key=f"{fact.form} {fact.into or fact.map} {fact.variable}",
            related=(Related(locate(fact.loop), "the loop"),),
            help=f"Copy the variable in each turn (`{fact.variable} := {fact.variable}`), or take the address of the element itself (`&xs[i]`).",
        )
