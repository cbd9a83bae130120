"""GM107: a loop over a map waits for somebody else while it holds the map."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level, Related
from golint_maps.flow.ranges import RangeBlocked
from golint_maps.program import Program
from golint_maps.rule import Precision, Profile, Rule, locate

RULE = Rule(
    id="GM107",
    name="blocking-during-range",
    summary="a loop over a map waits for somebody else while it holds the map",
    level=Level.NOTE,
    precision=Precision.MEDIUM,
    profile=Profile.STRICT,
    cwe=(833,),
    tags=("iteration", "concurrency"),
)

_WAITS = {
    "send": "waits until somebody receives from `{what}`",
    "receive": "waits for `{what}`",
    "select": "waits in a `select` without a default",
    "sleep": "sleeps in `{what}`",
    "wait": "waits in `{what}`",
    "network": "waits for the network in `{what}`",
    "file": "waits for files in `{what}`",
}


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Yield the statements that wait in loops over maps."""
    for fact in program.each(RangeBlocked):
        waits = _WAITS[fact.how].format(what=fact.what)
        where = f" (inside of `{fact.inside}`)" if fact.inside else ""
        if fact.lock:
            lock = "a lock that the caller holds" if fact.lock == "~" else f"`{fact.lock}`"
            head = f"The loop over `{fact.over}` {waits}{where} under {lock}."
            why = "Everybody who wants to change the map waits as long, once for each entry; and who is waited for must not need the lock."
            help = "Copy what the loop needs under the lock (`maps.Clone`, or a slice of the values), and wait without it."
        else:
            head = f"The loop over `{fact.over}` {waits}{where}."
            why = "As long as it hangs, the map and every value in it stay reachable, and nobody may change the map from another goroutine."
            help = "Walk over a copy (`maps.Clone`, or a slice of the values), or do not wait: a `select` with a default, a goroutine."
        yield RULE.finding(
            fact,
            f"{head} {why}",
            key=f"{fact.how} {fact.over} {fact.what}",
            related=(Related(locate(fact.loop), f"the loop over {fact.over}"),),
            help=help,
        )
