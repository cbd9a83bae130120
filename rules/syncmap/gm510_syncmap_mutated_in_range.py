"""GM510: other keys are stored in a sync.Map while Range walks over it."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level, Related
from golint_maps.flow.syncmaps import SyncMapRangeStore
from golint_maps.program import Place, Program
from golint_maps.rule import Precision, Profile, Rule, locate

RULE = Rule(
    id="GM510",
    name="syncmap-mutated-in-range",
    summary="other keys are stored in a sync.Map while Range walks over it",
    level=Level.NOTE,
    precision=Precision.HIGH,
    profile=Profile.STRICT,
    tags=("iteration", "concurrency"),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the stores of other keys inside of Range."""
    seen: set[Place] = set()
    for fact in program.each(SyncMapRangeStore):
        if fact.place in seen:
            continue  # one loop that calls the function is enough
        seen.add(fact.place)
        yield RULE.finding(
            fact,
            f"`{fact.map}.{fact.method}({fact.key}, …)` stores another key while `Range` walks over the map. "
            "Range may or may not come to the new entry, so the outcome differs from run to run.",
            key=f"{fact.method} {fact.map} {fact.key}",
            related=(Related(locate(fact.loop), "the Range"),),
            help="Collect what is to be stored, and store it when Range is over.",
        )
