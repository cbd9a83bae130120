"""Functions that only look something up: the access path of `b.find(name)` is that of `b.topics[name]`, which is all that `find` returns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from golint_maps.flow.operands import operands, start_of
from golint_maps.flow.traverse import each
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.definitions import FromValue

if TYPE_CHECKING:
    from golint_maps.flow.paths import Path
    from golint_maps.flow.view import View
    from golint_maps.types.scope import Declared

_LOCAL: Final = re.compile(r"\bl(\d+)\b")
_BESIDE: Final[tuple[list[ir.TypeExpr], ...]] = ([], [ir.TName("bool")], [ir.TName("error")])
"""What a function that looks something up may return beside it."""


@dataclass(frozen=True, slots=True)
class Getter:
    """What a function returns in all cases but those of nothing: its access path in the function's own terms, and an expression of it."""

    path: Path
    value: ir.Expr
    view: View


def got(view: View, call: ir.Call) -> Path | None:
    """Return the access path of what a call returns first, where a function of the package is called that looks it up; else None."""
    getter = getter_of(view, call)
    if getter is None:
        return None
    function = getter.view.root
    start = start_of(view, function, call, getter.path[0])
    given = operands(function, call)
    return None if start is None else (*start, *(_given(view, part, given, call) for part in getter.path[1:]))


def getter_of(view: View, call: ir.Call) -> Getter | None:
    """Return what a call of a function of the package looks up, or None where it does something else."""
    declared = _declared(view, call.fun)
    if declared is None:
        return None
    memo: dict[tuple[int, int], Getter | None] = view.package.memo.setdefault(__name__, {})
    key = (declared.file, declared.node.root)
    if key not in memo:
        memo[key] = None  # a function that looks it up by itself
        memo[key] = _looked_up(view, declared) if _may_look_up(declared.node) else None
    return memo[key]


def _declared(view: View, fun: ir.Expr) -> Declared[ir.Function] | None:
    """Return the function of the package that is called by name, or the method. `callees` says more, but stands on views, which stand on paths."""
    scope = view.package.scope
    match fun:
        case ir.Name(name):
            return scope.functions.get(name)
        case ir.Sel(base, name):
            # Names come first: types cost more, and few functions look something up.
            if not any(name in methods for methods in scope.methods.values()) or view.typing.package_of(base) is not None:
                return None
            method = view.package.resolver.method(view.typing.of(base), name)
            return method.function if method is not None and method.package is scope else None
    return None


def _given(view: View, part: str, given: dict[int, ir.Expr], call: ir.Call) -> str:
    """Return a part of a path with the arguments of a call in place of the parameters."""
    if part[:1] != "[" or '"' in part or "`" in part:
        return part
    if any(int(number) not in given for number in _LOCAL.findall(part)):
        return f"[?{call.pos}]"
    return _LOCAL.sub(lambda found: view.paths.key(given[int(found[1])]), part)


def _may_look_up(function: ir.Function) -> bool:
    """Tell whether a function returns one thing, and perhaps whether it is there."""
    results = function.type.results
    return bool(function.body) and bool(results) and isinstance(results[0], ir.TPtr | ir.TName | ir.TMap | ir.TInst) and results[1:] in _BESIDE


def _looked_up(view: View, declared: Declared[ir.Function]) -> Getter | None:
    function = declared.node
    returned = [item.values[0] for item in each(function.body or (), ir.Return) if item.values]
    values = [x for x in returned if not (isinstance(x, ir.Name) and x.name == "nil")]
    if not values or not all(isinstance(x, ir.Local | ir.Sel | ir.Index | ir.Call | ir.Assert) or _is_address_of_a_field(x) for x in values):
        return None
    inner = view.beside(declared)
    kind = inner.package.resolver.underlying(inner.typing.of(values[0]))
    if not isinstance(kind, model.Pointer | model.Map | model.Interface) or (isinstance(kind, model.Map) and _locks(function)):
        return None  # a map that is returned from under its lock is a fault of the function itself
    found = [_Source.of(inner, x) for x in values]
    shown = {source.path: source.value for source in found if source.path is not None and len(source.path) > 1}
    if len(shown) != 1:
        return None
    ((path, value),) = shown.items()
    # What is not there is made and put into its place; what was there is not replaced.
    stored = {*_stored(inner, path)}
    if not {source.number for source in found if source.path != path} <= stored <= {source.number for source in found} - {-1}:
        return None
    inner.release()
    outside = {f"l{number}" for number in (function.receiver, *function.params) if number >= 0 and not inner.assignments[number]}
    return Getter(path, value, inner) if path[0] in outside or path[0][0] == "g" else None


def _is_address_of_a_field(x: ir.Expr) -> bool:
    """Tell whether an expression points to what lies in an object, such as a lock that others are to use: `return &c.mu`, `return &c.locks[i]`."""
    return isinstance(x, ir.Addr) and isinstance(x.x, ir.Sel | ir.Index)


@dataclass(frozen=True, slots=True)
class _Source:
    """A value that is returned: its access path, the expression that it comes from, the number of the variable that it is in (-1 for none)."""

    path: Path | None
    value: ir.Expr
    number: int

    @classmethod
    def of(cls, view: View, x: ir.Expr) -> _Source:
        if isinstance(x, ir.Local):
            match view.typing.definitions.get(x.id):
                case FromValue(value, 0) if not view.assignments[x.id] or view.paths.filled_in(x.id, model.Pointer):
                    return cls(view.paths.of(value), value, x.id)
        return cls(view.paths.of(x), x, x.id if isinstance(x, ir.Local) else -1)


def _stored(view: View, path: Path) -> Iterator[int]:
    """Yield the numbers of the variables whose values a function puts into a place; -1 for other values."""
    for assign in each(view.root.body or (), ir.Assign):
        for index, target in enumerate(assign.lhs):
            if not isinstance(target, ir.Local) and view.paths.of(target) == path:
                value = assign.rhs[index] if len(assign.lhs) == len(assign.rhs) else None
                yield value.id if isinstance(value, ir.Local) else -1


def _locks(function: ir.Function) -> bool:
    return any(isinstance(call.fun, ir.Sel) and call.fun.name in ("Lock", "RLock") for call in each(function.body or (), ir.Call))
