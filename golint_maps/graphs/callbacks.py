"""The table of APIs that run a function on another goroutine: shipped data, and what the configuration adds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from tomllib import loads
from typing import Literal

import msgspec

Actor = int | Literal["receiver"] | None
"""Whose functions an API runs one at a time: the receiver, or an argument by its index."""


class Callback(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One API. See `callbacks.toml` for what the fields mean. `own`: the configuration names it, so it holds for code of the program, too.

    `assumed`: no table knows it; its name says that it keeps what it is given and calls it when something happens.
    """

    function: str
    arguments: tuple[int, ...] = ()
    parallel: bool = False
    task: bool = False
    methods: tuple[str, ...] = ()
    wait: str = ""
    blocks: bool = False
    live: bool = False
    test: bool = False
    alone: bool = False
    serial: Actor = None
    direct: bool = False
    words: str = "a callback"
    own: bool = False
    assumed: bool = False

    @property
    def served(self) -> bool:
        """Tell whether it calls what it has only when something begins to serve."""
        return self.parallel and not (self.live or self.own or self.task or self.blocks or self.test)

    def takes(self, index: int) -> bool:
        """Tell whether the argument at `index` is what it runs."""
        return not self.arguments or index in self.arguments


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Several APIs that behave alike."""

    functions: tuple[str, ...]
    of: tuple[str, ...] = ()
    arguments: tuple[int, ...] = ()
    parallel: bool = False
    task: bool = False
    methods: tuple[str, ...] = ()
    wait: str = ""
    blocks: bool = False
    live: bool = False
    test: bool = False
    alone: bool = False
    serial: Actor = None
    direct: bool = False
    words: str = "a callback"

    def callbacks(self) -> Iterator[Callback]:
        """Yield each API on its own."""
        shared = {name: value for name, value in msgspec.structs.asdict(self).items() if name not in ("functions", "of")}
        for function in self.functions:
            for owner in self.of or ("",):
                yield Callback(f"{owner}.{function}" if self.of else function, **shared)


class _Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    callback: tuple[_Entry, ...]
    results: dict[str, str]
    fluent: frozenset[str]


@cache
def _data() -> _Data:
    return msgspec.convert(loads(files("golint_maps.graphs").joinpath("callbacks.toml").read_text(encoding="utf-8")), _Data)


@cache
def shipped() -> Mapping[str, Callback]:
    """Return the table that comes with golint-maps, by function."""
    return {callback.function: callback for entry in _data().callback for callback in entry.callbacks()}


def configured(function: str, arguments: Sequence[int] = (), *, parallel: bool = True, serial: Actor = None) -> Callback:
    """Return an API that the configuration names (`import/path.Func` or `import/path.Type.Method`); no arguments mean all that are functions."""
    name = function.rpartition("/")[2]
    together = parallel and serial is None
    return Callback(function, tuple(arguments), parallel=together, task=True, serial=serial, words=f"a callback of {name}", own=True)


@dataclass(frozen=True, slots=True)
class Table:
    """The APIs that hold for a run."""

    callbacks: Mapping[str, Callback]

    def of(self, target: str) -> Callback | None:
        """Return the API that a token of `CallSite.targets` stands for, or None."""
        if target[0] in "=&?":
            return None
        name = target.removeprefix("!")
        if "()" in name:
            name = _typed(name)
        found = self.callbacks.get(name)
        if found is None and (name[0] == "." or "()" in name):
            # Of a type that is not known: a few methods are told by their name and by what they are given.
            found = self.callbacks.get(f".{name.rpartition('.')[2]}")
        return found

    def field(self, name: str) -> Callback | None:
        """Return the API that runs what is stored in a field (`import/path.Type.Field`), or None."""
        return self.callbacks.get(name)


@cache
def _typed(chain: str) -> str:
    """Return `path.Type.Method` for a method of the result of calls (`path.New().Method`), as far as the results are known."""
    data = _data()
    head, *methods = chain.split("()")
    for method in methods:
        owner = head.rpartition(".")[0]
        kind = data.results.get(head) or (owner if owner in data.fluent else "")
        if not kind:
            return chain
        head = kind + method
    return head


def table(extra: Sequence[Callback] = ()) -> Table:
    """Return the shipped table with additions; an addition replaces a shipped entry for the same function."""
    return Table({**shipped(), **{item.function: item for item in extra}})
