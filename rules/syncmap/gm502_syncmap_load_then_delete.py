"""GM502: an entry of a sync.Map is looked up, used, and deleted by a second call."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level, Related
from golint_maps.flow.syncmaps import SyncMapSequence
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule, locate

RULE = Rule(
    id="GM502",
    name="syncmap-load-then-delete",
    summary="an entry of a sync.Map is taken out in two steps, so two goroutines may both get it",
    level=Level.WARNING,
    precision=Precision.MEDIUM,
    cwe=(362, 367),
    tags=("concurrency",),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the deletes of entries whose value was looked up before."""
    for fact in program.each(SyncMapSequence):
        if fact.kind != "delete" or program.syncmap_locks.around(fact.id):
            continue
        instead = (
            "" if fact.go < (1, 20) else f" To delete it only while it still holds the value that was looked at: `CompareAndDelete({fact.key}, v)`."
        )
        yield RULE.finding(
            fact,
            f"`{fact.map}.Delete({fact.key})` after the value was loaded by another call: two goroutines may both get the value, "
            "and what somebody else has stored since then is deleted unseen.",
            level=Level.NOTE if _hurts_nobody(program, fact) or program.syncmap_callers.alone(fact.id) else None,
            key=f"delete {fact.map} {fact.key}",
            related=(Related(locate(fact.look_up), "the look-up"),),
            help=f"`{fact.map}.LoadAndDelete({fact.key})` gives the value to exactly one caller.{instead}",
        )


def _hurts_nobody(program: Program, fact: SyncMapSequence) -> bool:
    """Tell whether two may do it: not where what is closed may have been replaced meanwhile, as the delete takes out what is still open."""
    return fact.harmless and not (fact.closes and program.syncmap_callers.replaced(fact.id, fact.place))
