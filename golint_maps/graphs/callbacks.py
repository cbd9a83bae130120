"""The table of APIs that run a function on another goroutine: shipped data, and what the configuration adds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from tomllib import loads

import msgspec


class Callback(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One API. See `callbacks.toml` for what the fields mean."""

    function: str
    arguments: tuple[int, ...]
    parallel: bool = False
    task: bool = False
    method: str = ""
    wait: str = ""
    test: bool = False
    inline: bool = False
    words: str = "a callback"


@cache
def shipped() -> Mapping[str, Callback]:
    """Return the table that comes with golint-maps, by function."""
    table = loads(files("golint_maps.graphs").joinpath("callbacks.toml").read_text(encoding="utf-8"))
    return {item.function: item for item in msgspec.convert(table["callback"], list[Callback])}


def table(extra: Sequence[Callback] = ()) -> Mapping[str, Callback]:
    """Return the shipped table with additions; an addition replaces a shipped entry for the same function."""
    return {**shipped(), **{item.function: item for item in extra}}
