"""Fields by which values are keyed: where a package stores `m[e.ID] = e`, a later `m[e.ID]` for a value e of the map is e's own key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from golint_maps.flow.literals import field_name
from golint_maps.flow.traverse import expressions, statements
from golint_maps.flow.view import PackageView
from golint_maps.syntax import ir
from golint_maps.types import model

_IDENTIFYING = frozenset(("id", "key", "name", "uid", "uuid", "guid", "hash", "addr", "address"))
_OF_ANOTHER = re.compile(
    r"parent|next|prev|peer|other|alias|target|dep(?!l)|old|new|to(?![a-z])|from|dest|dst|child|sibling|left|right|owner|up|down|link|ref|repl|sub|base",
    re.IGNORECASE,
)
"""Beginnings of names of fields that lead to another object."""


def self_keyed_fields(package: PackageView) -> frozenset[str]:
    """Return how values lead to the keys that the package stores them at.

    These are names of fields and getters F (`m[e.F] = e`, `m[k] = T{F: k}`, `m[k] = newT(k)` with such a literal in newT), and of functions f,
    written `f()`, that make keys (`m[f(…)] = e`).
    """
    found = package.memo.get("self-keyed fields")
    if not isinstance(found, frozenset):
        found = frozenset(name for file in package.scope.files for function in file.functions for name in _stores(package, file, function))
        package.memo["self-keyed fields"] = found
    return found


def _stores(package: PackageView, file: ir.FileFacts, function: ir.Function) -> Iterator[str]:
    stores: list[tuple[ir.Expr, ir.Expr]] = []
    sources: dict[int, list[ir.Expr]] = {}
    fields: dict[int, list[tuple[str, ir.Expr]]] = {}
    variables = file.functions[function.root].variables
    loops: list[ir.Range] = []
    for statement in statements(function.body or ()):
        if isinstance(statement, ir.Range):
            loops.append(statement)
        if not isinstance(statement, ir.Assign):
            continue
        if len(statement.lhs) != len(statement.rhs):
            match statement:
                case ir.Assign(_, [ir.Local(number), *_], [ir.Call() as call]):
                    sources.setdefault(number, []).append(call)  # `key, err := e.Key()`
            continue
        for target, value in zip(statement.lhs, statement.rhs, strict=True):
            match target:
                case ir.Index(base, key) if not any(_moves(loop, statement, base, value) for loop in loops):
                    stores.append((key, value))
                case ir.Local(number):
                    sources.setdefault(number, []).append(value)
                case ir.Sel(ir.Local(number), name):
                    fields.setdefault(number, []).append((name, value))
    for key, value in stores:
        keys = [key, *(sources.get(key.id, ()) if isinstance(key, ir.Local) else ())]
        if (got := selected(key)) is not None and isinstance(got[0], ir.Local):
            # A part of what a local was made of: `sum := e.Sum(); m[sum.String()] = e`.
            for source in sources.get(got[0].id, ()):
                if (inner := selected(source)) is not None and _same(inner[0], value):
                    yield f"{inner[1]}.{got[1]}"
        values = [value, *(sources.get(value.id, ()) if isinstance(value, ir.Local) else ())]
        for way in keys:
            maker = maker_of(way)
            if maker:
                yield maker
            for what in values:
                yield from _named(package, way, what, variables)
            if isinstance(value, ir.Local):
                yield from (name for name, given in fields.get(value.id, ()) if _same(given, way))


def _moves(loop: ir.Range, statement: ir.Assign, base: ir.Expr, value: ir.Expr) -> bool:
    """Tell whether a loop stores its value in its own map: `for _, v := range m { m[v.parent] = v }` says nothing of where v was found."""
    own = isinstance(loop.value, ir.Local) and isinstance(value, ir.Local) and loop.value.id == value.id
    return own and loop.pos < statement.pos < loop.end and _same(base, loop.over)


def maker_of(key: ir.Expr) -> str:
    """Return `f()` for the key `f(…)` or `x.f(…)` that a function makes, else an empty string."""
    return f"{key.fun.name}()" if isinstance(key, ir.Call) and isinstance(key.fun, ir.Name | ir.Sel) and key.args else ""


def _named(package: PackageView, key: ir.Expr, value: ir.Expr, variables: Sequence[ir.Variable]) -> Iterator[str]:
    if isinstance(value, ir.Addr):
        value = value.x
    field = selected(key)
    if field is not None and _same(field[0], value):
        yield field[1]
    match value:
        case ir.Lit(_, elements):
            yield from _elements(elements, key, variables)
        case ir.Call(ir.Name(name), args):
            made = package.scope.functions.get(name)
            for parameter, arg in zip(made.node.params if made else (), args, strict=False):
                if made and parameter >= 0 and _same(arg, key):
                    for x in expressions(made.node.body or ()):
                        if isinstance(x, ir.Lit):
                            yield from _elements(x.elements, ir.Local(parameter, 0), made.node.variables)


def _elements(elements: Sequence[ir.Element], key: ir.Expr, variables: Sequence[ir.Variable]) -> Iterator[str]:
    for element in elements:
        if _same(element.value, key):
            name = field_name(element, variables)
            if name:
                yield name


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


def identifies(chain: str, kind: model.Type | None) -> bool:
    """Tell whether a chain of fields says that it is the identity of a value of this type: `ID`, `name`, `Addr.String`, `SessionID` of a session."""
    if isinstance(kind, model.Pointer):
        kind = kind.elem
    name = chain.partition(".")[0].lower().removeprefix("get")
    owner = kind.name.lower() if isinstance(kind, model.Named) else ""
    return any(name == word or (name.endswith(word) and owner.endswith(name[: -len(word)])) for word in _IDENTIFYING)


def identity_word(field: str) -> str:
    """Return the word for an identity that the name of a field ends with, in small letters; empty for all others: `id` of `ManagerID`."""
    name = field.lower()
    return max((word for word in _IDENTIFYING if name.endswith(word)), key=len, default="")


def names_itself(chain: str) -> bool:
    """Tell whether a chain of fields ends in a word for an identity, and nothing on the way leads to another value: `Credentials.AccessKey`."""
    parts = [part.removeprefix("Get") for part in chain.split(".") if part not in ("String", "Load", "Get")]
    return bool(parts) and any(parts[-1].lower().endswith(word) for word in _IDENTIFYING) and not any(_OF_ANOTHER.match(part) for part in parts)
