"""GM205: a map is used without the lock that most of its other accesses hold."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level
from golint_maps.flow.promises import UNSAFE
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule

from ._races import does, reach, traces

RULE = Rule(
    id="GM205",
    name="inconsistent-guard",
    summary="a map is used without the lock that most of its other accesses hold",
    level=Level.WARNING,
    precision=Precision.MEDIUM,
    cwe=(362, 662),
    tags=("concurrency",),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Report accesses outside of the lock that the other accesses of the map agree on."""
    for verdict in program.verdicts:
        if verdict.kind not in ("inconsistent", "neighbour") or verdict.guard is None:
            continue
        if any(program.promises.get(program.functions[hop.function].root) == UNSAFE for hop in verdict.side.hops):
            continue  # who calls it is told when
        access = verdict.access
        lock = reach(verdict.guard, access)
        if verdict.kind == "inconsistent":
            habit = f"`{access.map}` is used here without `{lock}`, which {verdict.guarded} of {verdict.all} accesses hold."
        else:
            habit = f"`{access.map}` is changed here without `{lock}`, which guards another map of the same object ({verdict.guarded} accesses)."
        yield RULE.finding(
            access,
            f"{habit} {program.functions[verdict.side.function].name} {does(access)} without it, so it may do so while another goroutine writes.",
            level=Level.NOTE if verdict.kind == "neighbour" or program.guarding.registry(verdict.side.identity) else None,
            key=f"{access.op} {access.map} {access.key}",
            traces=traces(program, verdict),
            help=f"Hold `{lock}` here, or say in a comment why nobody else can have the map at this point.",
        )
