"""Where a fact of `flow` stands: the base of everything that rules read."""

from __future__ import annotations

import msgspec


class Place(msgspec.Struct, frozen=True, array_like=True, gc=False, order=True):
    """A stretch of a file: `path` relative to the root of the run, byte offsets."""

    path: str
    start: int
    end: int


class Site(msgspec.Struct, frozen=True, array_like=True, gc=False, kw_only=True, tag_field="fact"):
    """What all facts have. Subclasses are tagged, so that a list of facts can be stored and read back.

    `function` is the function's name in messages (`Cache.Get`), `package` the import path, `map` the map as the programmer wrote it
    (`c.items`), `owner` its qualified name (`cache.Cache.items`), empty when it has none.
    """

    place: Place
    function: str
    package: str
    map: str = ""
    owner: str = ""
