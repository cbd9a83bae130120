"""Writes through `reflect` to a map that a caller's pointer leads to, by functions that never make one."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.flow.traverse import each
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromValue

_VALUE = model.Named("reflect", "Value")
_ASKS = frozenset(("IsNil", "IsZero", "Len", "Set", "MapIndex", "MapKeys", "MapRange"))
"""Methods of a Value that tell whether its map is nil, or show that it is not, or make it another."""


def writes(view: View) -> Iterator[tuple[ir.Call, ir.Expr]]:
    """Yield (call, value) of the first `v.SetMapIndex(key, element)` of each v that is what a pointer from outside points to, and is never asked.

    What a pointer points to can be nil, as `var m map[K]V; bind(&m)` shows. A map itself that is handed in nil, nobody can make any more.
    """
    if not any(item.path == "reflect" for item in view.facts.imports):
        return
    stores: dict[int, ir.Call] = {}
    asked: set[int] = set()
    for function in view.functions:
        for call in each(function.body or (), ir.Call):
            fun = call.fun
            if isinstance(fun, ir.Sel) and isinstance(fun.base, ir.Local):
                if fun.name in _ASKS:
                    asked.add(fun.base.id)
                elif fun.name == "SetMapIndex" and len(call.args) == 2 and not isinstance(call.args[1], ir.Lit):
                    stores.setdefault(fun.base.id, call)
            # Whoever gets the Value may ask or make for it.
            asked.update(argument.id for argument in call.args if isinstance(argument, ir.Local))
    for number, call in sorted(stores.items()):
        if number not in asked and view.typing.local(number) == _VALUE and _pointed_to(view, number):
            assert isinstance(call.fun, ir.Sel)
            yield call, call.fun.base


def _pointed_to(view: View, number: int) -> bool:
    """Tell whether a Value is `reflect.ValueOf(p).Elem()` or `reflect.Indirect(reflect.ValueOf(p))` of a parameter."""
    definition = view.typing.definitions.get(number)
    if not isinstance(definition, FromValue) or definition.count != 1 or view.assignments[number]:
        return False
    match definition.value:
        case ir.Call(ir.Sel(ir.Call(fun, [ir.Local(given)]), "Elem"), []):
            return _is_reflect(view, fun, "ValueOf") and view.variables[given].kind == "param"
        case ir.Call(outer, [ir.Call(fun, [ir.Local(given)])]) if _is_reflect(view, outer, "Indirect"):
            return _is_reflect(view, fun, "ValueOf") and view.variables[given].kind == "param"
    return False


def _is_reflect(view: View, fun: ir.Expr, name: str) -> bool:
    return isinstance(fun, ir.Sel) and fun.name == name and view.typing.package_of(fun.base) == "reflect"
