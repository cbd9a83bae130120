"""GM212: a map is changed through a copy of what holds it, and the original goes on with the same map."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level, Related
from golint_maps.flow.shared_copies import SharedCopyWritten
from golint_maps.flow.support import serves_tests
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule, locate

RULE = Rule(
    id="GM212",
    name="write-through-copy",
    summary="a map is changed through a copy of what holds it",
    level=Level.WARNING,
    precision=Precision.MEDIUM,
    cwe=(362, 374),
    security=5.9,
    tags=("concurrency",),
)

_HOW = {
    "struct": "`{map}` is changed here, but it is the map of `{original}`: copying the struct has not copied its map.",
    "param": "`{map}` is changed here, but it is the map of the caller: the struct came by value, and its map did not.",
    "field": "`{map}` is changed here, but it is the same map as `{original}`.",
    "alias": "`{map}` is changed here, but it is another name for `{original}`, not a copy of it.",
}


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Report changes without a lock of maps that somebody else has as well; none that is reported as a race."""
    judged = {verdict.access.place for verdict in program.verdicts} | {breach.side.access.place for breach in program.breaches}
    for fact in program.each(SharedCopyWritten):
        if fact.place not in judged and not serves_tests(fact.package) and not _guarded(program, fact) and _kept_by_caller(program, fact):
            yield _finding(fact)


def _guarded(program: Program, fact: SharedCopyWritten) -> bool:
    """Tell whether a change is made under a lock: then somebody has thought of the others."""
    return any(access.locks for access in program.functions[fact.id].accesses if access.place.start == fact.place.start)


def _kept_by_caller(program: Program, fact: SharedCopyWritten) -> bool:
    """Tell whether callers may still use the struct that they hand in: all that are in sight may have made it for this call."""
    if fact.kind != "param":
        return True
    found = [link.site for link in program.races.links.into.get(fact.id, ())]
    given = [site.receiver if fact.parameter < 0 else site.args[fact.parameter] for site in found if fact.parameter < len(site.args)]
    if not given:
        return program.functions[fact.id].exported
    return any(argument is not None and argument.path is not None and not argument.owned for argument in given)


def _finding(fact: SharedCopyWritten) -> Finding:
    return RULE.finding(
        fact,
        f"{_HOW[fact.kind].format(map=fact.map, original=fact.original)} Whoever has the original sees the change, and when two goroutines do "
        "this at once, or one of them reads, the process ends with concurrent map writes.",
        key=f"{fact.kind} {fact.map}",
        related=(Related(locate(fact.shared_at), "from here on they share the map"),),
        help=f"Give the copy a map of its own before it is changed: `maps.Clone({fact.original})`.",
    )
