"""Which of several stores to a local variable is the one that its value comes from where it is used (reaching definitions, for one use)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from golint_maps.flow.structure import Structure, common_loop, dominates, end_of, may_follow, start_of
from golint_maps.flow.traverse import blocks, statements
from golint_maps.flow.view import View
from golint_maps.flow.walk import never_returns
from golint_maps.syntax import ir


def value_at(view: View, x: ir.Local) -> ir.Expr | None:
    """Return the expression whose value a local surely has at a use, however often it is assigned to; None where that is not known.

    What literals do with it is done at a time that is not seen.
    """
    function = view.facts.functions[view.variables[x.id].function]
    body = function.body or ()
    inside = any(function.pos < other.pos <= x.pos < other.end <= function.end for other in view.functions if other is not function)
    if inside or x.id in view.address_taken:
        return None
    stored = list(_stores(body, x.id))
    if _stored_elsewhere(view, function, x.id):
        return None
    structure = Structure(body)
    use = structure.at(x.pos)
    over = [(start_of(block[0]), end_of(block[-1])) for block in blocks(body) if block and _is_last(block[-1])]
    reaching = [
        (at, value)
        for pos, value in stored
        if may_follow(at := structure.at(pos), use) and not any(start <= pos < end and not start <= x.pos < end for start, end in over)
    ]
    sure = [(at, value) for at, value in reaching if dominates(at, use)]
    if not sure:
        return None
    last, value = max(sure, key=lambda item: item[0].order)
    for at, _ in reaching:
        if at.order > last.order and (at.order < use.order or not common_loop(last, use)):
            return None
    return value


def _stores(body: Sequence[ir.Stmt], number: int) -> Iterator[tuple[int, ir.Expr | None]]:
    """Yield (place, value) of what a body stores to a local; no value where it is one of several, or more than what is written."""
    for statement in statements(body):
        match statement:
            case ir.Assign(op, lhs, rhs):
                for index, target in enumerate(lhs):
                    if isinstance(target, ir.Local) and target.id == number:
                        yield statement.pos, rhs[index] if op in ("=", ":=") and len(lhs) == len(rhs) else None
            case ir.Declare(variables, values):
                for index, variable in enumerate(variables):
                    if variable == number:
                        yield statement.pos, values[index] if len(variables) == len(values) else None
            case ir.Range(key=key, value=value):
                if any(isinstance(target, ir.Local) and target.id == number for target in (key, value)):
                    yield statement.pos, None


def _stored_elsewhere(view: View, function: ir.Function, number: int) -> bool:
    return any(any(True for _ in _stores(other.body or (), number)) for other in view.functions if other is not function)


def _is_last(statement: ir.Stmt) -> bool:
    """Tell whether the function is over with a statement."""
    return isinstance(statement, ir.Return) or (isinstance(statement, ir.Do) and never_returns(statement.x))
