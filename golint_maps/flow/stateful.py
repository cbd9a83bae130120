"""Which values have a state of their own, so that two of them in the place of one make a difference."""

from __future__ import annotations

from golint_maps.types import model
from golint_maps.types.model import Type
from golint_maps.types.resolve import Resolver

_MAX_DEPTH = 3
_STATES = frozenset(("sync", "sync/atomic"))


def is_stateful(kind: Type | None, resolver: Resolver) -> bool:
    """Tell whether a value is a map, a channel, a counter behind a pointer, or has such or a lock in it; what is not known has none."""
    if isinstance(kind, model.Pointer):
        return isinstance(resolver.underlying(kind.elem), model.Basic | model.Map) or _has_state(kind.elem, resolver, 0)
    return _has_state(kind, resolver, 0)


def _has_state(kind: Type | None, resolver: Resolver, depth: int) -> bool:
    if isinstance(kind, model.Pointer):
        kind = kind.elem if isinstance(kind.elem, model.Named) and kind.elem.package in _STATES else None
    if isinstance(kind, model.Named) and kind.package in _STATES:
        return True
    match resolver.underlying(kind):
        case model.Map() | model.Chan():
            return True
        case model.Struct(fields) if depth < _MAX_DEPTH:
            return any(_has_state(field.type, resolver, depth + 1) for field in fields)
    return False
