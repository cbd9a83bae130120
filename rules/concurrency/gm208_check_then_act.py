"""GM208: a key is looked up in one critical section and inserted in a later one."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level, Related
from golint_maps.flow.check_then_act import CheckThenAct
from golint_maps.program import Program
from golint_maps.rule import Precision, Profile, Rule, locate

RULE = Rule(
    id="GM208",
    name="check-then-act",
    summary="a key is looked up in one critical section and inserted in a later one",
    level=Level.NOTE,
    precision=Precision.MEDIUM,
    profile=Profile.STRICT,
    cwe=(367, 362),
    tags=("concurrency",),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Report inserts that do not look again after the lock was given back."""
    for fact in (*program.each(CheckThenAct), *program.split_sections):
        how = f"`{fact.callee}` takes `{fact.lock}` and inserts" if fact.callee else f"`{fact.lock}` is taken again, and the insert follows"
        yield RULE.finding(
            fact,
            f"`{fact.map}` was looked up for `{fact.key}` before the lock was given back, and may have the key by now. {how} without looking again: "
            "two goroutines may both miss, and one replaces what the other has inserted.",
            key=f"{fact.map} {fact.key}",
            related=(Related(locate(fact.looked), f"the look-up of {fact.key}"),),
            help="Look again after taking the lock, or hold it from the look-up to the insert.",
        )
