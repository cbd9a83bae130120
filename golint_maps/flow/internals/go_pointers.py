"""Which Go types hold maps and Go pointers, as cgo's rules on passing pointers ask."""

from __future__ import annotations

from typing import Final

from golint_maps.flow.view import PackageView
from golint_maps.types import model
from golint_maps.types.model import Type

_MAX_DEPTH: Final = 6


def map_field(package: PackageView, kind: Type | None, depth: int = 0) -> str:
    """Return the first map field of a Go struct, those of structs inside of it too; empty when there is none."""
    below = package.resolver.underlying(kind)
    if depth < _MAX_DEPTH and isinstance(below, model.Struct) and is_go(kind):
        for field in below.fields:
            if isinstance(package.resolver.underlying(field.type), model.Map):
                return field.name
            inner = map_field(package, field.type, depth + 1)
            if inner:
                return f"{field.name}.{inner}"
    return ""


def holds_pointers(package: PackageView, kind: Type | None, depth: int = 0) -> bool:
    """Tell whether memory of a Go type surely holds Go pointers."""
    below = package.resolver.underlying(kind)
    if not is_go(kind) or depth > _MAX_DEPTH:
        return False
    match below:
        case model.Map() | model.Slice() | model.Chan() | model.Signature() | model.Interface():
            return True
        case model.Basic(name):
            return name == "string"
        case model.Pointer(elem):
            return elem is not None and is_go(elem)
        case model.Array(elem):
            return holds_pointers(package, elem, depth + 1)
        case model.Struct(fields):
            return any(holds_pointers(package, field.type, depth + 1) for field in fields)
    return False


def is_go(kind: Type | None) -> bool:
    return kind is not None and not (isinstance(kind, model.Named) and kind.package == "C")
