"""GM101: a loop over a map deletes another entry than the one that it is at."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level, Related
from golint_maps.flow.ranges import RangeMutation
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule, locate

RULE = Rule(
    id="GM101",
    name="delete-other-key-during-range",
    summary="a loop over a map deletes another key than its own and goes on",
    level=Level.NOTE,
    precision=Precision.MEDIUM,
    tags=("iteration",),
)

_SEVERAL = {"clear": "empties the map", "DeleteFunc": "deletes several entries of the map"}


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Report deletes of other keys that the loop goes on after."""
    for fact in program.each(RangeMutation):
        if fact.kind != "delete" or fact.own:
            continue
        if fact.key:
            message = (
                f"The loop over `{fact.over}` deletes another entry, `{fact.map}[{fact.key}]`, and goes on. Whether that entry was visited before "
                "it went away depends on the order of iteration, which is new in every run."
            )
        else:
            message = (
                f"The loop over `{fact.over}` {_SEVERAL.get(fact.form, 'deletes entries')} and goes on. Which entries were visited before they "
                "went away depends on the order of iteration, which is new in every run."
            )
        yield RULE.finding(
            fact,
            message,
            key=f"delete {fact.map} {fact.key}",
            related=(Related(locate(fact.loop), f"the loop over {fact.over}"),),
            help="Collect the keys in a slice and delete them when the loop is over, or loop over a copy of the keys.",
        )
