"""Where a function does something at most once for its object: behind a flag that it sets, or behind an atomic flag that one goroutine wins."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from golint_maps.flow.paths import Path, Paths
from golint_maps.flow.slots import won_flag
from golint_maps.flow.structure import end_of, start_of
from golint_maps.flow.traverse import chained, each, substatements
from golint_maps.syntax import ir

Region = tuple[int, int, Path, bool]
"""(start, end, the flag, whether it is atomic)"""
State = tuple[int, int]
"""(start, end)"""


_STATES: Final = frozenset((ir.Const, ir.Name, ir.Sel))
"""Expressions that may stand for a state: constants, of this package or another."""
Setters = Mapping[str, Container[str]]
"""The fields that functions set, by their names."""


def once_regions(body: Sequence[ir.Stmt], paths: Paths, setters: Setters) -> tuple[list[Region], list[State]]:
    """Return the parts of a body that a flag lets nobody enter twice, and those that a state keeps others out of while it lasts."""
    found = list(_regions(body, paths, setters)) if each(body, ir.If) and _may_set(body) else []
    once = [(start, end, flag.path, flag.atomic) for start, end, flag in found if not flag.state]
    return once, [(start, end) for start, end, flag in found if flag.state]


def _may_set(body: Sequence[ir.Stmt]) -> bool:
    """Tell whether a body sets a flag that outlives it at all."""
    return any(x.__class__ is not ir.Local for statement in each(body, ir.Assign) for x in statement.lhs) or any(
        call.fun.__class__ is ir.Sel and call.fun.name.startswith("CompareAndSwap") for call in each(body, ir.Call)
    )


def _regions(body: Sequence[ir.Stmt], paths: Paths, setters: Setters) -> Iterator[tuple[int, int, _Flag]]:
    for index, statement in enumerate(body):
        if statement.__class__ is ir.If:
            rest = body[index + 1 :]
            if statement.then:
                yield from _of(_flags(statement.cond, paths, False), statement.then, paths, setters)
                if rest and isinstance(statement.then[-1], ir.Return):
                    yield from _of(_flags(statement.cond, paths, True), rest, paths, setters)
            yield from _regions(statement.then, paths, setters)
            yield from _regions(statement.orelse, paths, setters)
        elif inside := list(substatements(statement)):
            yield from _regions(inside, paths, setters)


def _of(flags: Sequence[_Flag], block: Sequence[ir.Stmt], paths: Paths, setters: Setters) -> Iterator[tuple[int, int, _Flag]]:
    for flag in flags:
        if (
            flag.atomic
            or any(
                flag.is_set(value, paths)
                for item in (_in_one_section(block) if flag.state else block)
                if isinstance(item, ir.Assign)
                for value in _given(item, flag.path, paths)
            )
            or (not flag.state and _sets_by_call(block, flag.path, paths, setters))
        ):
            yield start_of(block[0]), end_of(block[-1]), flag


def _in_one_section(block: Sequence[ir.Stmt]) -> Iterator[ir.Stmt]:
    """Yield the statements of a block before a lock is given back: who asks for a state must change it before others can ask."""
    for item in block:
        match item:
            case ir.Do(ir.Call(ir.Sel(_, "Unlock" | "RUnlock"))):
                return
        yield item


def _given(statement: ir.Assign, flag: Path, paths: Paths) -> Iterator[ir.Expr | None]:
    """Yield what a statement gives a flag; None where that is a result of a call with several."""
    for index, x in enumerate(statement.lhs):
        if paths.raw(x) == flag:
            yield statement.rhs[index] if len(statement.lhs) == len(statement.rhs) else None


def _sets_by_call(block: Sequence[ir.Stmt], flag: Path, paths: Paths, setters: Setters) -> bool:
    """Tell whether a block hands what the flag is a field of to a function that sets it: `if t.done == nil { finish(t) }`."""
    for call in each(block, ir.Call) if len(flag) > 1 else ():
        if isinstance(call.fun, ir.Sel | ir.Name) and flag[-1] in setters.get(call.fun.name, ()):
            given = (call.fun.base, *call.args) if isinstance(call.fun, ir.Sel) else call.args
            if any(paths.raw(x) == flag[:-1] for x in given):
                return True
    return False


@dataclass(frozen=True, slots=True)
class _Flag:
    """What lets nobody in twice. Of a state it says which one: who comes leaves it (`if s.is != idle { return }; s.is = busy`), or enters it."""

    path: Path
    atomic: bool = False
    state: str = ""
    entered: bool = False

    def is_set(self, value: ir.Expr | None, paths: Paths) -> bool:
        """Tell whether the flag is set by giving it a value."""
        if not self.state:
            return True
        return value is not None and value.__class__ in _STATES and (paths.key(value) == self.state) == self.entered


def _flags(condition: ir.Expr, paths: Paths, truth: bool) -> list[_Flag]:
    """Return the flags that are set when a condition is `truth`, and not set, or just won, where it is not."""
    found: list[_Flag] = []
    if condition.__class__ is ir.Binary and condition.op not in ("&&", "||", "==", "!="):
        return []
    for x in chained(condition, "||" if truth else "&&"):
        negated = isinstance(x, ir.Unary) and x.op == "!"
        inner = x.x if isinstance(x, ir.Unary) and negated else x
        won = won_flag(inner)
        flag: ir.Expr | None = None
        atomic, state, entered = False, "", False
        if won is not None:
            if negated == truth:
                flag, atomic = won, True
        else:
            match x:
                case ir.Binary("!=" | "==" as op, operand, ir.Name("nil")):
                    flag = operand if (op == "!=") == truth else None
                case ir.Binary("!=" | "==" as op, operand, value) if truth and value.__class__ in _STATES:
                    flag, state, entered = operand, paths.key(value), op == "=="
                case _ if negated != truth:
                    flag = inner
        if isinstance(flag, ir.Sel | ir.Name) or (atomic and flag is not None):
            path = paths.raw(flag)
            found += [_Flag(path, atomic, state, entered)] if path is not None else []
    return found
