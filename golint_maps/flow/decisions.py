"""Conditions on local variables that stay what they are: once they are known to hold, or not, they do so wherever they are asked again."""

from __future__ import annotations

from golint_maps.flow.events import Setting
from golint_maps.flow.family import Family
from golint_maps.flow.lockset_state import Flag, State
from golint_maps.flow.structure import Structure
from golint_maps.flow.traverse import each
from golint_maps.syntax import ir
from golint_maps.types import model

_FILLED = "len"
"""Stands beside a variable for that its length is not 0."""


class Decisions:
    """The conditions of one function that say where locks are held (`if shared { mu.Lock(); … }`), or depend on what callers hand in or is set."""

    def __init__(self, shared: Family, function: ir.Function, structure: Structure, *, locks: bool) -> None:
        self._shared = shared
        self._view = shared.view
        self._function = function
        self._structure = structure
        self._locks = locks
        self._settled: dict[int, int] = {}

    def decide(self, condition: ir.Expr, truth: bool, state: State) -> None:
        """Take a condition for known, and what was locked where it was known before."""
        flag = self._flag(condition, truth)
        if flag is not None:
            _take(flag, state)

    def filled(self, over: ir.Expr, state: State) -> None:
        """Take it for known, in the body of a loop over something, that there is something in it."""
        if self._locks and over.__class__ is ir.Local and self._stays(over.id, over.pos):
            _take(((over.id, _FILLED), True), state)

    def _flag(self, condition: ir.Expr, truth: bool) -> Flag | None:
        match condition:
            case ir.Local(number, pos) if self._stays(number, pos):
                return number, truth
            case ir.Binary("==" | "!=" as op, ir.Local(number, pos), ir.Name("nil")) if self._stays(number, pos):
                return number, truth == (op == "!=")
            case ir.Sel():
                name = self._setting(condition)
                return (name, truth) if name else None
        return self._compared(condition, truth) if self._locks else None

    def _setting(self, x: ir.Sel) -> str:
        """Return the name of a field that is true or false, and that the package sets where the object is made alone; empty for anything else."""
        if x.name in self._shared.assigned_fields or self._view.package.resolver.underlying(self._view.typing.of(x)) is not model.BOOL:
            return ""
        name = self._shared.names.identity(x)
        return name if name[:1] == "f" else ""

    def _compared(self, condition: ir.Expr, truth: bool) -> Flag | None:
        match condition:
            case ir.Binary(">" | "!=", ir.Call(ir.Name("len"), [ir.Local(number, pos)]), ir.Const(_, "0")) if self._stays(number, pos):
                return (number, _FILLED), truth
            case ir.Binary("==" | "!=" as op, ir.Local(number, pos), ir.Const(_, text)) if self._stays(number, pos):
                return (number, text), truth == (op == "==")
        return None

    def settings(self, state: State) -> tuple[Setting, ...]:
        """Return which settings are known at a point."""
        return tuple(sorted((what, truth) for what, truth in state.assumed if isinstance(what, str))) if state.assumed else ()

    def _stays(self, number: int, pos: int) -> bool:
        """Tell whether a variable has got its value for good where it is asked for."""
        if number in self._shared.switches:
            return True
        if not self._locks or number in self._view.address_taken:
            return False
        return not self._view.assignments[number] or (number not in self._shared.captured and self._settles(number) < pos)

    def _settles(self, number: int) -> int:
        """Return where a variable is assigned to for the last time; where a loop does it, the end of the function."""
        if number not in self._settled:
            body, last = self._function.body or (), 0
            for assign in each(body, ir.Assign):
                if any(target.__class__ is ir.Local and target.id == number for target in assign.lhs):
                    looped = any(loop < 0 for loop in self._structure.at(assign.pos).nest)
                    last = max(last, self._function.end if looped else assign.end)
            for loop in each(body, ir.Range):
                if not loop.define and any(target.__class__ is ir.Local and target.id == number for target in (loop.key, loop.value)):
                    last = self._function.end
            self._settled[number] = last
        return self._settled[number]


def _take(flag: Flag, state: State) -> None:
    state.assumed |= {flag}
    for path, lock in state.granted.get(flag, {}).items():
        state.held.setdefault(path, lock)
