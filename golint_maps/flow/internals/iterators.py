"""What a struct that is passed to the runtime as a map iterator is good for, release by release.

Up to Go 1.23 the functions of the runtime fill in an hiter of twelve words. Since Go 1.24 a shim for old users fills in four: key, elem, the type,
and a pointer to an iterator of its own, which the garbage collector must be able to see.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from golint_maps.flow.internals import tables
from golint_maps.flow.internals.sizes import Sizes
from golint_maps.flow.internals.versions import Build
from golint_maps.flow.view import PackageView
from golint_maps.types import model
from golint_maps.types.model import Type

_WORD: Final = 8
_SHIM: Final = 4 * _WORD
"""Bytes that Go 1.24 and newer fill in: a linknameIter."""

_POINTERS: Final = (0, _WORD, 2 * _WORD, 3 * _WORD)
"""Where these are pointers."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A struct as an iterator: its size, the offsets at which it has pointers, and whether it has names for anything behind the fourth word."""

    size: int
    pointers: frozenset[int]
    beyond: bool

    def fault(self, build: Build, *, allocated: bool) -> str:
        """Return what is wrong with it in a build, as a clause; empty when nothing is. `allocated`: the struct is the memory, not just a view."""
        layout = tables.layout("iterator", build.minor, experiment=build.experiment)
        classic = layout is not None and layout.family == "classic"
        needed = layout.size[0] if classic and layout else _SHIM
        if allocated and self.size < needed:
            return f"the runtime fills in {needed} bytes, {needed - self.size} more than this struct has: what lies behind it is overwritten"
        if classic:
            return ""
        if allocated and not self.pointers.issuperset(_POINTERS):
            return (
                "the runtime keeps its own iterator behind the third and fourth word of the struct, which are no pointers here: the garbage "
                "collector does not see it and frees it while it is in use"
            )
        return "only the first four words are filled in: key, elem, the type and one private pointer; the rest stays as it was" if self.beyond else ""


def shape(package: PackageView, kind: Type | None) -> Shape | None:
    """Return the shape of a struct of known size, or None."""
    struct = package.resolver.underlying(kind)
    offsets = Sizes(package.resolver).offsets(struct) if isinstance(struct, model.Struct) else []
    if not isinstance(struct, model.Struct) or len(offsets) <= len(struct.fields):
        return None
    words = list(_words(package, struct, 0))
    names = any(at + _WORD > _SHIM and name != "_" and not padding for at, name, _, padding in words)
    return Shape(offsets[-1], frozenset(at for at, _, pointer, _ in words if pointer), names)


def _words(package: PackageView, kind: Type | None, at: int, name: str = "_") -> Iterator[tuple[int, str, bool, bool]]:
    """Yield (offset, field, whether it is a pointer, whether it is an array) of the words of a type."""
    below = package.resolver.underlying(kind)
    sizes = Sizes(package.resolver)
    if isinstance(below, model.Struct):
        for field, offset in zip(below.fields, sizes.offsets(below), strict=False):
            yield from _words(package, field.type, at + offset, field.name)
    elif isinstance(below, model.Array) and (size := sizes.size(below.elem)):
        for number in range(min(sizes.length(below.length) or 0, tables.LONGEST // size)):
            for offset, _, pointer, _ in _words(package, below.elem, at + number * size):
                yield offset, name, pointer, True
    else:
        pointer = isinstance(below, model.Pointer | model.Map | model.Chan | model.Signature) or below == model.UNSAFE_POINTER
        yield at, name, pointer, False


def harmless(package: PackageView, kind: Type | None) -> bool:
    """Tell whether a view of an iterator holds in every release: it names key and elem only, and has pointers where there are some."""
    found = shape(package, kind)
    return found is not None and not found.beyond and all(at in found.pointers for at in _POINTERS if at < found.size)
