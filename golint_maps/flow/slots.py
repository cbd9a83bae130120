"""Slots: what lets one activity in at a time and is no lock. A goroutine that gives a slot back at its end has had it since before its start.

A slot is an atomic flag that somebody wins by a compare-and-swap and resets, or an object with a method that refuses when a mark is set and sets it
otherwise, and another one that takes the mark away: `if running := op.begin(id); running != "" { return … }; go func() { defer op.end(); … }()`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from golint_maps.flow.files import of_file
from golint_maps.flow.paths import Path
from golint_maps.flow.structure import end_of, start_of
from golint_maps.flow.traverse import each, operands, subexpressions
from golint_maps.flow.view import PackageView, View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.scope import receiver_name

_Methods = set[tuple[str, str, Path]]
"""(type, method, mark as a path from the receiver)"""


@dataclass(frozen=True, slots=True)
class Slots:
    """The slots of a package: names of the atomic flags that are won, and the methods, as (type, name), that take a slot and give it back."""

    flags: frozenset[str]
    takes: frozenset[tuple[str, str]]
    gives: frozenset[tuple[str, str]]

    def taken(self, body: Sequence[ir.Stmt], view: View) -> Iterator[tuple[int, int, Path]]:
        """Yield (start, end, object) of the rest of a body behind each `if` that returns unless it has got the slot of an object."""
        for index, statement in enumerate(body[:-1] if self.takes else ()):
            if isinstance(statement, ir.If) and statement.then and isinstance(statement.then[-1], ir.Return):
                asked = (*operands(statement), *(operands(statement.init) if statement.init is not None else ()))
                calls = [part for x in asked for part in subexpressions(x) if isinstance(part, ir.Call)]
                for path in self._by_methods(calls, self.takes, view):
                    yield start_of(body[index + 1]), end_of(body[-1]), path

    def given_back(self, function: ir.Function, view: View) -> Iterator[Path]:
        """Yield the slots, flags and objects, that a function gives back in the end and does not take."""
        body = function.body or ()
        if not self.flags and not self.gives:
            return
        deferred = [statement.call for statement in each(body, ir.Defer) if isinstance(statement.call, ir.Call)]
        won = {view.paths.raw(won_flag(call)) for call in each(body, ir.Call)}
        for call in each(body, ir.Call) if function.parent >= 0 else deferred:
            path = view.paths.raw(_reset_flag(call))
            if path is not None and path[-1].rpartition(".")[2] in self.flags and path not in won:
                yield path
        yield from self._by_methods(deferred, self.gives, view)

    @staticmethod
    def _by_methods(calls: Sequence[ir.Call], methods: frozenset[tuple[str, str]], view: View) -> Iterator[Path]:
        names = {name for _, name in methods}
        for call in calls:
            if isinstance(call.fun, ir.Sel) and call.fun.name in names:
                kind = view.typing.of(call.fun.base)
                kind = kind.elem if isinstance(kind, model.Pointer) else kind
                path = view.paths.raw(call.fun.base)
                if isinstance(kind, model.Named) and (kind.name, call.fun.name) in methods and path is not None:
                    yield path


def slots(package: PackageView) -> Slots:
    """Return the slots of a package; found once."""
    known = package.memo.get("slots")
    if not isinstance(known, Slots):
        flags: set[str] = set()
        takes: _Methods = set()
        gives: _Methods = set()
        for file in package.scope.files:
            for mine, found in zip((flags, takes, gives), of_file(file, _in_file), strict=True):
                mine |= found  # type: ignore[operator]
        marks = {(kind, mark) for kind, _, mark in takes}
        marks &= {(kind, mark) for kind, _, mark in gives}
        known = package.memo["slots"] = Slots(
            frozenset(flags),
            frozenset((kind, name) for kind, name, mark in takes if (kind, mark) in marks),
            frozenset((kind, name) for kind, name, mark in gives if (kind, mark) in marks),
        )
    return known


def won_flag(x: ir.Expr) -> ir.Expr | None:
    """Return the variable of a compare-and-swap."""
    found: ir.Expr | None = None
    if x.__class__ is ir.Call:
        match x:
            case ir.Call(ir.Sel(ir.Name("atomic"), name), [ir.Addr(variable), *_]) if name.startswith("CompareAndSwap"):
                found = variable
            case ir.Call(ir.Sel(base, "CompareAndSwap"), [_, _]):
                found = base
    return found


def _reset_flag(call: ir.Call) -> ir.Expr | None:
    """Return the variable of an atomic store of zero."""
    match call:
        case ir.Call(ir.Sel(ir.Name("atomic"), name), [ir.Addr(variable), value]) if name.startswith("Store") and _is_zero(value):
            return variable
        case ir.Call(ir.Sel(base, "Store"), [value]) if _is_zero(value):
            return base
    return None


def _is_zero(x: ir.Expr) -> bool:
    match x:
        case ir.Const(_, "0" | '""' | "``") | ir.Name("false" | "nil"):
            return True
    return False


def _in_file(file: ir.FileFacts) -> tuple[set[str], _Methods, _Methods]:
    won = (won_flag(call) for function in file.functions for call in each(function.body or (), ir.Call))
    flags = {flag.name for flag in won if isinstance(flag, ir.Sel | ir.Name)}
    takes: _Methods = set()
    gives: _Methods = set()
    for function in file.functions:
        if function.receiver < 0 or not function.body or function.receiver_type is None or not _locks(function.body):
            continue
        kind = receiver_name(function.receiver_type)
        marks = _marks(function)
        refused = {
            mark
            for statement in function.body
            if isinstance(statement, ir.If) and statement.then and isinstance(statement.then[-1], ir.Return)
            for part in subexpressions(statement.cond)
            if (mark := _mark(part, function.receiver)) in marks
        }
        takes |= {(kind, function.name, mark) for mark in refused if not marks[mark]}
        gives |= {(kind, function.name, mark) for mark, zero in marks.items() if zero and not each(function.body, ir.Return)}
    return flags, takes, gives


def _locks(body: Sequence[ir.Stmt]) -> bool:
    return any(call.fun.__class__ is ir.Sel and call.fun.name == "Lock" for call in each(body, ir.Call))


def _marks(function: ir.Function) -> Mapping[Path, bool]:
    """Return the fields that a method sets as its last word, and whether it sets them to zero."""
    return {
        mark: _is_zero(value)
        for statement in function.body or ()
        if isinstance(statement, ir.Assign) and len(statement.lhs) == len(statement.rhs)
        for target, value in zip(statement.lhs, statement.rhs, strict=True)
        if (mark := _mark(target, function.receiver))
    }


def _mark(x: ir.Expr, receiver: int) -> Path:
    """Return a field as a path from the receiver; empty for all else."""
    names: list[str] = []
    while isinstance(x, ir.Sel):
        names.append(x.name)
        x = x.base
    return tuple(reversed(names)) if isinstance(x, ir.Local) and x.id == receiver else ()
