"""GM501: what a look-up of a sync.Map has not found is stored by a second call."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level, Related
from golint_maps.flow.syncmaps import SyncMapSequence
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule, locate

RULE = Rule(
    id="GM501",
    name="syncmap-load-then-store",
    summary="a missing entry of a sync.Map is stored in a second step, so two goroutines may both store one",
    level=Level.WARNING,
    precision=Precision.HIGH,
    cwe=(362, 367),
    tags=("concurrency",),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the stores that follow a miss."""
    for fact in program.each(SyncMapSequence):
        if fact.kind != "miss" or program.syncmap_locks.around(fact.id):
            continue
        yield RULE.finding(
            fact,
            f"`{fact.map}.Store({fact.key}, …)` after a look-up that found nothing: two goroutines may both miss and both store. "
            + ("Both callers are told that they were first." if fact.answers else "One of them goes on with a value that is no longer in the map."),
            level=None if (fact.stateful or fact.answers) and not program.syncmap_callers.alone(fact.id) else Level.NOTE,
            key=f"miss {fact.map} {fact.key}",
            related=(Related(locate(fact.look_up), "the look-up"),),
            help=f"`{fact.map}.LoadOrStore({fact.key}, …)` decides who was first and gives everybody that value; "
            "when making the value is dear, hold a mutex over both steps and look again under it.",
        )
