"""Where a body is run at most once for a map: behind a flag, or while the map is nil or empty."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from golint_maps.flow.assigned import fields_set_by
from golint_maps.flow.events import Path
from golint_maps.flow.identity import Names
from golint_maps.flow.once import once_regions
from golint_maps.flow.structure import end_of, start_of
from golint_maps.flow.traverse import each, implied, paired, substatements
from golint_maps.flow.view import View
from golint_maps.syntax import ir


def first_time(view: View, function: ir.Function) -> list[tuple[int, int, Path | None]]:
    """Return the parts of a body that are run at most once for a map: behind a flag, or while the map is nil or empty.

    The last item is the map if it is for that one only.
    """
    regions, _ = once_regions(function.body or (), view.paths, fields_set_by(view.package))
    found: list[tuple[int, int, Path | None]] = [(start, end, None) for start, end, flag, _ in regions if not _is_lowered(view, flag)]
    names: Names | None = None
    for start, end, x in empty_regions(function.body or ()):
        names = names or Names(view)
        path = names.path(x)
        if path is not None:
            found.append((start, end, path))
    return found


def _is_lowered(view: View, flag: Path) -> bool:
    """Tell whether the function or one of its literals takes a flag back: it says that something is under way, not that it was done."""
    return any(
        isinstance(value, ir.Name) and value.name == "false" and view.paths.raw(target) == flag
        for number in view.family
        for statement in each(view.facts.functions[number].body or (), ir.Assign)
        for target, value in paired(statement)
    )


def empty_regions(body: Sequence[ir.Stmt]) -> list[tuple[int, int, ir.Expr]]:
    """Return the parts of a body that run while something is nil or has no elements, with what that is."""
    # Few conditions ask for that, and every function comes through here.
    return list(_regions(body)) if any(_asks(statement.cond) for statement in each(body, ir.If)) else []


def _asks(condition: ir.Expr) -> bool:
    """Tell whether a condition may ask whether a field or package variable is nil or something has elements."""
    if condition.__class__ is ir.Unary:
        return _asks(condition.x)
    if condition.__class__ is not ir.Binary:
        return False
    if condition.op in ("&&", "||"):
        return _asks(condition.left) or _asks(condition.right)
    left, right = condition.left, condition.right
    if left.__class__ is ir.Call:
        return left.fun.__class__ is ir.Name and left.fun.name == "len"
    return (left.__class__ is ir.Sel or left.__class__ is ir.Name) and right.__class__ is ir.Name and right.name == "nil"


def _regions(body: Sequence[ir.Stmt]) -> Iterator[tuple[int, int, ir.Expr]]:
    for index, statement in enumerate(body):
        if statement.__class__ is ir.If:
            if statement.then:
                # What the head of the statement does, as `v := load(); m == nil`, counts as well.
                yield from ((statement.pos, end_of(statement.then[-1]), x) for x in _empty(statement.cond, True))
                rest = body[index + 1 :]
                if rest and not statement.orelse and isinstance(statement.then[-1], ir.Return):
                    yield from ((start_of(rest[0]), end_of(rest[-1]), x) for x in _empty(statement.cond, False))
            if statement.orelse:
                yield from ((start_of(statement.orelse[0]), end_of(statement.orelse[-1]), x) for x in _empty(statement.cond, False))
            yield from _regions(statement.then)
            yield from _regions(statement.orelse)
        elif inside := list(substatements(statement)):
            yield from _regions(inside)


def _empty(condition: ir.Expr, truth: bool) -> Iterator[ir.Expr]:
    """Yield the operands that are nil or empty where a condition is `truth`."""
    for part, holds in implied(condition, truth):
        match part:
            case ir.Binary("==" | "!=" as op, ir.Sel() | ir.Name() as x, ir.Name("nil")) if (op == "==") == holds:
                yield x
            case ir.Binary("==" | "!=" | ">" as op, ir.Call(ir.Name("len"), [x]), ir.Const(_, "0")) if (op == "==") == holds:
                yield x
