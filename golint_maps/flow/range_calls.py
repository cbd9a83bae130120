"""Calls inside of a loop over a map to functions that may change that map."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from golint_maps.flow.callees import Callee, callee, in_module
from golint_maps.flow.effects import LIBRARY, effects_of
from golint_maps.flow.entries import Knowledge, Path
from golint_maps.flow.map_ranges import MapRange
from golint_maps.flow.maps import place, qualified
from golint_maps.flow.range_mutations import LoopTurns
from golint_maps.flow.site import Place, Site
from golint_maps.flow.spelling import spell
from golint_maps.flow.traverse import expressions
from golint_maps.flow.view import View
from golint_maps.flow.worklists import is_worklist
from golint_maps.syntax import ir


class RangeCall(Site, frozen=True, tag="range-call"):
    """A call in a loop over a map that the loop may go on after. `callee` may change the map `path`, in terms of the calling function.

    `receiver` and `args` are the paths that the callee is given. Of each argument, `given` says what it is to the loop: `key` (its own),
    `value`, `identity` (what the value is stored at, by all signs), or nothing. `worklist`: an outer loop comes again after it.
    """

    callee: str
    call: str
    path: Path
    receiver: Path | None
    args: tuple[Path | None, ...]
    given: tuple[str, ...]
    worklist: bool
    loop: Place
    over: str


class _Calls(LoopTurns):
    """Walks a loop for the calls that matter."""

    def __init__(self, view: View, found: MapRange, path: Path, targets: dict[int, Callee]) -> None:
        super().__init__(view, found, path)
        self.targets = targets
        self.given: dict[int, tuple[str, ...]] = {}

    def called(self, call: ir.Call, state: Knowledge) -> None:
        if call.pos in self.targets and not self.is_replaced(self.own_path or (), state):
            self.given[call.pos] = tuple(self._role(arg, state) for arg in call.args)
            self.happened(call.pos, state)

    def _role(self, arg: ir.Expr, state: Knowledge) -> str:
        if self.is_own(arg, state) or self.is_canonical(arg, state):
            return "key"
        if self.keys.is_own_by_value(arg):
            return "identity"
        return "value" if self.keys.chain(arg) == "" else ""


def range_calls(view: View, loops: Sequence[MapRange]) -> Iterator[RangeCall]:
    """Yield the calls in loops over maps whose callees may change the loop's map."""
    for found in loops:
        if found.path is None or any(part[0] == "[" for part in found.path):
            continue
        calls = {x.pos: x for x in expressions(found.loop.body) if isinstance(x, ir.Call)}
        targets: dict[int, Callee] = {}
        for at, call in calls.items():
            target = callee(view, call)
            if target is not None and _may_change(view, target, call, found.path):
                targets[at] = target
        if not targets:
            continue
        turns = _Calls(view, found, found.path, targets)
        turns.take()
        for at in sorted(turns.followed & turns.given.keys()):
            yield _fact(view, found, found.path, calls[at], targets[at], turns.given[at])


def _may_change(view: View, target: Callee, call: ir.Call, path: Path) -> bool:
    """Tell whether a callee can name the map at all, and does anything to maps of that name."""
    paths = view.paths
    given = [paths.of(arg) for arg in call.args]
    if target.receiver is not None:
        given.append(paths.of(target.receiver))
    named = path[0][0] == "g" or target.literal >= 0 or any(other is not None and path[: len(other)] == other for other in given)
    if not named:
        return False
    if target.id in LIBRARY:
        return True
    if target.outside:
        # Another package's function: only the whole program can tell.
        return path in given and in_module(target.id)
    effects = effects_of(view.package)
    effects.ask(view, target)
    return effects.reaches(target, path[-1])


def _fact(view: View, found: MapRange, path: Path, call: ir.Call, target: Callee, given: tuple[str, ...]) -> RangeCall:
    receiver = view.paths.of(target.receiver) if target.receiver is not None else None
    return RangeCall(
        place=place(view, call.pos, call.end),
        function=view.name,
        package=view.package.scope.path,
        map=spell(found.operand, view.variables),
        owner=qualified(view, found.operand),
        callee=target.id,
        call=spell(call.fun, view.variables),
        path=path,
        receiver=None if receiver is None else (*receiver, *target.embedded),
        args=tuple(view.paths.of(arg) for arg in call.args),
        given=given,
        worklist=is_worklist(view, found, call.pos),
        loop=place(view, found.loop.pos, found.loop.end),
        over=spell(found.operand, view.variables),
    )
