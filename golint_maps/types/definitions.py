"""Where each local variable of a function gets its type: one walk over its statements, literals included."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from golint_maps.syntax import ir


@dataclass(frozen=True, slots=True)
class FromValue:
    """`x, y := value`: result `index` of `count`."""

    value: ir.Expr
    index: int
    count: int


@dataclass(frozen=True, slots=True)
class FromRange:
    """`for key, value := range over`: index 0 is the key."""

    over: ir.Expr
    index: int


@dataclass(frozen=True, slots=True)
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
            if isinstance(target, ir.Local) and variables[target.id].pos == target.pos:
                if len(values) == len(targets):
                    found[target.id] = FromValue(values[index], 0, 1)
                elif len(values) == 1:
                    found[target.id] = FromValue(values[0], index, len(targets))

    while todo:
        statement = todo.pop()
        match statement:
            case ir.Assign(":=", lhs, rhs):
                define(lhs, rhs)
            case ir.Declare(ids, values):
                for index, number in enumerate(ids):
                    if number >= 0 and values:
                        alone = len(values) == len(ids)
                        found[number] = FromValue(values[index if alone else 0], 0 if alone else index, 1 if alone else len(ids))
            case ir.If(init, _, then, orelse):
                if init is not None:
                    todo.append(init)
                todo += then
                todo += orelse
            case ir.Block(body):
                todo += body
            case ir.For(init, _, post, body):
                if init is not None:
                    todo.append(init)
                if post is not None:
                    todo.append(post)
                todo += body
            case ir.Range(key, value, define_new, over, body):
                if define_new:
                    for index, target in enumerate((key, value)):
                        if isinstance(target, ir.Local):
                            found[target.id] = FromRange(over, index)
                todo += body
            case ir.Switch(init, _, cases):
                if init is not None:
                    todo.append(init)
                for case in cases:
                    todo += case.body
            case ir.TypeSwitch(init, subject, type_cases):
                if init is not None:
                    todo.append(init)
                for clause in type_cases:
                    if clause.variable >= 0:
                        found[clause.variable] = FromCase(subject, clause.types)
                    todo += clause.body
            case ir.Select(comm_cases):
                for comm in comm_cases:
                    if comm.comm is not None:
                        todo.append(comm.comm)
                    todo += comm.body
    return found
