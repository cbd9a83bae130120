"""The standard library's declarations, from a table that `scripts/make_stdlib_table.py` makes of Go's own source.

The table is one file: a msgpack map of import path to the encoded declarations of that package, decoded when a package is first asked for.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from golint_maps.syntax import ir
from golint_maps.types.scope import PackageScope

TABLE: Final = Path(__file__).with_name("stdlib.msgpack")


class StandardLibrary(msgspec.Struct, array_like=True):
    """The table: the Go release that it was made of, the version of the IR, and the encoded files of each package by import path."""

    go: str
    schema: int
    packages: dict[str, msgspec.Raw]


@cache
def table() -> StandardLibrary:
    """Return the table that is shipped with the package."""
    return msgspec.msgpack.decode(TABLE.read_bytes(), type=StandardLibrary)


@cache
def standard_package(path: str) -> PackageScope | None:
    """Return the exported declarations of a package of the standard library, or None."""
    raw = table().packages.get(path)
    if raw is None:
        return None
    facts = msgspec.msgpack.decode(raw, type=list[ir.FileFacts])
    return PackageScope(path, facts[0].package, facts)
