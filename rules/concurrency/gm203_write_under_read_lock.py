"""GM203: a map is written while only a read lock is held."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule

from ._races import level, lock_name, opponent, traces, why

RULE = Rule(
    id="GM203",
    name="write-under-read-lock",
    summary="a map is written while only a read lock is held",
    level=Level.ERROR,
    precision=Precision.VERY_HIGH,
    cwe=(362, 662),
    security=5.9,
    tags=("concurrency",),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Report writes with RLock held and no Lock."""
    for verdict in program.verdicts:
        if verdict.kind != "read-lock" or verdict.guard is None:
            continue
        access = verdict.access
        lock = lock_name(verdict.guard)
        found = level(RULE, program, verdict)
        title = (
            f"`{access.map}` is written while `{lock}` is held for reading only. A read lock does not exclude other readers, so two goroutines "
            "may write at the same time, or one write while another reads."
        )
        yield RULE.finding(
            access,
            " ".join(filter(None, (title, opponent(program, verdict), why(program, verdict, found)))),
            level=found,
            key=f"{access.op} {access.map}",
            traces=traces(program, verdict),
            help=f"Take `{lock}` with Lock for this write, and look again after taking it.",
        )
