"""GM209: a map is used, or a function called, without the lock that the source says it needs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from golint_maps.findings import Finding, Level
from golint_maps.graphs.contracts import Breach
from golint_maps.graphs.naming import beside, ends
from golint_maps.program import Program
from golint_maps.rule import Precision, Rule

from ._races import context, does, lock_name, trace

RULE = Rule(
    id="GM209",
    name="guard-annotation-violated",
    summary="a map is used, or a function called, without the lock that the source says it needs",
    level=Level.ERROR,
    precision=Precision.HIGH,
    cwe=(362, 662),
    security=5.9,
    tags=("concurrency",),
)

_BELOW = re.compile(r"\b(?:below|following)\b")


@RULE.check
def check(program: Program) -> Iterator[Finding]:
    """Report breaches of declared guards."""
    seen = (verdict for verdict in program.verdicts if verdict.certain and verdict.other is not None)
    racing = {verdict.access.place for verdict in seen if verdict.kind in ("write", "read", "locks-differ")}
    differ = {verdict.access.place for verdict in program.verdicts if verdict.kind == "locks-differ"}
    for breach in program.breaches:
        if program.assumed.told(breach.side) or (breach.call is not None and breach.side.access.place in differ):
            continue
        access = breach.side.access
        lock = _written(breach) if breach.lock.name != "~" else "the lock"
        function = program.functions[breach.side.function].name
        where = trace(program, breach.side, context(program, breach.side))
        if breach.call is None:
            message = (
                f'`{access.map}` is used without `{lock}`, which its declaration asks for ("{breach.words}"). {function} {does(access)} without it.'
            )
            helpful = f"Hold `{lock}` here."
        else:
            callee = program.functions[breach.callee].name
            message = (
                f"`{breach.call.spelled}` is called without {lock}, which {callee} needs: {breach.words} asks for it. "
                f"{function} does not hold it here."
            )
            helpful = f"Take {lock} before the call and keep it until the call has returned."
            where = type(where)(
                where.name, (*where.steps[:-1], type(where.steps[-1])(where.steps[-1].location, f"{function} calls {callee} without it"))
            )
        yield RULE.finding(
            access,
            message,
            level=_level(program, breach, races=access.place in racing),
            key=f"{access.op} {access.map}",
            traces=(where,),
            help=helpful,
        )


def _written(breach: Breach) -> str:
    """Return a lock as it has to be written where it is missing: beside the map, if it lies there."""
    access = breach.side.access
    owner, _, _ = access.map.rpartition(".")
    if breach.call is None and owner and not breach.lock.spelled and beside(breach.lock.name, breach.side.identity):
        return f"{owner}.{breach.lock.name.rpartition('.')[2]}"
    return lock_name(breach.lock)


def _level(program: Program, breach: Breach, *, races: bool) -> Level | None:
    """Return an error where a goroutine or handler is seen to break the declaration, else a warning: the object may still have one user only.

    A map that registration alone fills is read by everybody once the program serves, and who ends an object may well be the last to have it, and
    who begins to serve the first.
    """
    if breach.call is None and not breach.side.access.writes and program.guarding.registry(breach.side.identity):
        return Level.NOTE
    if (
        breach.call is None
        and not races
        and _BELOW.search(breach.words)
        and not program.guarding.of(breach.side.identity).guarded_by(breach.lock.name)
    ):
        return Level.NOTE  # most changes of this map do without it: how far down "below" goes is anybody's guess
    if races or breach.side.context.concurrent:
        return None
    if breach.call is not None and breach.words.startswith("the name"):
        return Level.NOTE  # a name says as often what the function does, or means another lock
    if breach.call is None and not program.races.objects.anchored(breach.side):
        return Level.NOTE
    if breach.call is None and breach.side.context.kind == "main":
        return Level.NOTE  # before or after all else, as far as the program shows
    starts = breach.call is None and program.races.doubts.put_in_place(breach.side)
    return Level.NOTE if starts or any(ends(program.functions[hop.function]) for hop in breach.side.hops) else Level.WARNING
