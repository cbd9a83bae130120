"""GM103: a loop over a map inserts new entries into it."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level, Related
from golint_maps.flow.ranges import RangeMutation
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule, locate

RULE = Rule(
    id="GM103",
    name="insert-during-range",
    summary="a loop over a map inserts other keys into it and goes on",
    level=Level.WARNING,
    precision=Precision.HIGH,
    tags=("iteration",),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Report inserts of other keys that the loop goes on after."""
    for fact in program.each(RangeMutation):
        if fact.kind != "insert" or fact.own:
            continue
        what = f"at `{fact.map}[{fact.key}]`" if fact.key else f"with maps.{fact.form}"
        yield RULE.finding(
            fact,
            f"The loop over `{fact.over}` may insert a new entry into the map {what} and goes on. Go leaves open whether the loop visits an entry "
            "that was inserted on the way, so the result differs from run to run, and the loop may feed itself.",
            level=Level.NOTE if fact.renames or fact.place.path.endswith("_test.go") else None,
            key=f"insert {fact.map} {fact.key}",
            related=(Related(locate(fact.loop), f"the loop over {fact.over}"),),
            help="Collect the new entries in a second map and add them when the loop is over, or loop over a copy of the keys.",
        )
