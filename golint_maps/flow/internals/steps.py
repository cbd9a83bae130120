"""One step from a value that leads to memory of a map: what `*p`, `p.f`, `p[i]`, `p + n` and a conversion of it lead to."""

from __future__ import annotations

from dataclasses import replace

from golint_maps.flow.internals.casts import is_own_type, is_word, pointerish
from golint_maps.flow.internals.memory import Memory
from golint_maps.flow.internals.sizes import integer
from golint_maps.flow.view import PackageView
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.model import Type


def dereferenced(package: PackageView, value: Memory | None, kind: Type | None) -> Memory | None:
    """Return what `*p` is, of a type."""
    if value is None or value.kind in ("interface", "reflect", "c"):
        return value if value is None or value.kind != "c" else None
    if value.kind not in ("header", "bucket"):
        return None
    if value.hops > 0:
        below = package.resolver.underlying(kind)
        return value.at(value.hops - 1) if pointerish(package, kind) or isinstance(below, model.Map) else None
    if pointerish(package, kind):
        return value.behind()
    return value.at(-1) if isinstance(package.resolver.underlying(kind), model.Struct | model.Array) else None


def selected(package: PackageView, value: Memory, name: str, within: Type | None, kind: Type | None) -> Memory | None:
    """Return what the field `p.name` of a struct of the type `within` is, of a type."""
    if value.kind in ("interface", "reflect"):
        return value.held() if _word(package, within, name) == 1 else None
    if value.kind not in ("header", "bucket") or value.hops > 0:
        return None
    if pointerish(package, kind):
        return value.behind(name)
    return value.at(-1) if isinstance(package.resolver.underlying(kind), model.Struct | model.Array) else None


def _word(package: PackageView, kind: Type | None, name: str) -> int:
    """Return which word of a struct a field is, embedded structs spelled out; -1 when it is not among them."""
    struct = package.resolver.struct(kind)
    if struct is None:
        return -1
    at = 0
    for field in struct[1].fields:
        if field.name == name:
            return at
        inner = package.resolver.struct(field.type) if field.embedded and not isinstance(field.type, model.Pointer) else None
        if inner is not None:
            within = _word(package, field.type, name)
            if within >= 0:
                return at + within
            at += len(inner[1].fields)
        else:
            at += 1
    return -1


def element(package: PackageView, value: Memory | None, index: ir.Expr, kind: Type | None) -> Memory | None:
    """Return what `p[i]` is, of a type."""
    if value is None:
        return None
    if value.kind in ("interface", "reflect"):
        return value.held() if isinstance(index, ir.Const) and index.text == "1" else None
    if value.kind == "header" and not value.out:
        return None  # m[k] of the map itself
    if value.kind in ("header", "bucket") and value.hops <= 0 and pointerish(package, kind):
        return value.behind()
    return None


def moved(value: Memory, offset: ir.Expr) -> Memory | None:
    """Return where an address leads after `offset` bytes were added to it."""
    known = integer(offset.text) if isinstance(offset, ir.Const) and offset.kind == "int" else None
    distance = -1 if known is None else known
    if value.kind == "interface" and value.hops == 0:
        return replace(value, kind="header", hops=value.inner + 1, inner=0) if distance in (4, 8, -1) else None
    if not value.inside:
        return value if value.kind == "c" else None
    at = distance if value.offset == 0 and value.kind == "header" else -1
    return replace(value, moved=True, out=True, offset=at)


def converted(package: PackageView, value: Memory | None, kind: Type | None) -> Memory | None:
    """Return what a conversion gives: the same memory, no longer of the map's own type if the new one is another."""
    if value is None or value.kind != "header" or not isinstance(package.resolver.underlying(kind), model.Pointer):
        return value
    if is_own_type(package, kind, value):
        return value
    view = kind
    while isinstance(view, model.Pointer):
        view = view.elem
    struct = isinstance(package.resolver.underlying(view), model.Struct)
    return replace(value, out=True, word=is_word(package, kind), view=view if struct else value.view)


def around(value: Memory | None) -> Memory | None:
    """Return the memory that an address is one of, if it is a way into it."""
    if value is None:
        return None
    # The address of a map as the language gives it is no way into its memory.
    return value if value.kind == "c" or (value.inside and value.out) else None
