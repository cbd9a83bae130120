"""The tables of the runtime's structures and symbols, and what they say of a version of Go.

Versions are minor releases of Go 1: 24 is Go 1.24.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

_HERE: Final = Path(__file__).parent

FIRST_SWISS: Final = 24
"""The first release whose maps are Swiss tables."""

ONLY_SWISS: Final = 26
"""The first release that has no other maps, and neither a GOEXPERIMENT nor a build tag for them."""

NEWEST: Final = 27
"""The newest release that the tables speak of."""

OLDEST: Final = 12
"""The oldest release that they speak of; what is said of it holds for older ones as far as anybody still builds with them."""

LONGEST: Final = 256
"""More bytes than any structure of the runtime has."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A field of a structure. `at` are its offsets with 64-bit and 32-bit pointers; `as_pointer` says what a pointer read from there is."""

    name: str
    kind: str
    at: tuple[int, int]
    meaning: str
    as_pointer: str = ""

    def size(self, word: int) -> int:
        """Return the field's size with pointers of `word` bytes; that of a nested struct counts as one word."""
        if self.kind.startswith("["):
            return int(self.kind[1 : self.kind.index("]")])
        return {"uint8": 1, "bool": 1, "uint16": 2, "uint32": 4, "uint64": 8}.get(self.kind, word)


@dataclass(frozen=True, slots=True)
class Layout:
    """A structure of the runtime as some releases have it."""

    id: str
    type: str
    file: str
    family: str
    role: str
    names: tuple[str, ...]
    since: int
    until: int
    size: tuple[int, int]
    fields: tuple[Slot, ...]
    experiment: str = ""

    def overlapping(self, offset: int, size: int, word: int = 8) -> tuple[Slot, ...]:
        """Return the fields that lie in a stretch of the structure, with pointers of `word` bytes."""
        index = word == 4
        return tuple(slot for slot in self.fields if slot.at[index] < offset + size and offset < slot.at[index] + slot.size(word))


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol that go:linkname may name. See symbols.toml for the fields."""

    name: str
    kind: str
    since: int
    instead: str
    until: int = 0
    refused: int = 0
    alias: int = 0
    change: int = 0
    changed: str = ""
    returned: int = 0
    iterator: int = -1

    def state(self, minor: int) -> str:
        """Return `absent`, `refused`, `changed`, `alias` or `ok` for a release."""
        if minor < self.since or (self.until and minor > self.until):
            return "absent"
        if self.refused and minor >= self.refused:
            return "refused"
        if self.change and minor >= self.change:
            return "changed"
        return "alias" if self.alias and minor >= self.alias else "ok"


@cache
def layouts() -> tuple[Layout, ...]:
    """Return all structures of all releases."""
    rows: list[dict[str, Any]] = tomllib.loads((_HERE / "layouts.toml").read_text("utf-8"))["layout"]
    return tuple(
        Layout(
            **{key: value for key, value in row.items() if key not in ("names", "size", "fields")},
            names=tuple(row["names"]),
            size=(row["size"][0], row["size"][1]),
            fields=tuple(Slot(name, kind, (wide, narrow), *words) for name, kind, wide, narrow, *words in row["fields"]),
        )
        for row in rows
    )


@cache
def symbols() -> dict[str, Symbol]:
    """Return the symbols by name."""
    rows: list[dict[str, Any]] = tomllib.loads((_HERE / "symbols.toml").read_text("utf-8"))["symbol"]
    return {name: Symbol(name=name, **{key: value for key, value in row.items() if key != "names"}) for row in rows for name in row["names"]}


def layout(role: str, minor: int, *, experiment: str = "") -> Layout | None:
    """Return the structure with a role in a release: header, bucket, iterator, descriptor, …"""
    at = min(max(minor, OLDEST), NEWEST)
    return next((item for item in layouts() if item.role == role and item.experiment == experiment and item.since <= at <= item.until), None)


def describe(offset: int, size: int, minor: int, *, pointer: bool = False, word: int = 8) -> str:
    """Return what lies at a place of a map header in a release, as a phrase: `byte 1 of seed, the random hash seed`."""
    header = layout("header", minor)
    index = word == 4
    found: Sequence[Slot] = header.overlapping(offset, size, word) if header else ()
    if not header or not found:
        return "nothing of the map's" if header and offset >= header.size[index] else "padding"
    first = found[0]
    if len(found) > 1:
        return f"{' and '.join(slot.name for slot in found)} in one"
    if pointer and first.as_pointer:
        return f"{first.name}: {first.as_pointer}"
    start = offset - first.at[index]
    if start == 0 and size >= first.size(word):
        return f"{first.name}, {first.meaning}"
    piece = f"byte {start}" if size == 1 else f"bytes {start} to {start + size - 1}"
    return f"{piece} of {first.name}, {first.meaning}"
