"""Plain walks over statements and expressions, for what needs no state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from golint_maps.flow.walk import OPERANDS
from golint_maps.syntax import ir

_BODIES: Mapping[type[Any], Callable[[Any], list[ir.Stmt]]] = {
    ir.If: lambda x: [*((x.init,) if x.init is not None else ()), *x.then, *x.orelse],
    ir.Block: lambda x: x.body,
    ir.Range: lambda x: x.body,
    ir.For: lambda x: [*((x.init,) if x.init is not None else ()), *x.body, *((x.post,) if x.post is not None else ())],
    ir.Switch: lambda x: [*((x.init,) if x.init is not None else ()), *(inner for case in x.cases for inner in case.body)],
    ir.TypeSwitch: lambda x: [*((x.init,) if x.init is not None else ()), *(inner for case in x.cases for inner in case.body)],
    ir.Select: lambda x: [inner for case in x.cases for inner in (*((case.comm,) if case.comm is not None else ()), *case.body)],
}
"""The statements directly inside of a statement, by its class: these walks are where most time goes, and a table is faster than a match."""


def substatements(statement: ir.Stmt) -> Iterator[ir.Stmt]:
    """Yield the statements directly inside of one, in source order."""
    inside = _BODIES.get(statement.__class__)
    if inside is not None:
        yield from inside(statement)


_statements: dict[int, tuple[Sequence[ir.Stmt], tuple[ir.Stmt, ...]]] = {}
_expressions: dict[int, tuple[Sequence[ir.Stmt], tuple[ir.Expr, ...]]] = {}
# Many analyses look at the same bodies one after the other, and walking a tree costs far more than walking a tuple. Kept by the identity of
# the body (held, so that no other list can get its number) until `forget`.


def forget() -> None:
    """Drop what is remembered of bodies. To be called when a package is done."""
    _statements.clear()
    _expressions.clear()


def statements(body: Sequence[ir.Stmt]) -> tuple[ir.Stmt, ...]:
    """Return all statements of a body, outer before inner, in source order. Literals are bodies of their own."""
    known = _statements.get(id(body))
    if known is None or known[0] is not body:
        known = _statements[id(body)] = (body, tuple(_walk(body)))
    return known[1]


def _walk(body: Sequence[ir.Stmt]) -> Iterator[ir.Stmt]:
    todo = list(reversed(body))
    bodies = _BODIES
    while todo:
        statement = todo.pop()
        yield statement
        inside = bodies.get(statement.__class__)
        if inside is not None:
            todo += reversed(inside(statement))


def operands(statement: ir.Stmt) -> Iterator[ir.Expr]:
    """Yield the expressions that stand directly in a statement (not in its substatements), in source order."""
    match statement:
        case ir.Assign(_, lhs, rhs):
            yield from lhs
            yield from rhs
        case ir.Declare(_, values) | ir.Return(values):
            yield from values
        case ir.Do(x):
            yield x
        case ir.Go(call) | ir.Defer(call):
            yield call
        case ir.Send(channel, value):
            yield channel
            yield value
        case ir.If(_, cond):
            yield cond
        case ir.For(_, cond):
            if cond is not None:
                yield cond
        case ir.Range(key, value, _, over):
            if key is not None:
                yield key
            if value is not None:
                yield value
            yield over
        case ir.Switch(_, subject, cases):
            if subject is not None:
                yield subject
            for case in cases:
                yield from case.values
        case ir.TypeSwitch(_, subject):
            yield subject


def subexpressions(x: ir.Expr) -> Iterator[ir.Expr]:
    """Yield an expression and all of its operands, outer before inner."""
    todo = [x]
    below = OPERANDS
    while todo:
        x = todo.pop()
        yield x
        inside = below.get(x.__class__)
        if inside is not None:
            todo += inside(x)


def expressions(body: Sequence[ir.Stmt]) -> tuple[ir.Expr, ...]:
    """Return all expressions of a body, outer before inner. Literals are bodies of their own."""
    known = _expressions.get(id(body))
    if known is None or known[0] is not body:
        found: list[ir.Expr] = []
        below = OPERANDS
        for statement in statements(body):
            todo = list(operands(statement))
            todo.reverse()
            while todo:
                x = todo.pop()
                found.append(x)
                inside = below.get(x.__class__)
                if inside is not None:
                    todo += inside(x)
        known = _expressions[id(body)] = (body, tuple(found))
    return known[1]


def count_assignments(functions: Iterable[ir.Function], variables: Sequence[ir.Variable]) -> Counter[int]:
    """Return how often each local is assigned to after its definition: `=`, `+=`, `++`, range clauses that define nothing."""
    count: Counter[int] = Counter()
    for function in functions:
        for statement in statements(function.body or ()):
            match statement:
                case ir.Assign(_, lhs):
                    for x in lhs:
                        if isinstance(x, ir.Local) and variables[x.id].pos != x.pos:
                            count[x.id] += 1
                case ir.Range(key, value, False):
                    for target in (key, value):
                        if isinstance(target, ir.Local):
                            count[target.id] += 1
    return count
