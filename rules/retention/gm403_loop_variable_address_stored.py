"""GM403: a map entry refers to a variable that all turns of a loop share."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level, Related
from golint_maps.flow.loopvars import LoopVariableStored
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule, locate

RULE = Rule(
    id="GM403",
    name="loop-variable-address-stored",
    summary="a map entry refers to a loop variable that all turns of the loop share",
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
        if fact.outer:
            why = f"`{fact.variable}` is declared before the loop, so that there is only one on any version of Go"
        else:
            version = f"{fact.go[0]}.{fact.go[1]}"
            why = f"this file is Go {version}, where a loop has one `{fact.variable}` for all its turns (Go 1.22 gives each turn its own)"
        yield RULE.finding(
            fact,
            f"Each entry of `{fact.map}` that this loop stores {_FORM[fact.form].format(variable=fact.variable)}, the same variable in every turn. "
            f"All of them end up with its last value: {why}.",
            key=f"{fact.form} {fact.map} {fact.variable}",
            related=(Related(locate(fact.loop), "the loop"),),
            help=f"Copy the variable in each turn (`{fact.variable} := {fact.variable}`), or take the address of the element itself (`&xs[i]`).",
        )
