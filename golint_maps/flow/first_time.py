"""Where a body is run at most once for a map: behind a flag, or while the map is nil or empty."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.flow.events import Path
from golint_maps.flow.identity import Names
from golint_maps.flow.once import once_regions
from golint_maps.flow.structure import end_of
from golint_maps.flow.traverse import statements
from golint_maps.flow.view import View
from golint_maps.syntax import ir


def first_time(view: View, function: ir.Function) -> list[tuple[int, int, Path | None]]:
    """Return the parts of a body that are run at most once for a map: behind a flag, or while the map is nil or empty.

    The last item is the map if it is for that one only.
    """
    found: list[tuple[int, int, Path | None]] = [(start, end, None) for start, end, _, _ in once_regions(function.body or (), view.paths)]
    names: Names | None = None
    for statement in statements(function.body or ()):
        if isinstance(statement, ir.If) and statement.then:
            for x in _empty_maps(statement.cond):
                names = names or Names(view)
                path = names.path(x)
                if path is not None:
                    found.append((statement.pos, _end(statement), path))
    return found


def _end(statement: ir.If) -> int:
    """Return where the first branch of a condition ends."""
    return end_of(statement.then[-1])


def _empty_maps(condition: ir.Expr) -> Iterator[ir.Expr]:
    """Yield the operands that are nil or empty where a condition holds."""
    match condition:
        case ir.Binary("&&", left, right):
            yield from _empty_maps(left)
            yield from _empty_maps(right)
        case ir.Binary("==", ir.Sel() | ir.Name() as x, ir.Name("nil")):
            yield x
        case ir.Binary("==", ir.Call(ir.Name("len"), [x]), ir.Const(_, "0")):
            yield x
