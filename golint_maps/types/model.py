"""Resolved Go types: what a `TypeExpr` means once every name in it is known. A type that is not known is `None`, never a guess."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec


class _Type(msgspec.Struct, frozen=True, gc=False):
    """Base of all resolved types. Frozen and hashable; equality is structural."""


class Basic(_Type, frozen=True):
    """A predeclared type: `int`, `string`, `error`, …; also `untyped nil` and `unsafe.Pointer`."""

    name: str


class Named(_Type, frozen=True):
    """A defined type. `package` is the import path (empty for the universe), `name` as in `FileFacts.types`."""

    package: str
    name: str
    args: tuple[Type | None, ...] = ()


class Pointer(_Type, frozen=True):
    elem: Type | None


class Slice(_Type, frozen=True):
    elem: Type | None


class Array(_Type, frozen=True):
    elem: Type | None
    length: str = ""


class Map(_Type, frozen=True):
    key: Type | None
    value: Type | None


class Chan(_Type, frozen=True):
    elem: Type | None
    direction: str = "both"


class Signature(_Type, frozen=True):
    params: tuple[Type | None, ...]
    results: tuple[Type | None, ...]
    variadic: bool = False


class StructField(_Type, frozen=True):
    name: str
    type: Type | None
    embedded: bool = False


class Struct(_Type, frozen=True):
    fields: tuple[StructField, ...]


class InterfaceMethod(_Type, frozen=True):
    name: str
    type: Signature


class Interface(_Type, frozen=True):
    """`complete` is False when an embedded interface is not known."""

    methods: tuple[InterfaceMethod, ...]
    union: tuple[Type | None, ...] = ()
    complete: bool = True


class TypeParameter(_Type, frozen=True):
    """A type parameter of the generic declaration under analysis, with its constraint."""

    name: str
    constraint: Type | None


class Results(_Type, frozen=True):
    """The types of a call with other than one result."""

    items: tuple[Type | None, ...]


Type = Basic | Named | Pointer | Slice | Array | Map | Chan | Signature | Struct | Interface | TypeParameter | Results

BASIC_NAMES = frozenset(
    "bool string error int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 uintptr float32 float64 complex64 complex128 byte rune".split()
)
BASIC = {name: Basic(name) for name in BASIC_NAMES}
BASIC["byte"] = BASIC["uint8"]
BASIC["rune"] = BASIC["int32"]
ANY = Interface(())
ERROR = BASIC["error"]
BOOL, STRING, INT, FLOAT = BASIC["bool"], BASIC["string"], BASIC["int"], BASIC["float64"]
UNSAFE_POINTER = Basic("unsafe.Pointer")
NIL = Basic("untyped nil")
SYNC_MAP = Named("sync", "Map")


_MAJOR = re.compile(r"v[0-9]+(?=\.|$)")
_GOPKG = re.compile(r"([^.]+)\.v[0-9]+(?=\.|$)")


def brief(qualified: str) -> str:
    """Return an import path, or a name qualified by one, with the package's name alone: `b.T` for `example.com/a/b.T` and `example.com/a/b/v2.T`."""
    folder, _, last = qualified.rpartition("/")
    major = _MAJOR.match(last)
    if major and folder:
        return folder.rpartition("/")[2] + last[major.end() :]
    return _GOPKG.sub(r"\1", last, count=1) if qualified.startswith("gopkg.in/") else last


def shape(signature: Signature) -> tuple[str, ...]:
    """Return a text for each parameter of a signature, then `->`, then one for each result. Types of different texts differ; `?` may be any."""
    params = [_shape(kind) for kind in signature.params]
    if signature.variadic:
        params[-1] = "..."
    return (*params, "->", *map(_shape, signature.results))


def _shape(kind: Type | None) -> str:
    match kind:
        case Basic(name):
            return name
        case Named(package, name, ()):
            return f"{package}.{name}"
        case Pointer(elem):
            return _within("*", elem)
        case Slice(elem):
            return _within("[]", elem)
        case Map() | Chan() | Signature() | Struct() | Array() | Interface():
            return type(kind).__name__
    return "?"  # not known, or of a type parameter


def _within(head: str, elem: Type | None) -> str:
    below = _shape(elem)
    return below if below == "?" else head + below


def alike(left: Sequence[str], right: Sequence[str]) -> bool:
    """Tell whether two signatures may be the same, by their shapes."""
    return len(left) == len(right) and all(mine == theirs or "?" in (mine, theirs) for mine, theirs in zip(left, right, strict=True))


def spell(kind: Type | None) -> str:
    """Return a type as a Go programmer would write it, with the last element of import paths as package names."""
    match kind:
        case None:
            return "?"
        case Basic(name):
            return name
        case Named(package, name, args):
            prefix = brief(package) + "." if package else ""
            suffix = f"[{', '.join(map(spell, args))}]" if args else ""
            return f"{prefix}{name.split('·')[0]}{suffix}"
        case Pointer(elem):
            return "*" + spell(elem)
        case Slice(elem):
            return "[]" + spell(elem)
        case Array(elem, length):
            return f"[{length}]{spell(elem)}"
        case Map(key, value):
            return f"map[{spell(key)}]{spell(value)}"
        case Chan(elem, direction):
            return {"both": "chan ", "send": "chan<- ", "receive": "<-chan "}[direction] + spell(elem)
        case Signature():
            return "func(…)"
        case Struct():
            return "struct{…}"
        case Interface(methods):
            return "interface{…}" if methods else "any"
        case TypeParameter(name):
            return name
        case Results(items):
            return f"({', '.join(map(spell, items))})"
