"""Flags that are set once and for good under a lock: who has seen one set there comes after all that was done before it was set.

`mu.Lock(); if !loaded { fill(m); loaded = true }; mu.Unlock()` is a `sync.Once` of somebody's own making, and so is `if m == nil { m = make(…); … }`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from golint_maps.flow.events import ONCE, SETTLED, Held
from golint_maps.flow.files import of_file
from golint_maps.flow.identity import Names
from golint_maps.flow.lockset_state import Locks
from golint_maps.flow.structure import end_of, start_of
from golint_maps.flow.traverse import each, implied, substatements
from golint_maps.flow.view import PackageView, View
from golint_maps.syntax import ir

Region = tuple[int, int, ir.Expr]
"""(start, end, the flag)"""


def settled(package: PackageView) -> Mapping[str, frozenset[str]]:
    """Return the flags, fields and variables by name, that nothing takes back, with the names of what is filled or made before one is set."""
    found: Mapping[str, frozenset[str]] | None = package.memo.get("settled flags")
    if found is None:
        guards: list[_Guard] = []
        given: set[tuple[str, str]] = set()
        touched: dict[str, set[str]] = {}
        for file in package.scope.files:
            known = of_file(file, _in_file)
            guards += known.guards
            given |= known.given
            for name, maps in known.touched.items():
                touched.setdefault(name, set()).update(maps)
        table: dict[str, set[str]] = {}
        for guard in guards:
            if (guard.flag, "zero") not in given and not (guard.plain and (guard.flag, "other") in given):
                maps = table.setdefault(guard.flag, set())
                maps |= guard.maps.union(*(touched.get(name, ()) for name in guard.calls))
        found = package.memo["settled flags"] = {flag: frozenset(maps) for flag, maps in table.items()}
    return found


@dataclass(slots=True)
class _Guard:
    """A part of a function where a flag is not set yet: the names that it stores to, and those that it calls."""

    flag: str
    plain: bool
    maps: set[str]
    calls: set[str]


@dataclass(slots=True)
class _Known:
    guards: list[_Guard] = field(default_factory=list)
    given: set[tuple[str, str]] = field(default_factory=set)
    """(name, `true`, `zero` or `other`) of all that is set."""
    touched: dict[str, set[str]] = field(default_factory=dict)
    """What functions store to, by the name of the function."""


def _in_file(file: ir.FileFacts) -> _Known:
    known = _Known()
    for function in file.functions:
        if function.name == "var·":
            continue
        body = function.body or ()
        set_here: set[str] = set()
        for statement in each(body, ir.Assign):
            for index, target in enumerate(statement.lhs):
                if isinstance(target, ir.Sel | ir.Name):
                    value = statement.rhs[index] if len(statement.rhs) == len(statement.lhs) else None
                    set_here.add(target.name)
                    known.given.add((target.name, _kind(value)))
        stored = set(_stored(body))
        if stored:
            known.touched.setdefault(file.functions[function.root].name, set()).update(stored)
        if set_here:
            known.guards += _guards(body, set_here)
    return known


def _stored(body: Sequence[ir.Stmt]) -> Iterator[str]:
    """Yield the names of the fields and variables that statements assign to, or to an element of."""
    for statement in each(body, ir.Assign):
        for target in statement.lhs:
            base = target.base if isinstance(target, ir.Index) else target
            if isinstance(base, ir.Sel | ir.Name):
                yield base.name


def _guards(body: Sequence[ir.Stmt], set_here: Container[str]) -> Iterator[_Guard]:
    for block, found in _unset(body):
        for x, plain in found:
            if x.name in set_here and any(
                isinstance(target, ir.Sel | ir.Name) and target.name == x.name for item in block if isinstance(item, ir.Assign) for target in item.lhs
            ):
                calls = {call.fun.name for call in each(block, ir.Call) if isinstance(call.fun, ir.Sel | ir.Name)}
                yield _Guard(x.name, plain, set(_stored(block)), calls)


def _unset(body: Sequence[ir.Stmt]) -> Iterator[tuple[Sequence[ir.Stmt], list[tuple[ir.Sel | ir.Name, bool]]]]:
    """Yield the parts of a body that a condition leads to, with the flags that are not set there for what it says."""
    for index, statement in enumerate(body):
        if isinstance(statement, ir.If):
            # What is set where the condition is false is not set where it is true.
            yield statement.then, list(_seen_set(statement.cond, False))
            if statement.then and isinstance(statement.then[-1], ir.Return):
                yield body[index + 1 :], list(_seen_set(statement.cond, True))
            yield from _unset(statement.then)
            yield from _unset(statement.orelse)
        elif inside := list(substatements(statement)):
            yield from _unset(inside)


def _kind(value: ir.Expr | None) -> str:
    match value:
        case ir.Name("true"):
            return "true"
        case ir.Name("false" | "nil") | ir.Const(_, "0" | '""'):
            return "zero"
    return "other"


def _seen_set(condition: ir.Expr, truth: bool) -> Iterator[tuple[ir.Sel | ir.Name, bool]]:
    """Yield (flag, whether it is no comparison with nil) of what is surely set where a condition is `truth`."""
    for part, holds in implied(condition, truth):
        match part:
            case ir.Binary("!=" | "==" as op, ir.Sel() | ir.Name() as x, ir.Name("nil")):
                if holds == (op == "!="):
                    yield x, False
            case ir.Sel() | ir.Name() if holds:
                yield part, True


def regions(body: Sequence[ir.Stmt], view: View, flags: Container[str]) -> Iterator[Region]:
    """Yield the parts of a body where a flag is not set yet, and is set before they end."""
    for block, found in _unset(body):
        for x, _ in found:
            if block and x.name in flags and _sets(block, x, view):
                yield start_of(block[0]), end_of(block[-1]), x


def _sets(block: Sequence[ir.Stmt], flag: ir.Expr, view: View) -> bool:
    path = view.paths.raw(flag)
    return path is not None and any(
        isinstance(item, ir.Assign) and any(isinstance(target, ir.Sel | ir.Name) and view.paths.raw(target) == path for target in item.lhs)
        for item in block
    )


def hold(flag: ir.Expr, names: Names, mode: str) -> Held | None:
    """Return what a flag is like: a lock that whoever sets it has for writing, and whoever has seen it set, for reading."""
    path = names.path(flag)
    return Held((*path, "once"), mode, names.identity(flag) + SETTLED) if path is not None else None


def note_seen(condition: ir.Expr, truth: bool, held: Locks, names: Names, flags: Container[str]) -> None:
    """Add to the locks that are held what is held from now on where a condition is `truth`, and a lock is held."""
    if any(not lock.name.endswith(ONCE) for lock in held.values()):
        for x, _ in _seen_set(condition, truth):
            _add(x, held, names, flags)


def note_set(statement: ir.Assign, held: Locks, names: Names, flags: Container[str]) -> None:
    """Add to the locks that are held what is held from now on where a statement sets a flag under a lock for writing."""
    if excludes(held.values()):
        for x in statement.lhs:
            if isinstance(x, ir.Sel | ir.Name):
                _add(x, held, names, flags)


def _add(flag: ir.Sel | ir.Name, held: Locks, names: Names, flags: Container[str]) -> None:
    found = hold(flag, names, "r") if flag.name in flags else None
    if found is not None:
        held.setdefault(found.path, found)


def excludes(held: Iterable[Held]) -> bool:
    """Tell whether a lock for writing is held."""
    return any(lock.mode == "w" and not lock.name.endswith(ONCE) for lock in held)


def concerns(lock: Held, name: str, flags: Mapping[str, frozenset[str]]) -> bool:
    """Tell whether a lock, or what is like one, has to do with a map of this name: a flag has only with the maps that are filled before it is set."""
    return not lock.name.endswith(SETTLED) or name in flags.get(lock.path[-2].rpartition(".")[2], ())
