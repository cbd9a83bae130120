"""GM307: a build expression asks for goexperiment.swissmap where that tag is gone."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Edit, Finding, Fix, Level, Safety
from golint_maps.flow.internals.facts import StaleSwissGuard
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule, locate

RULE = Rule(
    id="GM307",
    name="stale-swissmap-guard",
    summary="a build expression relies on goexperiment.swissmap, a tag that only Go 1.24 and 1.25 set",
    level=Level.ERROR,
    precision=Precision.VERY_HIGH,
    cwe=(1109,),
    tags=("portability", "build"),
    fixes=(Safety.UNSAFE,),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the build lines."""
    for fact in program.each(StaleSwissGuard):
        if fact.comes:
            effect = "From Go 1.26 on this file, which is for the old maps, is compiled again, although there are only Swiss maps."
            fix = "`//go:build !go1.24`, or `!go1.24 || (!go1.26 && !goexperiment.swissmap)` to respect GOEXPERIMENT=noswissmap as well"
        else:
            effect = "From Go 1.26 on this file, which is for Swiss maps, is left out, although there are no others."
            fix = "`//go:build go1.24`, or `go1.26 || (go1.24 && goexperiment.swissmap)` to respect GOEXPERIMENT=noswissmap as well"
        yield RULE.finding(
            fact,
            f"`{fact.expression}` asks for a tag that only Go 1.24 and 1.25 set. {effect} Nothing says so when it is built.",
            fixes=_fixes(fact),
            help=f"Let the version decide: {fix}.",
        )


def _fixes(fact: StaleSwissGuard) -> tuple[Fix, ...]:
    """Return the version instead of the tag, where that is all that the line asks for."""
    line = {"goexperiment.swissmap": "//go:build go1.24", "!goexperiment.swissmap": "//go:build !go1.24"}.get(fact.expression)
    # It says something else than the tag where GOEXPERIMENT=noswissmap is set, and a version in a file may raise that of its language.
    return () if line is None else (Fix(f"Replace the line by `{line}`", (Edit(locate(fact.place), line),), Safety.UNSAFE),)
