"""The locks that a function surely holds at some of its statements, by paths of its own. What callers hold is not counted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from golint_maps.flow.identity import Names
from golint_maps.flow.locks import operation
from golint_maps.flow.paths import Path
from golint_maps.flow.walk import Forward
from golint_maps.syntax import ir

Held = Mapping[Path, str]
"""Locks by path, each as written."""


@dataclass(slots=True)
class _State:
    locks: dict[Path, str] = field(default_factory=dict)


class _Holding(Forward[_State]):
    def __init__(self, names: Names, wanted: Collection[int]) -> None:
        super().__init__()
        self.names = names
        self.wanted = wanted
        self.held: dict[int, Held] = {}

    def copy(self, state: _State) -> _State:
        return _State(dict(state.locks))

    def join(self, left: _State, right: _State) -> _State:
        return replace(left, locks={path: spelled for path, spelled in left.locks.items() if path in right.locks})

    def statement(self, statement: ir.Stmt, state: _State) -> _State | None:
        if id(statement) in self.wanted:
            self.held[id(statement)] = dict(state.locks)
        return super().statement(statement, state)

    def evaluate(self, x: ir.Expr, state: _State) -> None:
        lock = operation(x, self.names) if isinstance(x, ir.Call) else None
        if lock is None:
            return
        if lock.kind == "release":
            state.locks.pop(lock.path, None)
        else:
            state.locks[lock.path] = lock.spelled

    def defer(self, statement: ir.Defer, state: _State) -> None:
        """A deferred unlock holds the lock to the end."""


def held_at(names: Names, body: Sequence[ir.Stmt], wanted: Sequence[ir.Stmt]) -> dict[int, Held]:
    """Return the locks held where some statements of a body begin, by the `id` of the statement; nothing for those that are never reached."""
    walk = _Holding(names, {id(statement) for statement in wanted})
    walk.run(body, _State())
    return walk.held
