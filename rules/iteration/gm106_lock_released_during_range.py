"""GM106: the lock of a map is given back inside of a loop over the map, and the loop goes on."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level, Related
from golint_maps.flow.ranges import LockReleased
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule, locate

RULE = Rule(
    id="GM106",
    name="lock-released-during-range",
    summary="the lock of a map is given back inside of a loop over it, and the loop goes on",
    level=Level.WARNING,
    precision=Precision.HIGH,
    cwe=(362,),
    tags=("iteration", "concurrency"),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Report locks that are given back in loops over the maps that they guard."""
    for fact in program.each(LockReleased):
        yield RULE.finding(
            fact,
            f"{_what(fact)} in the middle of the loop over `{fact.over}`, and the loop goes on. Others change the map in the meantime: entries are "
            "skipped or met after they are gone, and if the loop steps on without the lock, a write elsewhere ends the process with "
            '"concurrent map iteration and map write".',
            key=f"{fact.how} {fact.call}",
            related=(Related(locate(fact.loop), f"the loop over {fact.over}"),),
            help=f"Copy what is needed from `{fact.over}` to a slice under the lock, or take the whole map out and put an empty one in its place; "
            "then unlock, and loop over that.",
        )


def _what(fact: LockReleased) -> str:
    if fact.how == "unlock":
        return f"`{fact.lock}` is unlocked"
    which = f"the lock `{fact.lock}`" if fact.lock else "the lock"
    return f"`{fact.call}` gives {which} back" if fact.how == "call" else f"`{fact.call}` gives {which} back while it waits"
