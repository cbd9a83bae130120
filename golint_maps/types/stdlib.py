"""The standard library's declarations, from a table that `scripts/make_stdlib_table.py` makes of Go's own source.

The table is one file: a msgpack map of import path to the encoded declarations of that package, decoded when a package is first asked for.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec

from golint_maps.syntax import ir
from golint_maps.types.scope import PackageScope


@cache
def _table() -> dict[str, msgspec.Raw]:
    data = files("golint_maps.types").joinpath("stdlib.msgpack").read_bytes()
    return msgspec.msgpack.decode(data, type=dict[str, msgspec.Raw])


@cache
def standard_package(path: str) -> PackageScope | None:
    """Return the exported declarations of a package of the standard library, or None."""
    raw = _table().get(path)
    if raw is None:
        return None
    facts = msgspec.msgpack.decode(raw, type=list[ir.FileFacts])
    return PackageScope(path, facts[0].package, facts)
