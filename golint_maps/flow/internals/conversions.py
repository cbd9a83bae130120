"""Conversions that take a map for something else: for a mirror of its header, for a word, for what an interface or a slice holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from golint_maps.flow.internals.agreement import agrees, fields_used
from golint_maps.flow.internals.arithmetic import note_arithmetic
from golint_maps.flow.internals.casts import OPAQUE, alike, is_own_type, is_word, is_word_conversion, misread
from golint_maps.flow.internals.facts import MapReinterpreted, Reading
from golint_maps.flow.internals.look import Look, spelled
from golint_maps.flow.internals.memory import Memory
from golint_maps.flow.internals.mirrors import exact, mirror_of, type_name
from golint_maps.flow.internals.sizes import Sizes
from golint_maps.flow.traverse import subexpressions
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.model import Type


def conversion(look: Look, call: ir.Call, kind: Type) -> None:
    """Look at a conversion of an address to a pointer type."""
    below = look.package.resolver.underlying(kind)
    if not isinstance(below, model.Pointer):
        return
    argument = call.args[0]
    value = look.frame.value(argument)
    if value is None:
        if _from_unsafe(look, argument):
            _by_target(look, call, kind)
        return
    if value.kind == "interface":
        _words_of_interface(look, call, kind, value)
    elif value.kind == "bucket":
        if not value.moved and value.hops == 0:
            note_arithmetic(look, call, value, "array" if _is_array(look, below.elem) else "cast", None, kind)
    elif value.kind == "holder":
        _holder(look, call, kind, value)
    elif value.kind == "header" and not value.moved and value.hops >= 0 and not is_own_type(look.package, kind, value):
        if not value.out:
            _note(look, call, kind, value, "variable" if value.hops else "header")
        elif value.hops == 0 and _is_array(look, below.elem):
            note_arithmetic(look, call, value, "array", None, kind)
        elif value.hops == 0 and value.word and not is_word(look.package, kind):
            # `(*hmap)(*(*unsafe.Pointer)(unsafe.Pointer(&m)))` is one conversion in two steps.
            look.passed_over |= {id(x) for x in subexpressions(argument) if isinstance(x, ir.Call) and is_word_conversion(look.view, x)}
            _note(look, call, kind, value, "header")


def _holder(look: Look, call: ir.Call, kind: Type, value: Memory) -> None:
    """`(*[]*hmap)(unsafe.Pointer(&maps))`: what holds maps is taken for what holds something else in their places."""
    seen: Type | None = kind
    for _ in range(value.hops + 1):
        below = look.package.resolver.underlying(seen)
        if not isinstance(below, model.Pointer):
            return
        seen = below.elem
    found = misread(look.package, value.container, seen)
    if found is not None and found[1] is not None:
        within, view = found
        _note(look, call, model.Pointer(view), replace(value, kind="header", hops=1, map=value.map + within), "variable")


def _from_unsafe(look: Look, x: ir.Expr) -> bool:
    kind = look.package.resolver.underlying(look.view.typing.of(x))
    return kind == model.UNSAFE_POINTER


def _by_target(look: Look, call: ir.Call, kind: Type) -> None:
    """A pointer of unknown origin becomes one to a mirror: only the type says that there must be a map."""
    target, hops = kind, -1
    while isinstance(target, model.Pointer) and target.elem is not None:
        target, hops = target.elem, hops + 1
    mirror = mirror_of(look.package, target)
    if mirror is None:
        return
    if mirror.layout.role == "header":
        _note(look, call, kind, Memory("header", hops), "unknown")
    elif mirror.layout.role == "bucket" and hops == 0:
        note_arithmetic(look, call, Memory("bucket"), "cast", None, kind)


def _words_of_interface(look: Look, call: ir.Call, kind: Type, value: Memory) -> None:
    """`(*struct{ typ *maptype; m *hmap })(unsafe.Pointer(&i))`"""
    struct = look.package.resolver.struct(kind)
    for item in struct[1].fields if struct else ():
        mirror = mirror_of(look.package, item.type.elem) if isinstance(item.type, model.Pointer) else None
        if mirror is not None and mirror.layout.role in ("header", "descriptor"):
            _note(look, call, item.type or kind, value, "interface", mirror.layout.role)
            return


def _is_array(look: Look, kind: Type | None) -> bool:
    return isinstance(look.package.resolver.underlying(kind), model.Array)


def _right_for_its_versions(look: Look, kind: Type | None, role: str = "header") -> bool:
    """Tell whether the file is for such releases only as have exactly what it takes the map for."""
    while isinstance(kind, model.Pointer):
        kind = kind.elem
    return look.seen.guarded and (is_word(look.package, kind) or exact(look.package, kind, look.seen, role))


def _note(look: Look, call: ir.Call, kind: Type, value: Memory, source: str, role: str = "header") -> None:
    if _right_for_its_versions(look, kind, role):
        return
    view = kind.elem if isinstance(kind, model.Pointer) else kind
    target = view
    for _ in range(value.hops):
        target = target.elem if isinstance(target, model.Pointer) else target
    below = look.package.resolver.underlying(view)
    deep = look.package.resolver.underlying(target)
    pointer = isinstance(below, model.Pointer | model.Map) or below in (model.UNSAFE_POINTER, model.BASIC["uintptr"])
    # A struct around a single pointer is that pointer.
    wrapped = isinstance(below, model.Struct) and len(below.fields) == 1 and isinstance(below.fields[0].type, model.Pointer)
    short = value.hops > 0 and not pointer and not wrapped
    if isinstance(below, model.Map):
        what = "map"
    elif isinstance(deep, model.Struct):
        what = "mirror"
    else:
        what = "word" if _pointer_or_word(below) else "other"
    agreed = alike(look.package, below, value) if what == "map" else not short and what == "mirror" and agrees(look.package, target, role, look.seen)
    readings: tuple[Reading, ...] = ()
    if role == "header" and not short and not agreed and isinstance(deep, model.Struct) and target is not None:
        readings = tuple(_readings(look, target, deep))
    look.add(
        MapReinterpreted(
            **look.site(call, value),
            view=spelled(look.package, target if what == "mirror" else view),
            type=type_name(view),
            source=source,
            target=what,
            short=short,
            agrees=agreed,
            readings=readings,
        )
    )


def _readings(look: Look, kind: Type, struct: model.Struct) -> Iterator[Reading]:
    """Yield what lies where the fields that the function goes on to use are."""
    used = fields_used(look.view, kind, {item.name for item in struct.fields})
    names = [item.name for item in struct.fields]
    for name, offset in zip(names, Sizes(look.package.resolver).offsets(struct), strict=False):
        if name in used or not used:
            yield _reading(look, name, offset, struct.fields[names.index(name)].type)


def _reading(look: Look, name: str, offset: int, kind: Type | None) -> Reading:
    then, now = look.lies_at(offset, kind)
    return Reading(name, offset, then, now)


def _pointer_or_word(kind: Type | None) -> bool:
    """Tell whether a type is one machine word that can hold an address."""
    return isinstance(kind, model.Pointer) or (isinstance(kind, model.Basic) and kind.name in OPAQUE)
