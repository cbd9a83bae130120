"""Where each local variable of a function gets its type: one walk over its statements, literals included."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from golint_maps.syntax import ir


@dataclass(slots=True, eq=False)
class FromValue:
    """`x, y := value`: result `index` of `count`."""

    value: ir.Expr
    index: int
    count: int


@dataclass(slots=True, eq=False)
class FromRange:
    """`for key, value := range over`: index 0 is the key."""

    over: ir.Expr
    index: int


@dataclass(slots=True, eq=False)
class FromCase:
    """The variable of one clause of a type switch."""

    subject: ir.Expr
    types: Sequence[ir.TypeExpr]


Definition = FromValue | FromRange | FromCase


def definitions(bodies: Iterable[Sequence[ir.Stmt]], variables: Sequence[ir.Variable]) -> dict[int, Definition]:
    """Return the defining occurrence of each variable that has no written type."""
    found: dict[int, Definition] = {}
    todo: list[ir.Stmt] = [statement for body in bodies for statement in body]

    def define(targets: Sequence[ir.Expr], values: Sequence[ir.Expr]) -> None:
        for index, target in enumerate(targets):
            if target.__class__ is ir.Local and variables[target.id].pos == target.pos:
                if len(values) == len(targets):
                    found[target.id] = FromValue(values[index], 0, 1)
                elif len(values) == 1:
                    found[target.id] = FromValue(values[0], index, len(targets))

    while todo:
        statement = todo.pop()
        if statement.__class__ is ir.Assign:
            if statement.op == ":=":
                define(statement.lhs, statement.rhs)
        elif statement.__class__ is ir.If:
            if statement.init is not None:
                todo.append(statement.init)
            todo += statement.then
            todo += statement.orelse
        elif statement.__class__ is ir.Block:
            todo += statement.body
        elif statement.__class__ in _INNER:
            _INNER[statement.__class__](statement, found, todo)
        elif statement.__class__ is ir.Declare and statement.values:
            values = statement.values
            alone = len(values) == len(statement.variables)
            for index, number in enumerate(statement.variables):
                if number >= 0:
                    found[number] = FromValue(values[index], 0, 1) if alone else FromValue(values[0], index, len(statement.variables))
    return found


def _for(statement: ir.For, found: dict[int, Definition], todo: list[ir.Stmt]) -> None:
    if statement.init is not None:
        todo.append(statement.init)
    if statement.post is not None:
        todo.append(statement.post)
    todo += statement.body


def _range(statement: ir.Range, found: dict[int, Definition], todo: list[ir.Stmt]) -> None:
    if statement.define:
        for index, target in enumerate((statement.key, statement.value)):
            if isinstance(target, ir.Local):
                found[target.id] = FromRange(statement.over, index)
    todo += statement.body


def _switch(statement: ir.Switch, found: dict[int, Definition], todo: list[ir.Stmt]) -> None:
    if statement.init is not None:
        todo.append(statement.init)
    for case in statement.cases:
        todo += case.body


def _type_switch(statement: ir.TypeSwitch, found: dict[int, Definition], todo: list[ir.Stmt]) -> None:
    if statement.init is not None:
        todo.append(statement.init)
    for clause in statement.cases:
        if clause.variable >= 0:
            found[clause.variable] = FromCase(statement.subject, clause.types)
        todo += clause.body


def _select(statement: ir.Select, found: dict[int, Definition], todo: list[ir.Stmt]) -> None:
    for comm in statement.cases:
        if comm.comm is not None:
            todo.append(comm.comm)
        todo += comm.body


_INNER: Mapping[type[Any], Callable[[Any, dict[int, Definition], list[ir.Stmt]], None]] = {
    ir.For: _for,
    ir.Range: _range,
    ir.Switch: _switch,
    ir.TypeSwitch: _type_switch,
    ir.Select: _select,
}
