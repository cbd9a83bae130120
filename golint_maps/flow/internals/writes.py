"""Writes into the memory of a map, by an assignment or an atomic operation."""

from __future__ import annotations

from golint_maps.flow.internals.facts import MapInternalsWritten
from golint_maps.flow.internals.look import Look
from golint_maps.flow.internals.memory import Memory
from golint_maps.flow.internals.sizes import Sizes
from golint_maps.flow.spelling import spell
from golint_maps.syntax import ir
from golint_maps.types import model


def written(look: Look, statement: ir.Assign | ir.Range | ir.Call, target: ir.Expr, *, atomic: bool = False) -> None:
    """`h.B = 1`, `*(*uint8)(p) = 1`, `atomic.StoreUint64(&h.used, 0)`."""
    if atomic:
        # What is stored through must itself be an address within the map; that of a map variable is the variable's business.
        memory = look.frame.value(target)
        if memory is None or not (memory.inside and memory.out):
            return
        target = target.x if isinstance(target, ir.Addr) else target
    else:
        memory = look.frame.place(target)
    if memory is None or memory.kind not in ("header", "bucket"):
        return
    _note_write(look, statement, target, memory, atomic=atomic)


def written_by_method(look: Look, call: ir.Call, base: ir.Expr) -> None:
    """`(*atomic.Uint32)(unsafe.Pointer(&h.hash0)).Store(1)`, `h.used.Add(1)`."""
    kind = look.view.typing.of(base)
    named = kind.elem if isinstance(kind, model.Pointer) else kind
    if not isinstance(named, model.Named) or named.package != "sync/atomic":
        return
    memory = look.frame.value(base) if isinstance(kind, model.Pointer) else look.frame.place(base)
    if memory is not None and memory.inside and memory.out:
        _note_write(look, call, base, memory, atomic=True)


def _note_write(look: Look, statement: ir.Assign | ir.Range | ir.Call, target: ir.Expr, memory: Memory, *, atomic: bool) -> None:
    name, then, now = "", "", ""
    top = target
    while isinstance(top, ir.Index):
        top = top.base
    if isinstance(top, ir.Sel):
        name = top.name
        if memory.kind == "header" and memory.hops == 0:
            struct = look.package.resolver.struct(look.view.typing.of(top.base))
            names = [item.name for item in struct[1].fields] if struct else []
            offsets = Sizes(look.package.resolver).offsets(struct[1]) if struct else []
            if struct and name in names and names.index(name) < len(offsets):
                then, now = look.lies_at(offsets[names.index(name)], struct[1].fields[names.index(name)].type)
    elif memory.kind == "header" and memory.moved and memory.offset > 0:
        then, now = look.lies_at(memory.offset, look.view.typing.of(target))
    look.add(
        MapInternalsWritten(
            **look.site(statement, memory),
            target=spell(target, look.view.variables),
            field=name,
            part=memory.kind,
            atomic=atomic,
            short=memory.hops > 0,
            then=then,
            now=now,
        )
    )
