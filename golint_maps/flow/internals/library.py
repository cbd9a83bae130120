"""What functions of unsafe and reflect give for a value that leads to memory of a map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from golint_maps.flow.internals.casts import holds_map
from golint_maps.flow.internals.memory import Memory
from golint_maps.flow.internals.steps import moved
from golint_maps.flow.spelling import spell_named
from golint_maps.flow.view import View
from golint_maps.syntax import ir
from golint_maps.types import model


def unsafe_call(view: View, name: str, args: Sequence[ir.Expr], first: Memory | None) -> Memory | None:
    """Return what a function of unsafe gives, the first argument being `first`."""
    match name:
        case "Pointer" if first is None or first.kind == "own":
            return _holder(view, args[0]) or first
        case "Pointer" | "SliceData":
            return first
        case "Add" if first is not None:
            return moved(first, args[1]) if len(args) > 1 else None
        case "Slice" | "String" if first is not None:
            return replace(first, moved=True) if first.inside else first if first.kind == "c" else None
    return None


def reflect_call(name: str, first: Memory | None) -> Memory | None:
    """Return what a function of reflect gives, the first argument being `first`."""
    if name == "ValueOf" and first is not None and first.kind == "header":
        return replace(first, kind="reflect", hops=0, inner=first.hops)
    if name == "Indirect" and first is not None:
        return reflect_method(first, "Elem")
    return Memory("reflect", map="the map of " + name) if name in ("MakeMap", "MakeMapWithSize") else None


def reflect_method(value: Memory, name: str) -> Memory | None:
    """Return what a method of a reflect.Value of a map, or of a map's address, gives."""
    match name:
        case "Pointer" | "UnsafePointer":
            return value.held()
        case "Interface":
            return value.held()
        case "UnsafeAddr":
            return replace(value, kind="header", hops=value.inner + 1, inner=0)
        case "Addr":
            return replace(value, inner=value.inner + 1)
        case "Elem":
            return replace(value, inner=max(value.inner - 1, 0))
    return None


def _holder(view: View, x: ir.Expr) -> Memory | None:
    """Return the address of an array, slice or struct with maps in it, or None."""
    kind, hops = view.typing.of(x), -1
    while isinstance(kind, model.Pointer):
        kind, hops = kind.elem, hops + 1
    if hops < 0 or not holds_map(view.package, kind):
        return None
    return Memory("holder", hops, map=spell_named(x.x if isinstance(x, ir.Addr) else x, view.variables), container=kind)
