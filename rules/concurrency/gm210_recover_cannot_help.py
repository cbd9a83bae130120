"""GM210: a recover is meant to survive a concurrent map fault, which nothing recovers."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level, Related
from golint_maps.flow.recoveries import FatalTextTested, RecoveredPassed, Recovery
from golint_maps.graphs.verdicts import Verdict
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule, locate

RULE = Rule(
    id="GM210",
    name="recover-cannot-help",
    summary="a recover is meant to survive a concurrent map fault, which nothing recovers",
    level=Level.WARNING,
    precision=Precision.MEDIUM,
    cwe=(755, 362),
    tags=("concurrency",),
)

_FATAL = "The runtime raises a fatal error, not a panic: it ends the process without running a deferred function."

_WITHIN = 3
"""Steps from a supervisor to the access: itself, the literal that it runs, and what that calls."""
_OF_THE_VARIABLE = frozenset(("assign", "load"))


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Report tests of recovered text, and recoveries around accesses that race."""
    passed = {(fact.callee, fact.parameter) for fact in program.each(RecoveredPassed)}
    tested = [fact for fact in program.each(FatalTextTested) if fact.parameter < 0 or (fact.id, fact.parameter) in passed]
    for fact in tested:
        yield RULE.finding(
            fact,
            f"A recovered value is compared with {fact.text}, a text that never gets here. {_FATAL}",
            key=fact.text,
            help="Remove the case, and guard the map with a mutex. A parent process can read of the fault in what this one wrote to stderr.",
        )
    compared = {fact.id for fact in tested}
    recoveries: dict[str, list[Recovery]] = {}
    for recovery in program.each(Recovery):
        if recovery.within not in compared and not recovery.again:
            recoveries.setdefault(recovery.id, []).append(recovery)
    seen = set()
    for verdict in program.verdicts:
        for recovery in _around(program, verdict, recoveries):
            if recovery.place not in seen:
                seen.add(recovery.place)
                yield _useless(recovery, verdict)


def _around(program: Program, verdict: Verdict, recoveries: dict[str, list[Recovery]]) -> Iterator[Recovery]:
    """Yield the recoveries with which a goroutine's own body is meant to survive, where that is all that protects an access.

    Only accesses in the body, in a literal that stands there, or in what they call directly: further away the recover is there for other things.
    """
    link = verdict.side.context.link
    if link is None or verdict.kind not in ("write", "read") or not verdict.certain or verdict.side.locks:
        return
    if any(way is not None and way.access.op in _OF_THE_VARIABLE for way in (verdict.side, verdict.other)):
        return  # the runtime knows nothing of a map variable that gets another map
    hops = verdict.side.hops
    for hop in hops[-2:]:
        if _stands_in(program, hop.function, link.callee):
            yield from recoveries.get(hop.function, ())
    for index in range(max(1, len(hops) - _WITHIN), len(hops) - 1):
        # A supervisor, which the goroutine's body hands a literal to run: `supervise(func() { … })`.
        before, hop, then = hops[index - 1 : index + 2]
        supervised = program.functions[then.function].parent and program.functions[then.function].root != program.functions[hop.function].root
        if supervised and (hop.function == link.callee or _stands_in(program, before.function, link.callee)):
            yield from recoveries.get(hop.function, ())


def _stands_in(program: Program, function: str, body: str) -> bool:
    """Tell whether a function is a goroutine's body, or a literal in it."""
    while function and function != body:
        function = program.functions[function].parent
    return bool(function)


def _useless(recovery: Recovery, verdict: Verdict) -> Finding:
    access = verdict.access
    return RULE.finding(
        recovery,
        f"This recover does not protect the goroutine from its race on `{access.map}`. {_FATAL}",
        key=f"recover {access.map}",
        related=(Related(locate(access.place), f"the race on {access.map}"),),
        help="Guard the map with a mutex. The recover helps against panics only.",
    )
