"""Plain walks over statements and expressions, for what needs no state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from golint_maps.flow.walk import children
from golint_maps.syntax import ir


def substatements(statement: ir.Stmt) -> Iterator[ir.Stmt]:
    """Yield the statements directly inside of one, in source order."""
    match statement:
        case ir.If(init, _, then, orelse):
            if init is not None:
                yield init
            yield from then
            yield from orelse
        case ir.Block(body) | ir.Range(_, _, _, _, body):
            yield from body
        case ir.For(init, _, post, body):
            if init is not None:
                yield init
            yield from body
            if post is not None:
                yield post
        case ir.Switch(init, _, cases) | ir.TypeSwitch(init, _, cases):
            if init is not None:
                yield init
            for case in cases:
                yield from case.body
        case ir.Select(comm_cases):
            for comm in comm_cases:
                if comm.comm is not None:
                    yield comm.comm
                yield from comm.body


def statements(body: Sequence[ir.Stmt]) -> Iterator[ir.Stmt]:
    """Yield all statements of a body, outer before inner, in source order. Literals are bodies of their own."""
    todo = list(reversed(body))
    while todo:
        statement = todo.pop()
        yield statement
        if isinstance(statement, ir.If | ir.Block | ir.Range | ir.For | ir.Switch | ir.TypeSwitch | ir.Select):
            todo.extend(reversed(list(substatements(statement))))


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
    while todo:
        x = todo.pop()
        yield x
        if not isinstance(x, ir.Local | ir.Name | ir.Const):
            todo.extend(children(x))


def expressions(body: Sequence[ir.Stmt]) -> Iterator[ir.Expr]:
    """Yield all expressions of a body. Literals are bodies of their own."""
    for statement in statements(body):
        for x in operands(statement):
            yield from subexpressions(x)


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
                    for x in (key, value):
                        if isinstance(x, ir.Local):
                            count[x.id] += 1
    return count
