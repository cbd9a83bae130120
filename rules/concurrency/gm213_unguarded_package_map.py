"""GM213: methods of many objects change one package variable without a lock."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.findings import Finding, Level
from golint_maps.flow.memos import MemoFill
from golint_maps.graphs.package_maps import SharedPackageMap
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule

from ._races import does, trace

RULE = Rule(
    id="GM213",
    name="unguarded-package-map",
    summary="methods of many objects change one package variable without a lock",
    level=Level.NOTE,
    precision=Precision.MEDIUM,
    cwe=(362, 662),
    security=5.9,
    tags=("concurrency",),
)


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Report changes that no other rule reports."""
    judged = {verdict.access.place for verdict in program.verdicts} | {breach.side.access.place for breach in program.breaches}
    judged |= {found.way.access.place for found in (*program.memos.broken(), *program.memos.shared(program.each(MemoFill)))}
    for found in program.package_maps:
        if found.way.access.place not in judged:
            yield _finding(program, found)


def _finding(program: Program, found: SharedPackageMap) -> Finding:
    access = found.way.access
    entry = program.functions[found.way.context.entry]
    if found.keyed:
        why = "Its keys are pointers, so its entries belong to objects, and objects are made and used on any goroutine."
    elif found.maker:
        why = f"{entry.name} makes objects, on any goroutine, and each of them puts its own value in the place of the one before."
    else:
        why = f"{entry.receiver.rpartition('.')[2]} is a type of which there may be many, each used by a goroutine of its own."
    return RULE.finding(
        access,
        f"`{access.map}` belongs to the whole package, and is changed here without a lock. {why} When two of them come here at once, the process "
        "ends with concurrent map writes.",
        key=f"{access.op} {access.map} {access.key}",
        traces=(trace(program, found.way, f"{entry.name} {does(access)}"),),
        help="Keep the map in the object, or guard it with a mutex of the package.",
    )
