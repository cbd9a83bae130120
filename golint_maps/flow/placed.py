"""Maps that a function puts in place and goes on to use by its local name: from there on others have them, whatever they are called here.

And those that it takes out of their place, after which others have them no more.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from golint_maps.flow.family import Family
from golint_maps.flow.lockset_state import SINCE, State
from golint_maps.flow.ownership import Ownership
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromValue

_TAKEN: Final = "taken"
"""Stands before the number of a local variable, among what a function owns: the map that it names is in no other place any more."""
_PUTS = frozenset(("sync/atomic.Pointer.Store", "sync/atomic.Pointer.Swap", "sync/atomic.Value.Store", "sync/atomic.Value.Swap"))


class Placed:
    """Keeps the second names of local maps in the states of one walk."""

    def __init__(self, shared: Family, ownership: Ownership) -> None:
        self._view = shared.view
        self._callees = shared.callees
        self._ownership = ownership

    def put(self, target: ir.Expr, value: ir.Expr | None, state: State) -> None:
        """Take note of an assignment to a field or package variable: what was there before has its local name only."""
        if state.placed:
            path = self._view.paths.of(target)
            state.placed = {number: where for number, where in state.placed.items() if self._view.paths.of(where) != path}
        if value.__class__ is ir.Local and self._is_own(value) and not self._ownership.in_own_struct(target):
            state.placed = {**state.placed, value.id: target}

    def stored(self, call: ir.Call, state: State) -> None:
        """Take note of a map that is put into an atomic pointer or value: `current.Store(&table)`."""
        if len(call.args) != 1 or not isinstance(call.fun, ir.Sel) or _PUTS.isdisjoint(self._callees.targets(call.fun)):
            return
        argument = call.args[0]
        value = argument.x if isinstance(argument, ir.Addr) else argument
        loaded: ir.Expr = ir.Call(ir.Sel(call.fun.base, "Load", call.fun.pos, call.fun.end), [], call.pos, call.end)
        self.put(ir.Deref(loaded, call.pos, call.end) if isinstance(argument, ir.Addr) else loaded, value, state)

    def other_names(self, x: ir.Expr, state: State) -> Iterator[ir.Expr]:
        """Yield where else a map is that an expression names."""
        if state.placed and x.__class__ is ir.Local and x.id in state.placed:
            yield state.placed[x.id]

    def looked_up(self, number: int, value: ir.Expr | None, state: State) -> None:
        """Take note of that a local variable gets an element under a lock."""
        if state.held and isinstance(value, ir.Index):
            state.owned |= {(SINCE, str(number))}

    def taken_out(self, call: ir.Call, state: State) -> None:
        """Take note of a `delete` of what a local variable was looked up as, under locks that are held since: nobody else comes to it any more."""
        since = [int(what[1]) for what in state.owned if isinstance(what, tuple) and what[0] == SINCE]
        if len(call.args) != 2 or not since:
            return
        path = self._view.paths.of(ir.Index(call.args[0], call.args[1], call.pos, call.end))
        for number in since:
            match self._view.typing.definitions.get(number):
                case FromValue(ir.Index() as value, 0) if not self._view.assignments[number] and self._view.paths.of(value) == path is not None:
                    state.owned |= {(_TAKEN, str(number))}

    def is_taken(self, x: ir.Expr, state: State) -> bool:
        """Tell whether an expression is the local name of a map that was taken out of where others find it."""
        return bool(state.owned) and x.__class__ is ir.Local and (_TAKEN, str(x.id)) in state.owned

    def forget(self, number: int, state: State) -> None:
        """Take note of that a local variable gets another value."""
        if number in state.placed:
            state.placed = {other: where for other, where in state.placed.items() if other != number}

    def _is_own(self, x: ir.Local) -> bool:
        """Tell whether a local variable holds a map, and is not only another name for where one is."""
        kind = self._view.package.resolver.underlying(self._view.typing.of(x))
        return isinstance(kind, model.Map) and self._view.paths.of(x) == (f"l{x.id}",)
