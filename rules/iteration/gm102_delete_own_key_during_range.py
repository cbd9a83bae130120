"""GM102: a loop over a map deletes the entry that it is at, which one library call could say."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Edit, Finding, Fix, Level, Related, Safety
from golint_maps.flow.ranges import RangeMutation
from golint_maps.program import Program
from golint_maps.rule import Precision, Profile, Rule, locate

RULE = Rule(
    id="GM102",
    name="delete-own-key-during-range",
    summary="a loop over a map deletes its own key, which is legal in one goroutine",
    level=Level.NOTE,
    precision=Precision.VERY_HIGH,
    profile=Profile.STRICT,
    tags=("iteration",),
    fixes=(Safety.SAFE, Safety.UNSAFE),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Report deletes of the loop's own key."""
    for fact in program.each(RangeMutation):
        if fact.kind != "delete" or not fact.own:
            continue
        yield RULE.finding(
            fact,
            f"The loop over `{fact.over}` deletes its own key. Go allows that in one goroutine: every other entry is still visited exactly once.",
            key=f"delete {fact.map} {fact.key}",
            related=(Related(locate(fact.loop), f"the loop over {fact.over}"),),
            fixes=_fixes(fact),
            help=_help(fact),
        )


def _fixes(fact: RangeMutation) -> tuple[Fix, ...]:
    if not fact.clear:
        return ()
    # A key that does not equal itself survives delete and does not survive clear.
    safety = Safety.SAFE if fact.exact else Safety.UNSAFE
    return (Fix(f"Replace the loop by `{fact.clear}`", (Edit(locate(fact.loop), fact.clear),), safety),)


def _help(fact: RangeMutation) -> str:
    if fact.go < (1, 21):
        return "Nothing has to change. From Go 1.21 on, clear and maps.DeleteFunc say the same in one call."
    if fact.whole:
        return f"`clear({fact.over})` empties the map in one step, also of keys like NaN that delete cannot find."
    return f"If the rest of the loop only decides what goes, `maps.DeleteFunc({fact.over}, …)` says so in one call."
