"""What the types on both sides of a conversion say: whether a map keeps its own type, and where a struct or slice of maps does not."""

from __future__ import annotations

from typing import Final

from golint_maps.flow.internals.memory import Memory
from golint_maps.flow.internals.sizes import Sizes
from golint_maps.flow.view import PackageView, View
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.model import Type

_MAX_DEPTH: Final = 4
"""Structs, arrays and slices that are looked into within one another."""

OPAQUE: Final = frozenset(("uintptr", "unsafe.Pointer"))
"""Types of one machine word that hold an address of anything."""


def is_map(package: PackageView, kind: Type | None) -> bool:
    """Tell whether a type is a map: also a type parameter whose every type is one."""
    if kind is None:
        return False
    below = package.resolver.underlying(kind)
    if isinstance(below, model.Map) or below is not None or not isinstance(kind, model.TypeParameter):
        return isinstance(below, model.Map)
    constraint = package.resolver.underlying(kind.constraint)
    union = constraint.union if isinstance(constraint, model.Interface) else ()
    return bool(union) and all(isinstance(package.resolver.underlying(term), model.Map) for term in union)


def is_word(package: PackageView, kind: Type | None) -> bool:
    """Tell whether a type is an address of anything, or a pointer to one."""
    while isinstance(kind, model.Pointer):
        kind = kind.elem
    below = package.resolver.underlying(kind)
    return isinstance(below, model.Basic) and below.name in OPAQUE


def pointerish(package: PackageView, kind: Type | None) -> bool:
    """Tell whether a value of a type can hold an address."""
    below = package.resolver.underlying(kind)
    return isinstance(below, model.Pointer) or (isinstance(below, model.Basic) and below.name in OPAQUE)


def may_convert(fun: ir.Expr) -> bool:
    """Tell whether what is called has the form of a type."""
    return isinstance(fun, ir.Deref | ir.TypeArg | ir.Name | ir.Index | ir.Inst)


def is_word_conversion(view: View, call: ir.Call) -> bool:
    """Tell whether a call is a conversion to a pointer to a single word."""
    return may_convert(call.fun) and is_word(view.package, view.typing.as_type(call.fun))


def is_own_type(package: PackageView, kind: Type | None, value: Memory) -> bool:
    """Tell whether a pointer type is that of the map's own address, or may be for all that is known."""
    for _ in range(value.hops):
        below = package.resolver.underlying(kind)
        if not isinstance(below, model.Pointer):
            # `(*unsafe.Pointer)(unsafe.Pointer(&s.current))` of a pointer to a map: a word that leads to the map's variable, not to its header.
            return is_word(package, below)
        kind = below.elem
    below = package.resolver.underlying(kind)
    if below is None:
        # Type parameters, and types of packages without source.
        return not isinstance(kind, model.Pointer)
    return isinstance(below, model.Map) and (value.type is None or _same(below, value.type))


def _same(left: model.Map, right: model.Map) -> bool:
    return _may_be_same(left.key, right.key) and _may_be_same(left.value, right.value)


def _may_be_same(left: Type | None, right: Type | None) -> bool:
    return left == right or left is None or right is None or _generic(left) or _generic(right)


def alike(package: PackageView, kind: Type | None, value: Memory) -> bool:
    """Tell whether a map type has the keys and values of the map's own type under other names: both hash them and lay them out in one way."""
    below = package.resolver.underlying(kind)
    if not isinstance(below, model.Map) or value.type is None:
        return False
    sides = ((below.key, value.type.key), (below.value, value.type.value))
    return all(package.resolver.underlying(left) == package.resolver.underlying(right) is not None for left, right in sides)


def _generic(kind: Type | None) -> bool:
    match kind:
        case model.TypeParameter():
            return True
        case model.Pointer(elem) | model.Slice(elem) | model.Array(elem) | model.Chan(elem):
            return _generic(elem)
        case model.Map(key, value):
            return _generic(key) or _generic(value)
        case model.Named(_, _, args):
            return any(_generic(arg) for arg in args)
    return False


def is_data(view: View, x: ir.Expr) -> bool:
    """Tell whether an operand is an element of a slice or array of numbers: memory of the program's own, whatever it is seen as."""
    if not isinstance(x, ir.Index):
        return False
    resolver = view.package.resolver
    below = resolver.underlying(view.typing.of(x.base))
    if isinstance(below, model.Pointer):
        below = resolver.underlying(below.elem)
    element = resolver.underlying(below.elem) if isinstance(below, model.Slice | model.Array) else None
    return isinstance(element, model.Basic) and element.name not in OPAQUE


def holds_map(package: PackageView, kind: Type | None, depth: int = 0) -> bool:
    """Tell whether values of an array, slice or struct type have maps in them."""
    memo: dict[Type | None, bool] = package.memo.setdefault("internals holders", {})
    if kind not in memo:
        memo[kind] = False
        below = package.resolver.underlying(kind)
        inside: tuple[Type | None, ...] = ()
        if isinstance(below, model.Array | model.Slice):
            inside = (below.elem,)
        elif isinstance(below, model.Struct):
            inside = tuple(item.type for item in below.fields)
        if depth < _MAX_DEPTH:
            memo[kind] = any(isinstance(package.resolver.underlying(item), model.Map) or holds_map(package, item, depth + 1) for item in inside)
    return memo[kind]


def misread(package: PackageView, held: Type | None, seen: Type | None, depth: int = 0) -> tuple[str, Type | None] | None:
    """Return the map in a value of type `held` that a view of type `seen` takes for something else, and for what; None when there is none.

    Only pointers to structs and other maps count as something else: bytes and words may be hashed or copied.
    """
    own, other = package.resolver.underlying(held), package.resolver.underlying(seen)
    if depth > _MAX_DEPTH or own is None or other is None:
        return None
    if isinstance(own, model.Map):
        pointer = isinstance(other, model.Pointer) and isinstance(package.resolver.underlying(other.elem), model.Struct)
        return ("", seen) if pointer or (isinstance(other, model.Map) and not _same(own, other)) else None
    if isinstance(own, model.Array | model.Slice) and type(own) is type(other) and isinstance(other, model.Array | model.Slice):
        return _below(package, "[…]", own.elem, other.elem, depth)
    if isinstance(own, model.Array):
        return _below(package, "[0]", own.elem, seen, depth)
    if not isinstance(own, model.Struct) or not own.fields:
        return None
    if not isinstance(other, model.Struct):
        return _below(package, f".{own.fields[0].name}", own.fields[0].type, seen, depth)
    sizes = Sizes(package.resolver)
    theirs = dict(zip(sizes.offsets(other), other.fields, strict=False))
    found = (
        _below(package, f".{field.name}", field.type, theirs[offset].type, depth)
        for field, offset in zip(own.fields, sizes.offsets(own), strict=False)
        if offset in theirs
    )
    return next((item for item in found if item), None)


def _below(package: PackageView, step: str, held: Type | None, seen: Type | None, depth: int) -> tuple[str, Type | None] | None:
    inner = misread(package, held, seen, depth + 1)
    return (step + inner[0], inner[1]) if inner else None
