"""Outer loops that come again as long as a loop over a map inserts, and functions that call themselves then.

Each new entry is visited in the end then, by this run of the inner loop or by a later one, so that the outcome does not depend on the order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from golint_maps.flow.map_ranges import MapRange
from golint_maps.flow.structure import end_of, start_of
from golint_maps.flow.traverse import each, subexpressions
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromValue


def is_worklist(view: View, found: MapRange, at: int) -> bool:
    """Tell whether an outer loop comes again after the insert, or the call that inserts, at an offset in a loop over a map.

    Either the number of entries decides that (`for len(m) > 0`, `if len(m) == before { break }`), or a flag that is set beside the insert.
    """
    beside: list[ir.Stmt] | None = None
    body = found.function.body or ()
    around: tuple[ir.For | ir.Range, ...] = (*each(body, ir.For), *each(body, ir.Range))
    for loop in around:
        if loop is found.loop or not loop.pos < found.loop.pos < loop.end:
            continue
        for condition, wanted in _continuations(loop):
            if _counts_entries(view, condition, found):
                return True
            beside = beside if beside is not None else _around(found.loop.body, at)
            if any(_holds_after(condition, wanted, statement) for statement in beside if isinstance(statement, ir.Assign)):
                return True
    return _runs_again(view, found, at)


def takes_the_first(view: View, found: MapRange, given: Iterable[ir.Expr], asking: Sequence[ir.Stmt]) -> bool:
    """Tell whether a new entry gets a number that depends on which entry the loop has come to first: `depth[next] = level + 1`.

    Not where the statements around it compare numbers: it may be the least of all in the end.
    """
    below = view.package.resolver.underlying(view.typing.local(found.value)) if found.value >= 0 else None
    if not isinstance(below, model.Basic) or not below.name.startswith(("int", "uint", "float")):
        return False
    return any(isinstance(part, ir.Local) and part.id == found.value for x in given for part in subexpressions(x)) and not any(
        comparison.op in ("<", ">", "<=", ">=") for comparison in each(asking, ir.Binary)
    )


def _runs_again(view: View, found: MapRange, at: int) -> bool:
    """Tell whether a function calls itself behind the loop if a flag is set that the loop sets after the insert: `if changed { t.complete() }`."""
    if found.function is not view.root:
        return False
    sets = [statement for statement in each(found.loop.body, ir.Assign) if statement.pos > at]
    return any(
        branch.pos >= found.loop.end
        and any(_calls_itself(view, call) for call in each(branch.then, ir.Call))
        and any(_holds_after(branch.cond, True, statement) for statement in sets)
        for branch in each(view.root.body or (), ir.If)
    )


def _calls_itself(view: View, call: ir.Call) -> bool:
    match call.fun:
        case ir.Name(name):
            return view.root.receiver_type is None and name == view.root.name
        case ir.Sel(ir.Local(number), name):
            return number == view.root.receiver and name == view.root.name
    return False


def _continuations(loop: ir.For | ir.Range) -> Iterator[tuple[ir.Expr, bool]]:
    """Yield the conditions by which a loop comes again, each with the value that it has to have for that."""
    if isinstance(loop, ir.For) and loop.cond is not None:
        yield loop.cond, True
    for statement in loop.body:
        match statement:
            case ir.If(_, condition, [ir.Return() | ir.Branch("break")], []):
                yield condition, False


def _counts_entries(view: View, condition: ir.Expr, found: MapRange) -> bool:
    """Tell whether a condition asks for the number of entries, or for a variable that holds it."""
    for x in subexpressions(condition):
        definition = view.typing.definitions.get(x.id) if isinstance(x, ir.Local) and not view.assignments[x.id] else None
        match definition.value if isinstance(definition, FromValue) else x:
            case ir.Call(ir.Name("len"), [over]) if view.paths.of(over) == found.path:
                return True
    return False


def _around(block: Sequence[ir.Stmt], at: int) -> list[ir.Stmt]:
    """Return the statements of the innermost block around an offset, and of the branch that is taken on the result of what happens there."""
    for statement in block:
        if start_of(statement) <= at < end_of(statement):
            for inner in _blocks(statement):
                if inner and start_of(inner[0]) <= at < end_of(inner[-1]):
                    return _around(inner, at)
            return [*block, *(statement.then if isinstance(statement, ir.If) else ())]
    return list(block)


def _blocks(statement: ir.Stmt) -> Sequence[Sequence[ir.Stmt]]:
    match statement:
        case ir.If(_, _, then, orelse):
            return then, orelse
        case ir.Block(body) | ir.For(_, _, _, body) | ir.Range(_, _, _, _, body):
            return (body,)
        case ir.Switch(_, _, cases) | ir.TypeSwitch(_, _, cases) | ir.Select(cases):
            return [case.body for case in cases]
    return ()


def _holds_after(condition: ir.Expr, wanted: bool, assign: ir.Assign) -> bool:
    """Tell whether an assignment gives a flag the value by which a condition is as it is `wanted`, whatever else it asks for."""
    match condition:
        case ir.Unary("!", operand):
            return _holds_after(operand, not wanted, assign)
        case ir.Binary("&&" | "||", left, right):
            return _holds_after(left, wanted, assign) or _holds_after(right, wanted, assign)
        case ir.Binary("!=" | ">" | "==" as op, ir.Local() as counter, ir.Const(_, "0")):
            return _holds_after(counter, wanted == (op != "=="), assign)
        case ir.Local(number):
            for index, target in enumerate(assign.lhs):
                if isinstance(target, ir.Local) and target.id == number:
                    return _may_become(assign, index, wanted)
    return False


def _may_become(assign: ir.Assign, index: int, wanted: bool) -> bool:
    """Tell whether a flag or counter is set, or for all that is seen may be, where the condition asks for that."""
    if assign.op == "+=":
        return wanted
    value = assign.rhs[index] if len(assign.lhs) == len(assign.rhs) else assign.rhs[0]
    match value:
        case ir.Name("true" | "false" as word):
            return (word == "true") == wanted
    return wanted and any(isinstance(part, ir.Call) for part in subexpressions(value))
