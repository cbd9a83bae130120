"""Range loops over maps, also through the lazy iterators of package maps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from golint_maps.flow.traverse import expressions, substatements
from golint_maps.flow.view import View
from golint_maps.syntax import ir

_LEAVES = frozenset((ir.Assign, ir.Do, ir.Return, ir.Declare, ir.Branch, ir.Send, ir.Go, ir.Defer, ir.Label))
_ITERATORS = frozenset(("All", "Keys", "Values"))


@dataclass(frozen=True, slots=True, eq=False)
class MapRange:
    """A loop over a map. `operand` is the map itself (of `maps.Keys(m)`: `m`), `path` its access path, if it has one.

    `key` and `value` are the numbers of the loop's own variables (or of those that it assigns to), -1 where there are none.
    """

    loop: ir.Range
    function: ir.Function
    operand: ir.Expr
    path: tuple[str, ...] | None
    key: int
    value: int


def map_ranges(view: View) -> list[MapRange]:
    """Return the loops over maps in a function and its literals, outer loops before inner ones."""
    return [found for function in view.functions for found in _in_function(view, function)]


def _in_function(view: View, function: ir.Function) -> Iterator[MapRange]:
    for statement in _range_loops(function.body or ()):
        operand, kind = iterated(view, statement.over)
        if operand is None or not _is_map(view, operand, statement):
            continue
        first, second = (x.id if isinstance(x, ir.Local) else -1 for x in (statement.key, statement.value))
        if kind == "Values":
            first, second = -1, first
        yield MapRange(statement, function, operand, view.paths.of(operand), first, second)


def _is_map(view: View, operand: ir.Expr, loop: ir.Range) -> bool:
    """Tell whether a loop's operand is surely a map: by its type, or because the loop gives it to `delete`, which takes nothing else."""
    kind = view.typing.of(operand)
    if kind is not None:
        return view.package.resolver.map(kind) is not None
    if not isinstance(operand, ir.Local | ir.Sel):
        return False
    path = view.paths.of(operand)
    return path is not None and any(
        isinstance(x, ir.Call) and len(x.args) == 2 and view.typing.is_builtin(x.fun, "delete") and view.paths.of(x.args[0]) == path
        for x in expressions(loop.body)
    )


def _range_loops(body: Sequence[ir.Stmt]) -> list[ir.Range]:
    """Return the range loops of a body, outer loops before inner ones.

    Every statement of a program comes through here, and few are loops: hence the tests in order of frequency, without generators.
    """
    found: list[ir.Range] = []
    todo: list[Sequence[ir.Stmt]] = [body]
    while todo:
        for statement in todo.pop():
            kind = type(statement)
            if kind in _LEAVES:
                continue
            if isinstance(statement, ir.If):
                todo.append(statement.then)
                if statement.orelse:
                    todo.append(statement.orelse)
                continue
            if isinstance(statement, ir.Range):
                found.append(statement)
            todo.append(list(substatements(statement)))
    found.sort(key=lambda loop: loop.pos)
    return found


def iterated(view: View, over: ir.Expr) -> tuple[ir.Expr | None, str]:
    """Return (what a range clause walks over, name of the lazy iterator or ''): of `maps.Keys(m)` it is `m`, read as the loop goes on."""
    match over:
        case ir.Call(ir.Sel(package, name), [operand]) if name in _ITERATORS:
            return (operand, name) if view.typing.package_of(package) == "maps" else (None, "")
        case ir.Local() | ir.Name() | ir.Sel() | ir.Index() | ir.Call() | ir.Lit() | ir.Deref() | ir.Assert():
            return over, ""
    return None, ""
