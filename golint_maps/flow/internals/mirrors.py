"""Structs that are declared like a structure of the runtime."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from golint_maps.flow.internals import tables
from golint_maps.flow.internals.facts import RuntimeStructMirrored
from golint_maps.flow.internals.iterators import harmless
from golint_maps.flow.internals.sizes import Sizes
from golint_maps.flow.internals.tables import Layout, Slot
from golint_maps.flow.internals.versions import Versions, versions
from golint_maps.flow.site import Place
from golint_maps.flow.view import PackageView
from golint_maps.syntax import ir
from golint_maps.types import model
from golint_maps.types.model import Type

_ENOUGH_IN_ORDER: Final = 4
"""Matching fields that make a struct a mirror whatever its name."""

_ENOUGH_BY_NAME: Final = 2
"""Matching fields that make it one if it has the runtime's name."""

_BYTES: Final = frozenset(("uint8", "int8", "bool"))
_ALIASES: Final = {"type": ("typ", "rtype"), "elem": ("value", "val"), "valuesize": ("elemsize",), "typ": ("t", "type"), "t": ("typ",), "key": ("k",)}
"""Other names of some fields, in releases older than the table or in common copies."""

INSTEAD: Final = {
    "header": "Ask `len`, copy with `maps.Clone`, empty with `clear`; for estimates of memory count entries times the sizes of key and value.",
    "bucket": "Walk over the map with `range`, `maps.All` or `reflect.MapIter`.",
    "extra": "Nothing outside of the runtime needs it.",
    "iterator": "Walk over maps of unknown type with `reflect.MapIter` (`Reset` lets one be used again), over others with `range` or `maps.All`.",
    "descriptor": "Ask `reflect.Type` for key and value types; hash with `hash/maphash.Comparable` (Go 1.24).",
    "table": "Walk over the map with `range`, `maps.All` or `reflect.MapIter`.",
}

_MIRRORED: Final = tuple(layout for layout in tables.layouts() if layout.role in INSTEAD)
"""The structures that others copy."""

_NAMES: Final = {
    layout.id: frozenset(name for slot in layout.fields for name in (slot.name.lower(), *_ALIASES.get(slot.name.lower(), ()))) for layout in _MIRRORED
}
"""The names that fields of a copy of each structure may have."""


@dataclass(frozen=True, slots=True)
class Mirror:
    """A struct with the structure that it copies and the names of the fields that match."""

    layout: Layout
    matching: tuple[str, ...]


def mirror_of(package: PackageView, kind: Type | None) -> Mirror | None:
    """Return what structure of the runtime a defined struct type copies, or None."""
    if not isinstance(kind, model.Named):
        return None
    memo: dict[model.Named, Mirror | None] = package.memo.setdefault("mirrors", {})
    if kind not in memo:
        below = package.resolver.underlying(kind)
        memo[kind] = best_match(package, kind.name, below) if isinstance(below, model.Struct) else None
    return memo[kind]


def best_match(package: PackageView, name: str, struct: model.Struct, *, within: bool = False) -> Mirror | None:
    """Return the structure that a struct's fields match best, newer ones last, or None if they match none well enough.

    A struct must begin as the structure does, or, `within` it, be a stretch of it.
    """
    alike = _is_stretch if within else _begins_alike
    plain = name.split("·", maxsplit=1)[0].lower().strip("_")
    best: Mirror | None = None
    ours = [field.name.lower().strip("_") for field in struct.fields]
    for layout in _MIRRORED:
        names = _NAMES[layout.id]
        if sum(name in names for name in ours) < min(_ENOUGH_BY_NAME, len(layout.fields)):
            continue  # most structs share no names with the runtime's: nothing to compare
        matching = _in_order(package, struct, layout)
        named = plain in layout.names
        enough = (len(matching) >= _ENOUGH_IN_ORDER and alike(package, struct, layout)) or (
            named and len(matching) >= min(_ENOUGH_BY_NAME, len(layout.fields))
        )
        if enough and not _contradicts(package, struct, layout) and (best is None or len(matching) > len(best.matching)):
            best = Mirror(layout, matching)
    return best


def type_name(kind: Type | None) -> str:
    """Return the qualified name of the defined type that a type, or what it points to, is; empty when it is none."""
    while isinstance(kind, model.Pointer):
        kind = kind.elem
    return f"{kind.package}.{kind.name.split('·', maxsplit=1)[0]}" if isinstance(kind, model.Named) else ""


def _contradicts(package: PackageView, struct: model.Struct, layout: Layout) -> bool:
    """Tell whether a field has the name of the runtime's and another shape: buckets in a slice are those of a table of one's own."""
    slots = {slot.name.lower() for slot in layout.fields if slot.kind != "struct"}
    for field in struct.fields:
        if field.name.lower().strip("_") in slots:
            below = package.resolver.underlying(field.type)
            if isinstance(below, model.Slice | model.Map | model.Chan) or below == model.STRING:
                return True
    return False


def _begins_alike(package: PackageView, struct: model.Struct, layout: Layout) -> bool:
    """Tell whether a struct begins as the runtime's does. One that does not is a table of such numbers, not a view of that memory."""
    first = struct.fields[0]
    if matches(package, first, layout.fields[0]):
        return True
    below = package.resolver.underlying(first.type)
    return layout.fields[0].kind == "struct" and (first.embedded or isinstance(below, model.Struct | model.Array))


def _is_stretch(package: PackageView, struct: model.Struct, layout: Layout) -> bool:
    """Tell whether a struct is a stretch of the runtime's: one field after the other, none left out, from a later field on.

    One of its addresses must be there: numbers alone may be a table of one's own.
    """
    fields = struct.fields
    for start in range(1, len(layout.fields) - _ENOUGH_IN_ORDER + 1):
        slots = layout.fields[start : start + len(fields)]
        run = next((n for n, (field, slot) in enumerate(zip(fields, slots, strict=False)) if not matches(package, field, slot)), len(slots))
        if run >= _ENOUGH_IN_ORDER and any(package.resolver.underlying(field.type) == model.UNSAFE_POINTER for field in fields[:run]):
            return True
    return False


def _in_order(package: PackageView, struct: model.Struct, layout: Layout) -> tuple[str, ...]:
    """Return the names of the longest run of fields that stand in the same order in both (longest common subsequence)."""
    ours, theirs = struct.fields, layout.fields
    rows: list[list[tuple[str, ...]]] = [[()] * (len(theirs) + 1) for _ in range(len(ours) + 1)]
    for i, field in enumerate(ours):
        for j, slot in enumerate(theirs):
            kept = max(rows[i][j + 1], rows[i + 1][j], key=len)
            if len(rows[i][j]) >= len(kept) and matches(package, field, slot):
                kept = (*rows[i][j], field.name)
            rows[i + 1][j + 1] = kept
    return rows[-1][-1]


def matches(package: PackageView, field: model.StructField, slot: Slot) -> bool:
    """Tell whether a field has the name of the runtime's and a type of the same kind."""
    name, wanted = field.name.lower().strip("_"), slot.name.lower()
    if name != wanted and name not in _ALIASES.get(wanted, ()):
        return False
    below = package.resolver.underlying(field.type)
    if below is None or slot.kind == "struct":
        return True
    match below:
        case model.Basic(basic):
            if slot.kind in ("uint8", "bool"):
                return basic in _BYTES
            if slot.kind in ("uint16", "uint32"):
                return basic.removeprefix("u") == slot.kind.removeprefix("u")
            return slot.kind[0] != "[" and basic in ("int", "uint", "uintptr", "int64", "uint64", "unsafe.Pointer")
        case model.Pointer():
            return slot.kind in ("pointer", "uintptr")
        case model.Signature():
            return slot.kind == "func"
        case model.Array():
            return slot.kind[0] == "["
    return False


def exact(package: PackageView, kind: Type | None, seen: Versions, role: str = "header") -> bool:
    """Tell whether a struct has the runtime's fields at the runtime's places in every build that a file is for, or is the type of its first field."""
    struct = package.resolver.underlying(kind)
    theirs = seen.layouts(role)
    if theirs and isinstance(struct, model.Basic):
        return all(struct.name == layout.fields[0].kind for layout in theirs)
    if not isinstance(struct, model.Struct) or not theirs:
        return False
    offsets = Sizes(package.resolver).offsets(struct)
    return all(_lies_over(package, struct, offsets, layout) for layout in theirs)


def _lies_over(package: PackageView, struct: model.Struct, offsets: Sequence[int], layout: Layout) -> bool:
    if len(offsets) < len(struct.fields):
        return False
    at = {slot.at[0]: slot for slot in layout.fields}
    for field, offset in zip(struct.fields, offsets, strict=False):
        slot = at.get(offset)
        if field.name != "_" and (slot is None or not same_word(package, field, slot)):
            return False
    return True


def same_word(package: PackageView, field: model.StructField, slot: Slot) -> bool:
    """Tell whether a field may stand for one of the runtime's: by its name, or as a word of any name."""
    return matches(package, field, slot) or (
        slot.kind in ("pointer", "struct", "uint64", "int") and Sizes(package.resolver).size(field.type) == slot.size(8)
    )


def declared_mirrors(package: PackageView, file: int) -> list[RuntimeStructMirrored]:
    """Return the mirrors that a file declares."""
    facts = package.scope.files[file]
    found = []
    for node in facts.types:
        if node.alias or not isinstance(node.type, ir.TStruct) or not _worth_a_look(node.name, node.type):
            continue
        kind = model.Named(package.scope.path, node.name)
        mirror = mirror_of(package, kind) or _stretch(package, kind)
        seen = versions(facts.build, package.go[file])
        if mirror is None or (mirror.layout.role == "iterator" and harmless(package, kind)):
            continue
        if seen.guarded and exact(package, kind, seen, mirror.layout.role):
            continue
        found.append(_fact(package, file, node, mirror, seen))
    return found


def _stretch(package: PackageView, kind: model.Named) -> Mirror | None:
    """Return the structure that a struct copies from a later field on. It can be laid over a map only where something is added to an address."""
    below = package.resolver.underlying(kind)
    return best_match(package, kind.name, below, within=True) if isinstance(below, model.Struct) else None


def _worth_a_look(name: str, struct: ir.TStruct) -> bool:
    """Leave out what cannot match, before any type is resolved: nearly all structs."""
    if not 1 <= len(struct.fields) <= _MOST_FIELDS:
        return False
    names = {field.name.lower().strip("_") for field in struct.fields}
    if len(names & _ALL_NAMES) < (1 if name.partition("·")[0].lower().strip("_") in _TYPE_NAMES else _ENOUGH_IN_ORDER):
        return False
    return any(len(names & known) >= min(_ENOUGH_BY_NAME, size) for known, size in _FIELD_NAMES)


_MOST_FIELDS: Final = 24
_FIELD_NAMES: Final = tuple(
    (
        frozenset(name for slot in layout.fields for name in (slot.name.lower(), *_ALIASES.get(slot.name.lower(), ()))),
        len(layout.fields),
    )
    for layout in _MIRRORED
)
_ALL_NAMES: Final = frozenset().union(*(known for known, _ in _FIELD_NAMES))
_TYPE_NAMES: Final = frozenset(name for layout in _MIRRORED for name in layout.names)


def _kept(package: PackageView, kind: Type, mirror: Mirror, successor: Layout | None) -> tuple[str, ...]:
    """Return the matching fields that the structure's successor has at the same place. Of a stretch nobody knows the place."""
    struct = package.resolver.underlying(kind)
    if successor is None or not isinstance(struct, model.Struct) or mirror_of(package, kind) is None:
        return ()
    places = {slot.at[0]: slot for slot in successor.fields}
    found = zip(struct.fields, Sizes(package.resolver).offsets(struct), strict=False)
    same = {field.name for field, offset in found if offset in places and matches(package, field, places[offset])}
    return tuple(name for name in mirror.matching if name in same)


def _fact(package: PackageView, file: int, node: ir.TypeDecl, mirror: Mirror, seen: Versions) -> RuntimeStructMirrored:
    layout = mirror.layout
    kind = model.Named(package.scope.path, node.name)
    successor = tables.layout(layout.role, tables.NEWEST)
    name = node.name.split("·")[0]
    return RuntimeStructMirrored(
        place=Place(package.paths[file], node.pos, node.pos + len(name.encode())),
        function="",
        package=package.scope.path,
        map=name,
        owner=f"{package.scope.name}.{name}",
        struct=name,
        type=type_name(model.Named(package.scope.path, name)),
        reachable=any(item.path == "unsafe" for facts in package.scope.files for item in facts.imports),
        original=layout.type,
        role=layout.role,
        matching=mirror.matching,
        kept=_kept(package, kind, mirror, successor),
        since=layout.since,
        until=0 if layout.until >= tables.NEWEST else layout.until,
        successor=successor.type if successor and successor.family != layout.family else "",
        instead=INSTEAD[layout.role],
        go=seen.chosen,
        newest=seen.newest,
    )
