"""Waits on all branches of a statement: where the branches meet again, the wait is over whichever of them was taken.

select {
case <-done:
case <-time.After(limit):
    close(stop)
    <-done
}
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from golint_maps.flow.events import Sync
from golint_maps.flow.structure import Structure, breaks, end_of, leaves, start_of
from golint_maps.flow.traverse import each, statements
from golint_maps.syntax import ir

_WAITS: Final = frozenset(("wait", "receive"))
_MANY: Final = 60
"""Waits in branches of one function beyond which nobody asks where they meet."""


def met_again(body: Sequence[ir.Stmt], syncs: Iterable[Sync], structure: Structure) -> Iterator[Sync]:
    """Yield, for each statement all of whose branches that go on wait for the same, one such wait at its end."""
    waits = [sync for sync in syncs if sync.kind in _WAITS and any(number > 0 for number in sync.at.nest)]
    if not waits or len({(sync.kind, sync.path) for sync in waits}) == len(waits) or len(waits) > _MANY:
        return
    if any(branch.kind == "goto" for branch in each(body, ir.Branch)):
        return  # it may go past any wait
    starts = [*(start.pos for start in each(body, ir.Go)), *(call.pos for call in each(body, ir.Call) if _may_start(call))]
    for statement in reversed(statements(body)):  # inner ones first: a wait at their end may be that of a branch around them
        branches = [branch for branch in _branches(statement) if not leaves(branch)]
        if len(branches) < 2 or any(map(breaks, branches)):
            continue
        around = structure.at(start_of(statement)).nest
        found = [[wait for wait in waits if _within(wait, branch, around)] for branch in branches]
        for wait in found[0]:
            same = [[other for other in waiting if (other.kind, other.path) == (wait.kind, wait.path)] for waiting in found]
            if all(same) and not any(_starts_behind(group, branch, starts) for group, branch in zip(same, branches, strict=True)):
                met = replace(wait, at=replace(wait.at, order=end_of(statement), nest=around))
                waits.append(met)
                yield met


def _may_start(call: ir.Call) -> bool:
    return isinstance(call.fun, ir.Sel) and call.fun.name in ("Add", "Go")


def _starts_behind(waits: Sequence[Sync], branch: Sequence[ir.Stmt], starts: Sequence[int]) -> bool:
    """Tell whether a branch goes on to start something when it has waited."""
    return any(max(wait.at.order for wait in waits) < at < end_of(branch[-1]) for at in starts)


def _branches(statement: ir.Stmt) -> Sequence[Sequence[ir.Stmt]]:
    """Return the bodies of a statement of which one is executed, whatever happens; none where it may be none."""
    match statement:
        case ir.If(_, _, then, orelse):
            return (then, orelse)
        case ir.Select(cases):
            return [[*((case.comm,) if case.comm is not None else ()), *case.body] for case in cases]
        case ir.Switch(_, _, cases) | ir.TypeSwitch(_, _, cases) if any(case.default for case in cases):
            return [case.body for case in cases]
    return ()


def _within(wait: Sync, branch: Sequence[ir.Stmt], around: tuple[int, ...]) -> bool:
    """Tell whether a wait stands in a branch itself, in nothing that it may go past."""
    inside = bool(branch) and start_of(branch[0]) <= wait.at.order <= end_of(branch[-1])
    return inside and wait.at.nest[:-1] == around
