"""Plain walks over statements and expressions, for what needs no state."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from golint_maps.flow.walk import OPERANDS
from golint_maps.syntax import ir
from golint_maps.types.definitions import Definition, FromValue

N = TypeVar("N")

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


def blocks(body: Sequence[ir.Stmt]) -> Iterator[Sequence[ir.Stmt]]:
    """Yield a body and the bodies inside of it, each as the list of its statements."""
    yield body
    for statement in statements(body):
        match statement:
            case ir.If(_, _, then, orelse):
                yield from (then, orelse)
            case ir.For(_, _, _, inner) | ir.Range(_, _, _, _, inner) | ir.Block(inner):
                yield inner
            case ir.Switch(_, _, cases) | ir.TypeSwitch(_, _, cases) | ir.Select(cases):
                yield from (case.body for case in cases)


_statements: dict[int, tuple[Sequence[ir.Stmt], tuple[ir.Stmt, ...]]] = {}
_expressions: dict[int, tuple[Sequence[ir.Stmt], tuple[ir.Expr, ...]]] = {}
_by_class: dict[int, tuple[Sequence[ir.Stmt], dict[type[Any], list[Any]]]] = {}
# Many analyses look at the same bodies one after the other, and walking a tree costs far more than walking a tuple. Kept by the identity of
# the body (held, so that no other list can get its number) until `forget`.


def forget() -> None:
    """Drop what is remembered of bodies. To be called when a package is done."""
    _statements.clear()
    _expressions.clear()
    _by_class.clear()


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


_OPERANDS: Mapping[type[Any], Callable[[Any], Sequence[ir.Expr]]] = {
    ir.Assign: lambda x: [*x.lhs, *x.rhs],
    ir.Declare: lambda x: x.values,
    ir.Return: lambda x: x.values,
    ir.Do: lambda x: (x.x,),
    ir.Go: lambda x: (x.call,),
    ir.Defer: lambda x: (x.call,),
    ir.Send: lambda x: (x.channel, x.value),
    ir.If: lambda x: (x.cond,),
    ir.For: lambda x: (x.cond,) if x.cond is not None else (),
    ir.Range: lambda x: [operand for operand in (x.key, x.value, x.over) if operand is not None],
    ir.Switch: lambda x: [*((x.subject,) if x.subject is not None else ()), *(value for case in x.cases for value in case.values)],
    ir.TypeSwitch: lambda x: (x.subject,),
}
"""The expressions that stand directly in a statement, in source order, by its class."""


def operands(statement: ir.Stmt) -> Sequence[ir.Expr]:
    """Return the expressions that stand directly in a statement (not in its substatements), in source order."""
    direct = _OPERANDS.get(statement.__class__)
    return direct(statement) if direct is not None else ()


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
    """Return all expressions of a body, outer before inner. Literals are bodies of their own. Where one class is wanted, `each` is faster."""
    known = _expressions.get(id(body))
    if known is None or known[0] is not body:
        found = tuple(x for statement in statements(body) for operand in operands(statement) for x in subexpressions(operand))
        known = _expressions[id(body)] = (body, found)
    return known[1]


def each(body: Sequence[ir.Stmt], kind: type[N]) -> Sequence[N]:
    """Return the expressions or statements of one class in a body, outer before inner, statements in source order."""
    if not body:
        return ()
    known = _by_class.get(id(body))
    if known is None or known[0] is not body:
        known = _by_class[id(body)] = (body, _sorted_by_class(body))
    return known[1].get(kind, ())


def _sorted_by_class(body: Sequence[ir.Stmt]) -> dict[type[Any], list[Any]]:
    found: defaultdict[type[Any], list[Any]] = defaultdict(list)
    below, direct = OPERANDS, _OPERANDS
    for statement in statements(body):
        found[statement.__class__].append(statement)
        top = direct.get(statement.__class__)
        if top is None:
            continue
        todo = list(top(statement))
        todo.reverse()
        while todo:
            x = todo.pop()
            found[x.__class__].append(x)
            if x.__class__ is ir.Sel:
                todo.append(x.base)
            elif x.__class__ is ir.Call:
                todo.append(x.fun)
                todo += x.args
            else:
                inside = below.get(x.__class__)
                if inside is not None:
                    todo += inside(x)
    return found


_SEQUENCES: Mapping[type[Any], Callable[[Any], Sequence[Sequence[ir.Stmt]]]] = {
    ir.If: lambda x: (x.then, x.orelse),
    ir.Block: lambda x: (x.body,),
    ir.Range: lambda x: (x.body,),
    ir.For: lambda x: (x.body,),
    ir.Switch: lambda x: [case.body for case in x.cases],
    ir.TypeSwitch: lambda x: [case.body for case in x.cases],
    ir.Select: lambda x: [case.body for case in x.cases],
}


def late_definitions(body: Sequence[ir.Stmt], results: Sequence[int] = ()) -> dict[int, Definition]:
    """Return what is assigned to the variables that a body declares without a value, where that follows in the same block: the last of each.

    The named `results` of the function are declared with its body.
    """
    if not results and not any(not statement.values for statement in each(body, ir.Declare)):
        return {}
    found: dict[int, Definition] = {}
    for block in (body, *(inside for statement in statements(body) for inside in _SEQUENCES.get(statement.__class__, _nothing)(statement))):
        declared = set(results) if block is body else set()
        for statement in block:
            if statement.__class__ is ir.Declare and not statement.values:
                declared.update(statement.variables)
            elif statement.__class__ is ir.Assign and statement.op == "=":
                for index, target in enumerate(statement.lhs):
                    if target.__class__ is ir.Local and target.id in declared:
                        alone = len(statement.lhs) == len(statement.rhs)
                        found[target.id] = FromValue(statement.rhs[index], 0, 1) if alone else FromValue(statement.rhs[0], index, len(statement.lhs))
    return found


def _nothing(_: object) -> Sequence[Sequence[ir.Stmt]]:
    return ()


def count_assignments(functions: Iterable[ir.Function], variables: Sequence[ir.Variable]) -> Counter[int]:
    """Return how often each local is assigned to after its definition: `=`, `+=`, `++`, range clauses that define nothing."""
    count: Counter[int] = Counter()
    for function in functions:
        for assign in each(function.body or (), ir.Assign):
            for x in assign.lhs:
                if x.__class__ is ir.Local and variables[x.id].pos != x.pos:
                    count[x.id] += 1
        for loop in each(function.body or (), ir.Range):
            for target in (loop.key, loop.value) if not loop.define else ():
                if target.__class__ is ir.Local:
                    count[target.id] += 1
    return count


def in_turn(body: Sequence[ir.Stmt]) -> Iterator[ir.Stmt]:
    """Yield the statements of a body that are executed one after the other, those in plain blocks included."""
    for statement in body:
        if isinstance(statement, ir.Block):
            yield from in_turn(statement.body)
        else:
            yield statement


def paired(assign: ir.Assign) -> Iterable[tuple[ir.Expr, ir.Expr]]:
    """Return (target, value) of an assignment; nothing where one call or look-up gives several targets their values."""
    return zip(assign.lhs, assign.rhs, strict=True) if len(assign.lhs) == len(assign.rhs) else ()


def selected_from(x: ir.Expr) -> ir.Expr:
    """Return what an operand is selected from, through fields, elements and pointers: `s` of `s.all[k].name`."""
    while isinstance(x, ir.Sel | ir.Index | ir.Deref):
        x = x.x if isinstance(x, ir.Deref) else x.base
    return x


def is_nil(x: ir.Expr | None) -> bool:
    """Tell whether an expression is the word `nil`."""
    return isinstance(x, ir.Name) and x.name == "nil"


def implied(condition: ir.Expr, truth: bool) -> Iterator[tuple[ir.Expr, bool]]:
    """Yield (part, its truth) of what surely holds where a condition is `truth`: the sides of `&&` that holds, of `||` that does not."""
    match condition:
        case ir.Unary("!", operand):
            yield from implied(operand, not truth)
        case ir.Binary("&&" | "||" as op, left, right):
            if (op == "&&") == truth:
                yield from implied(left, truth)
                yield from implied(right, truth)
        case _:
            yield condition, truth


def chained(x: ir.Expr, operator: str) -> Iterator[ir.Expr]:
    """Yield what a chain of one binary operator is made of, from left to right: `a || b || c`."""
    if isinstance(x, ir.Binary) and x.op == operator:
        yield from chained(x.left, operator)
        yield from chained(x.right, operator)
    else:
        yield x
