"""Fields by which values are keyed: where a package stores `m[e.ID] = e`, a later `m[e.ID]` for a value e of the map is e's own key."""

from __future__ import annotations

from collections.abc import Iterator

from golint_maps.flow.traverse import statements
from golint_maps.flow.view import PackageView
from golint_maps.syntax import ir
from golint_maps.types import model

_IDENTIFYING = frozenset(("id", "key", "name", "uid", "uuid", "guid", "hash"))


def self_keyed_fields(package: PackageView) -> frozenset[str]:
    """Return the names of fields and getters F for which the package somewhere stores `m[e.F] = e`, or `m[k] = T{F: k}`."""
    found = package.memo.get("self-keyed fields")
    if not isinstance(found, frozenset):
        found = frozenset(
            name
            for file in package.scope.files
            for function in file.functions
            for statement in statements(function.body or ())
            if isinstance(statement, ir.Assign) and len(statement.lhs) == len(statement.rhs)
            for target, value in zip(statement.lhs, statement.rhs, strict=True)
            if isinstance(target, ir.Index)
            for name in _named(target.index, value)
        )
        package.memo["self-keyed fields"] = found
    return found


def _named(key: ir.Expr, value: ir.Expr) -> Iterator[str]:
    if isinstance(value, ir.Addr):
        value = value.x
    field = selected(key)
    if field is not None and _same(field[0], value):
        yield field[1]
    elif isinstance(value, ir.Lit):
        for element in value.elements:
            if isinstance(element.key, ir.Name) and _same(element.value, key):
                yield element.key.name


def selected(x: ir.Expr) -> tuple[ir.Expr, str] | None:
    """Return (`e`, the chain of fields and getters behind it, dotted) of `e.F`, `e.F()`, `e.F.G`, and conversions of these, or None."""
    while isinstance(x, ir.Call) and len(x.args) == 1 and isinstance(x.fun, ir.Name):
        x = x.args[0]
    names: list[str] = []
    while True:
        if isinstance(x, ir.Call) and not x.args:
            x = x.fun
        if not isinstance(x, ir.Sel):
            break
        names.append(x.name)
        x = x.base
    return (x, ".".join(reversed(names))) if names else None


def _same(left: ir.Expr, right: ir.Expr) -> bool:
    match left, right:
        case ir.Local(a), ir.Local(b):
            return a == b
        case ir.Name(c), ir.Name(d):
            return c == d
        case ir.Sel(e, f), ir.Sel(g, h):
            return f == h and _same(e, g)
        case ir.Call(m, []), ir.Call(n, []):
            return _same(m, n)
    return False


def identifies(field: str, kind: model.Type | None) -> bool:
    """Tell whether a field's name says that it is the identity of a value of this type: `ID`, `name`, `SessionID` of a Session."""
    if "." in field:
        return False
    if isinstance(kind, model.Pointer):
        kind = kind.elem
    name = field.lower().removeprefix("get")
    owner = kind.name.lower() if isinstance(kind, model.Named) else ""
    return name in _IDENTIFYING or (bool(owner) and name.startswith(owner) and name[len(owner) :] in _IDENTIFYING)
