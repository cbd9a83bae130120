"""What cannot be hashed or compared: slices, maps, functions, and what holds one by value (Go specification, Comparison operators)."""

from __future__ import annotations

from golint_maps.types import model
from golint_maps.types.model import Type
from golint_maps.types.resolve import Resolver

_MAX_DEPTH = 8
"""How deep structs nest in structs by value: real ones stay well below."""


def incomparable_part(kind: Type | None, resolver: Resolver, depth: int = 0) -> Type | None:
    """Return the slice, map or function type that makes a type incomparable (possibly itself), or None when it is comparable or not known."""
    below = resolver.underlying(kind)
    match below:
        case model.Slice() | model.Map() | model.Signature():
            return below if depth else kind
        case model.Array(elem) if depth < _MAX_DEPTH:
            return incomparable_part(elem, resolver, depth + 1)
        case model.Struct(fields) if depth < _MAX_DEPTH:
            for field in fields:
                part = incomparable_part(field.type, resolver, depth + 1)
                if part is not None:
                    return part
    return None


def holds_interface(kind: Type | None, resolver: Resolver, depth: int = 0) -> bool:
    """Tell whether values of a comparable type may still panic when they are hashed: interfaces, and structs and arrays that hold one."""
    if isinstance(kind, model.TypeParameter):
        return False
    below = resolver.underlying(kind)
    match below:
        case model.Interface():
            return not below.union
        case model.Basic("error"):
            return True
        case model.Array(elem) if depth < _MAX_DEPTH:
            return holds_interface(elem, resolver, depth + 1)
        case model.Struct(fields) if depth < _MAX_DEPTH:
            return any(holds_interface(field.type, resolver, depth + 1) for field in fields)
    return False
