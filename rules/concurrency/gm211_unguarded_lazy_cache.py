"""GM211: a cache that all callers share is filled without a lock."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level
from golint_maps.flow.memos import MemoFill
from golint_maps.graphs.memos import SharedMemo
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule
from golint_maps.types.model import brief

from ._races import does, trace

RULE = Rule(
    id="GM211",
    name="unguarded-lazy-cache",
    summary="a cache that all callers share is filled without a lock",
    level=Level.WARNING,
    precision=Precision.MEDIUM,
    cwe=(362, 662),
    security=5.9,
    tags=("concurrency",),
)

_COMMANDS = frozenset(("cli", "cmd", "cmds", "command", "commands"))


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Report memo fills that any caller may run, and accesses that break a promise of safety; none that another rule reports."""
    judged = {verdict.access.place for verdict in program.verdicts} | {breach.side.access.place for breach in program.breaches}
    seen = set()
    for found in (*program.broken_promises, *program.memos.shared(program.each(MemoFill))):
        place = found.way.access.place
        if place not in judged and place not in seen:
            seen.add(place)
            yield _finding(program, found)


def _of_a_command(program: Program, found: SharedMemo) -> bool:
    """Tell whether a memo belongs to a command line, by its import path: whoever types commands waits for each."""
    return not _COMMANDS.isdisjoint(program.functions[found.way.context.entry].package.split("/"))


def _finding(program: Program, found: SharedMemo) -> Finding:
    access = found.way.access
    entry = program.functions[found.way.context.entry].name
    promised = brief(found.promised)
    if found.fill is not None:
        title = f"`{access.map}` is filled here without a lock, and all callers share it."
        why = (
            f"{entry} is exported, so several goroutines may call it: when one inserts `{found.fill.key}` while another looks it up or inserts, the "
            "process ends with concurrent map read and map write."
        )
    else:
        title = f"`{access.map}` is used without a lock, but its type promises to be safe for concurrent use."
        why = f"{entry} {does(access)} while another goroutine may do what the documentation allows: change the map."
    also = f" The documentation of {promised} says that this is safe." if found.promised and found.fill is not None else ""
    return RULE.finding(
        access,
        f"{title} {why}{also}",
        level=Level.ERROR if found.promised else Level.NOTE if access.identity[:1] == "f" or _of_a_command(program, found) else None,
        key=f"{access.op} {access.map} {access.key}",
        traces=(trace(program, found.way, f"a caller of {entry}"),),
        help="Guard the map with a mutex that is held over look-up and insert, use a sync.Map, or fill the map before it is shared.",
    )
