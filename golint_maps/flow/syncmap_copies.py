"""Where a `sync.Map`, or a value that holds one, is copied: every place of the language that copies a value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from golint_maps.flow.files import of_file
from golint_maps.flow.maps import extent
from golint_maps.flow.spelling import spell
from golint_maps.flow.traverse import each
from golint_maps.flow.view import PackageView, View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.model import Type
from golint_maps.types.scope import PackageScope

_MAX_DEPTH = 8
"""How deep structs nest in structs by value: real ones stay well below."""


@dataclass(frozen=True, slots=True)
class Copied:
    """One copy. `x` is the expression copied (None for receivers and parameters); `holds` the way to the `sync.Map` inside."""

    start: int
    end: int
    kind: str
    text: str
    x: ir.Expr | None
    type: Type | None
    holds: str


class _Holders:
    """Which types hold a `sync.Map` by value, and whether a package has to do with any."""

    def __init__(self, package: PackageView) -> None:
        self._resolver = package.resolver
        self._known: dict[Type, str | None] = {}
        scope = package.scope
        self.any = _declares(scope) or _uses(scope) or any(_exports(other) for other in self._imported(scope))

    def _imported(self, scope: PackageScope) -> Iterator[PackageScope]:
        for path in sorted({item.path for file in scope.files for item in file.imports}):
            # Of the standard library only expvar exports a type that holds a sync.Map.
            if "." in path.split("/", 1)[0] or path == "expvar":
                other = self._resolver.package(path, scope.path)
                if other is not None:
                    yield other

    def way(self, kind: Type | None, depth: int = 0) -> str | None:
        """Return the fields that lead to a `sync.Map` inside of a type (empty for `sync.Map` itself), or None when it holds none."""
        if kind == model.SYNC_MAP:
            return ""
        if not isinstance(kind, model.Named | model.Struct | model.Array) or depth > _MAX_DEPTH:
            return None
        if kind not in self._known:
            self._known[kind] = self._find(kind, depth)
        return self._known[kind]

    def _find(self, kind: Type, depth: int) -> str | None:
        below = self._resolver.underlying(kind)
        match below:
            case model.Array(elem):
                inner = self.way(elem, depth + 1)
                return None if inner is None else f"[]{'.' if inner else ''}{inner}"
            case model.Struct(fields):
                for field in fields:
                    inner = self.way(field.type, depth + 1)
                    if inner is not None:
                        return f"{field.name}{'.' if inner and not inner.startswith('[') else ''}{inner}"
        if isinstance(kind, model.Named):
            found = self._resolver.declaration(kind)
            # `type registry sync.Map` has the struct of sync.Map below it, whose fields are not to be had.
            if found is not None and isinstance(found[1].node.type, ir.TQual) and not found[1].node.alias:
                written = found[1].node.type
                path = found[0].imported(found[1].file, written.package, lambda _: None)
                return "" if (path, written.name) == ("sync", "Map") else None
        return None


def _written(kind: ir.TypeExpr | None, *, by_value: bool = False) -> bool:
    """Tell whether a written type has `sync.Map` in it, going by names. A first look that saves most packages from a closer one."""
    if kind.__class__ is ir.TName:
        return False
    match kind:
        case ir.TQual(_, name):
            return name == "Map"
        case ir.TArray(elem):
            return _written(elem, by_value=by_value)
        case ir.TStruct(fields):
            return any(_written(field.type, by_value=by_value) for field in fields)
        case _ if by_value:
            return False
        case ir.TSlice(elem) | ir.TPtr(elem) | ir.TChan(elem):
            return _written(elem)
        case ir.TMap(key, value):
            return _written(key) or _written(value)
        case ir.TInst(_, args):
            return any(_written(arg) for arg in args)
        case ir.TFunc(params, results):
            return any(map(_written, params)) or any(map(_written, results))
    return False


def _declares(scope: PackageScope) -> bool:
    """Tell whether a type declaration of a package mentions `sync.Map`."""
    return any(of_file(file, _declared_in) for file in scope.files)


def _declared_in(file: ir.FileFacts) -> bool:
    return any(_written(node.type) for node in file.types)


_exporting: WeakKeyDictionary[PackageScope, bool] = WeakKeyDictionary()


def _exports(scope: PackageScope) -> bool:
    """Tell whether another package can hold a `sync.Map` of this one by value. Asked by everybody who imports it, found once."""
    known = _exporting.get(scope)
    if known is None:
        known = any(node.name[0].isupper() and _written(node.type, by_value=True) for file in scope.files for node in file.types)
        _exporting[scope] = known
    return known


def _uses(scope: PackageScope) -> bool:
    """Tell whether a package has a variable, parameter or result with `sync.Map` in its type."""
    return any(of_file(file, _used_in) for file in scope.files)


def _used_in(file: ir.FileFacts) -> bool:
    if any(item.path == "sync" for item in file.imports):
        if any(_written(node.type) or (isinstance(node.value, ir.Lit) and _written(node.value.type)) for node in file.variables):
            return True
        for function in file.functions:
            if _written(function.type) or any(_written(variable.type) for variable in function.variables):
                return True
            for statement in each(function.body or (), ir.Assign):
                if any(isinstance(x, ir.Lit) and _written(x.type) for x in statement.rhs):
                    return True
    return False


def _holders(package: PackageView) -> _Holders:
    memo: dict[str, Any] = package.memo
    if __name__ not in memo:
        memo[__name__] = _Holders(package)
    found: _Holders = memo[__name__]
    return found


def copies(view: View) -> Iterator[Copied]:
    """Yield all copies in a function and its literals."""
    holders = _holders(view.package)
    if not holders.any:
        return
    for function in view.functions:
        yield from _handed_in(view, holders, function)
        yield from _in_body(view, holders, function)


def _handed_in(view: View, holders: _Holders, function: ir.Function) -> Iterator[Copied]:
    numbers = [number for number in (function.receiver, *function.params) if number >= 0]
    for number in numbers:
        variable = view.variables[number]
        kind = view.typing.local(number)
        if variable.kind == "param" and function.type.variadic and number == function.params[-1]:
            continue
        way = holders.way(kind)
        if way is not None:
            yield Copied(variable.pos, variable.pos + len(variable.name.encode()), variable.kind, variable.name, None, kind, way)


def _in_body(view: View, holders: _Holders, function: ir.Function) -> Iterator[Copied]:
    body = function.body or ()
    for assign in each(body, ir.Assign):
        for target, value in zip(assign.lhs, assign.rhs, strict=False):
            if not (target.__class__ is ir.Name and target.name == "_"):
                yield from _copied(view, holders, value, "assignment")
    for declare in each(body, ir.Declare):
        for number, value in zip(declare.variables, declare.values, strict=False):
            if number >= 0:
                yield from _copied(view, holders, value, "assignment")
    for statement in each(body, ir.Return):
        yield from _returned(view, holders, function, statement)
    for send in each(body, ir.Send):
        yield from _copied(view, holders, send.value, "send")
    for loop in each(body, ir.Range):
        if loop.value is not None:
            yield from _ranged(view, holders, loop.value, loop.over)
    for call in each(body, ir.Call):
        yield from _arguments(view, holders, call)
    for literal in each(body, ir.Lit):
        for element in literal.elements:
            yield from _copied(view, holders, element.value, "element")


def _returned(view: View, holders: _Holders, function: ir.Function, statement: ir.Return) -> Iterator[Copied]:
    """Yield the copies that a return makes of its values, or a bare one of the named results."""
    for value in statement.values:
        yield from _copied(view, holders, value, "return")
    for number in () if statement.values else function.results:
        way = holders.way(view.typing.local(number)) if number >= 0 else None
        if way is not None:
            name = view.variables[number].name
            yield Copied(statement.pos, statement.end, "return", name, None, view.typing.local(number), way)


def _ranged(view: View, holders: _Holders, value: ir.Expr, over: ir.Expr) -> Iterator[Copied]:
    kind = view.typing.of(value)
    way = holders.way(kind)
    if way is not None:
        start, end = extent(value, view)
        yield Copied(start, end, "range", spell(value, view.variables), over, kind, way)


def _arguments(view: View, holders: _Holders, call: ir.Call) -> Iterator[Copied]:
    """Yield arguments that are stored, or boxed in an interface. Others are the parameter's copy, which is reported where it is declared."""
    fun = call.fun
    if view.typing.is_builtin(fun, "append"):
        for argument in call.args[1:]:
            if not call.spread:
                yield from _copied(view, holders, argument, "element")
        return
    for index, argument in enumerate(call.args):
        if call.spread and index == len(call.args) - 1:
            continue
        for copied in _copied(view, holders, argument, "interface"):
            kind = view.package.resolver.underlying(view.typing.of(fun))
            if isinstance(kind, model.Signature) and kind.params:
                parameter = kind.params[min(index, len(kind.params) - 1)]
            else:
                parameter = view.typing.as_type(fun)
            if isinstance(view.package.resolver.underlying(parameter), model.Interface):
                yield copied


def _copied(view: View, holders: _Holders, x: ir.Expr, kind: str) -> Iterator[Copied]:
    """Yield the copy that evaluating `x` makes. Literals and results of calls are fresh: nobody else has them."""
    if not isinstance(x, ir.Local | ir.Name | ir.Sel | ir.Index | ir.Deref | ir.Assert) or (isinstance(x, ir.Deref) and isinstance(x.x, ir.Call)):
        return
    found = view.typing.of(x)
    way = holders.way(found)
    if way is None:
        return
    start, end = extent(x, view)
    yield Copied(start, end, kind, spell(x, view.variables), x, found, way)
