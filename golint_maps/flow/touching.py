"""Whether a function has to do with maps, locks or goroutines by itself: cheap signs, for code that is not worth a closer look."""

from __future__ import annotations

from golint_maps.flow import locks
from golint_maps.flow.traverse import each
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types import model

_STARTS = (ir.Go, ir.Send, ir.Recv, ir.Select, ir.FuncLit, ir.Defer)
_CALLED = frozenset((*locks.METHODS, "delete", "clear", "Do", "Done", "Wait", "Store", "Load", "CompareAndSwap", "Range", "Delete", "Clear"))


def touches(view: View) -> bool:
    """Tell whether a function or one of its literals uses a map (or what may be one), a lock or a channel, starts or defers something."""
    for function in view.functions:
        body = function.body or ()
        if any(each(body, kind) for kind in _STARTS) or any(_name(call.fun) in _CALLED for call in each(body, ir.Call)):
            return True
        used = [
            *(x.base for x in each(body, ir.Index)),
            *(loop.over for loop in each(body, ir.Range)),
            *(target for assign in each(body, ir.Assign) for target in assign.lhs if target.__class__ is not ir.Local),
        ]
        if any(_may_be_map(view, x) for x in used):
            return True
    return False


def _name(fun: ir.Expr) -> str:
    return fun.name if isinstance(fun, ir.Sel | ir.Name) else ""


def _may_be_map(view: View, x: ir.Expr) -> bool:
    kind = view.typing.of(x)
    return kind is None or view.package.resolver.underlying(kind).__class__ in (model.Map, type(None))
