"""Which types hold pointers: what the garbage collector has to look at, and what keeps other objects reachable."""

from __future__ import annotations

from golint_maps.types import model
from golint_maps.types.model import Type
from golint_maps.types.resolve import Resolver

_MAX_DEPTH = 8
_WITH_POINTERS = frozenset(("string", "error", "unsafe.Pointer"))


def holds_pointers(kind: Type | None, resolver: Resolver, depth: int = 0) -> bool | None:
    """Tell whether values of a type hold a pointer (strings, slices, maps, interfaces and functions do); None when the type is not known."""
    if depth > _MAX_DEPTH:
        return None
    below = resolver.underlying(kind)
    match below:
        case None | model.TypeParameter() | model.Results():
            return None
        case model.Basic(name):
            return name in _WITH_POINTERS
        case model.Array(elem, length):
            return False if length.strip() == "0" else holds_pointers(elem, resolver, depth + 1)
        case model.Struct(fields):
            parts = [holds_pointers(field.type, resolver, depth + 1) for field in fields]
            return True if True in parts else None if None in parts else False
    return True
