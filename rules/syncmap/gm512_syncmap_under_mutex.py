"""GM512: all calls of a sync.Map hold one mutex already."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level, Related
from golint_maps.flow.identity import short
from golint_maps.flow.syncmap_profiles import SyncMapProfile
from golint_maps.program import Program
from golint_maps.rule import Precision, Profile, Rule, locate

RULE = Rule(
    id="GM512",
    name="syncmap-under-mutex",
    summary="all calls of a sync.Map hold one mutex already",
    level=Level.NOTE,
    precision=Precision.MEDIUM,
    profile=Profile.STRICT,
    tags=("performance", "concurrency"),
)

_SHOWN = 5


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the declarations of such maps."""
    for fact in program.each(SyncMapProfile):
        lock, places = program.syncmap_locks.always_held(fact.identity) if not fact.let_out and fact.identity[0] != "l" else ("", ())
        if lock:
            yield RULE.finding(
                fact,
                f"Every call of the sync.Map `{fact.map}` holds `{short(lock)}` already. Two mechanisms guard one map, and the inner one only "
                "costs: it boxes keys and values and makes garbage of its own.",
                key=f"{fact.owner} {short(lock)}",
                related=tuple(Related(locate(place), f"under {short(lock)}") for place in places[:_SHOWN]),
                help="Make it a plain map, or take the mutex away where single calls are enough.",
            )
