"""GM507: an entry of a sync.Map is replaced by a value made of the old one."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level, Related
from golint_maps.flow.syncmaps import SyncMapSequence
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule, locate

RULE = Rule(
    id="GM507",
    name="syncmap-load-modify-store",
    summary="an entry of a sync.Map is replaced by a value made of the old one, so concurrent changes are lost",
    level=Level.WARNING,
    precision=Precision.MEDIUM,
    cwe=(362, 367),
    tags=("concurrency",),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the stores of values that come from the entry's old value."""
    for fact in program.each(SyncMapSequence):
        if fact.kind != "modify" or program.syncmap_locks.around(fact.id):
            continue
        swap = f"`{fact.map}.CompareAndSwap({fact.key}, old, new)` in a loop, " if fact.go >= (1, 20) else ""
        yield RULE.finding(
            fact,
            f"`{fact.map}.Store({fact.key}, …)` stores a value made of the one that `{fact.method}` gave: "
            "what other goroutines store in between is lost.",
            level=Level.NOTE if fact.apart or not program.syncmap_callers.together(fact.id) else None,
            key=f"modify {fact.map} {fact.key}",
            related=(Related(locate(fact.look_up), "the old value is loaded"),),
            help=f"Use {swap}keep a pointer to something that can be changed in place (an `atomic.Int64`, a struct with its own mutex), "
            "or hold one mutex over both calls wherever the entry is changed.",
        )
