"""GM206: two accesses to a map hold locks, but not the same one."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from golint_maps.findings import Finding, Level, Related
from golint_maps.graphs.verdicts import Verdict
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule, locate

from ._races import holding, level, lock_name, opponent, traces, why

RULE = Rule(
    id="GM206",
    name="guards-differ",
    summary="two accesses to a map hold locks, but not the same one",
    level=Level.WARNING,
    precision=Precision.HIGH,
    cwe=(362, 662),
    security=5.9,
    tags=("concurrency",),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Report the access that holds the less usual lock."""
    declared = {breach.side.access.place for breach in program.breaches if breach.call is None}
    for verdict in program.verdicts:
        if verdict.kind != "locks-differ" or verdict.access.place in declared:
            continue  # what the source says of the guard counts for more than what others hold
        access = verdict.access
        locks, usual = verdict.side.locks, ""
        if verdict.other is None and verdict.guard is not None:
            guard = verdict.guard
            if lock_name(guard) in map(lock_name, locks):
                # Two locks that are written alike, as where the struct around has one of the same name.
                locks, guard = tuple(replace(lock, spelled="") for lock in locks), replace(guard, spelled="")
            usual = f" The other accesses hold `{lock_name(guard)}`."
        if verdict.other is not None and verdict.other.access.place == access.place:
            usual = (
                " The lock is one of several, chosen by a key, so who has another key does not wait."
                if any(part[:1] == "[" for lock in access.locks for part in lock.path)
                else " Each goroutine has a lock of its own here, so nobody waits for anybody."
            )
        related = (
            (Related(locate(verdict.other.access.place), "the other side"),) if verdict.other and verdict.other.access.place != access.place else ()
        )
        shown = verdict.other is not None and any(map(program.races.objects.kept, (verdict.side, verdict.other)))
        found = _level(program, verdict, shown=shown)
        title = f"`{access.map}` is guarded by different locks in different places. Here it is used {holding(locks)}.{usual}"
        yield RULE.finding(
            access,
            " ".join(filter(None, (title, opponent(program, verdict), why(program, verdict, found, shown=shown)))),
            level=found,
            key=f"{access.op} {access.map}",
            traces=traces(program, verdict),
            related=related,
            help="Two locks do not exclude each other: choose one of them for all accesses to this map.",
        )


def _level(program: Program, verdict: Verdict, *, shown: bool) -> Level | None:
    """Return an error where both sides are seen in goroutines, unless one takes a length only, which cannot crash, or only tests bring them together.

    That both hold locks says that such objects are shared, but what each call has got for itself is not.
    """
    if verdict.other is None:
        return None
    if verdict.certain:
        harmless = "len" in (verdict.access.op, verdict.other.access.op) or program.assumed.of_tests(verdict)
        return Level.WARNING if harmless else Level.ERROR
    return level(RULE, program, verdict, shown=shown)
