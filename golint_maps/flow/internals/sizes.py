"""Sizes, alignments and field offsets of types, as the gc compiler lays them out.

The rules are those of `types.StdSizes` of Go's own library with gc's word sizes: 64-bit integers are aligned to 4 bytes on 32-bit machines.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from golint_maps.types import model
from golint_maps.types.model import Type
from golint_maps.types.resolve import Resolver

_FIXED: Final = {
    "bool": 1, "int8": 1, "uint8": 1, "int16": 2, "uint16": 2, "int32": 4, "uint32": 4, "float32": 4,
    "int64": 8, "uint64": 8, "float64": 8, "complex64": 8, "complex128": 16,
}  # fmt: skip
_WORDS: Final = {"int": 1, "uint": 1, "uintptr": 1, "unsafe.Pointer": 1, "string": 2, "error": 2}
_MAX_DEPTH: Final = 16
_MOST_BITS: Final = 62
"""No array is longer than an address space."""


class Sizes:
    """Sizes on machines with pointers of `word` bytes (8 or 4)."""

    def __init__(self, resolver: Resolver, word: int = 8, constants: Mapping[str, int] = MappingProxyType({})) -> None:
        self._resolver = resolver
        self._word = word
        self._constants = constants

    def size(self, kind: Type | None, depth: int = 0) -> int | None:
        """Return the size of a type in bytes, or None when it is not known."""
        measured = self._measure(kind, depth)
        return measured[0] if measured else None

    def offsets(self, struct: model.Struct, depth: int = 0) -> list[int]:
        """Return the offset of each field, and behind them the size of the struct; up to the first field whose own size is not known."""
        at, most, found = 0, 1, list[int]()
        for field in struct.fields:
            measured = self._measure(field.type, depth + 1)
            if measured is None:
                return found
            size, align = measured
            at = -(-at // align) * align
            found.append(at)
            at += size
            most = max(most, align)
        return [*found, -(-at // most) * most]

    def _measure(self, kind: Type | None, depth: int) -> tuple[int, int] | None:
        """Return (size, alignment)."""
        if depth > _MAX_DEPTH:
            return None
        below = self._resolver.underlying(kind)
        match below:
            case model.Basic(name):
                if name in _FIXED:
                    size = _FIXED[name]
                    return size, min(size, self._word)
                return (_WORDS[name] * self._word, self._word) if name in _WORDS else None
            case model.Pointer() | model.Map() | model.Chan() | model.Signature():
                return self._word, self._word
            case model.Interface():
                return 2 * self._word, self._word
            case model.Slice():
                return 3 * self._word, self._word
            case model.Array(elem, length):
                count = self.length(length)
                inner = self._measure(elem, depth + 1)
                return (count * inner[0], inner[1]) if inner and count is not None else None
            case model.Struct(fields):
                offsets = self.offsets(below, depth)
                if len(offsets) <= len(fields):
                    return None
                aligns = [measured[1] for field in fields if (measured := self._measure(field.type, depth + 1))]
                return offsets[-1], max(aligns, default=1)
        return None

    def length(self, text: str) -> int | None:
        """Return the length of an array as written: a number, a power of two as `1 << 20`, or one of the known constants."""
        if text in self._constants:
            return self._constants[text]
        left, shift, right = text.partition("<<")
        base, by = integer(left), integer(right) if shift else 0
        return None if base is None or by is None or by > _MOST_BITS else base << by


def integer(text: str) -> int | None:
    """Return the value of an integer literal, or None when the text is none. Up to Go 1.12 octal ones began with a mere 0, and still may."""
    digits = text.strip().replace("_", "").lower()
    try:
        return int(digits, 8) if digits.isdecimal() and digits.startswith("0") else int(digits, 0)
    except ValueError:
        return None
